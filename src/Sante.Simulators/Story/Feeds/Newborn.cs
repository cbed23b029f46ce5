namespace Sante.Simulators.Story;

/// <summary>The citizen of the story, as the systems around the platform know her.</summary>
/// <param name="Matricule">15 characters.</param>
/// <param name="InsSystem"><c>urn:oid:…</c>.</param>
/// <param name="PatientId">Her <c>Patient.id</c>.</param>
public sealed record Newborn(string FamilyName, string GivenName, DateOnly BirthOn, string Matricule, string InsSystem, string PatientId)
{
    /// <summary>As people read it.</summary>
    public string Name => $"{GivenName[..1]}{GivenName[1..].ToLowerInvariant()} {FamilyName}";

    public override string ToString() => "Newborn";
}
