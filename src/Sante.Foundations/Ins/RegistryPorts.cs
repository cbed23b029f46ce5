using Sante.Kernel;

namespace Sante.Foundations.Identities;

/// <summary>What the beginning of a space needs to know of an identity.</summary>
/// <param name="Space">The space to begin; its name was drawn by the registry.</param>
/// <param name="Patient">The public id.</param>
/// <param name="HolderName">As people write it: "Zoé MARTIN".</param>
/// <param name="BirthOn">Date of birth.</param>
/// <param name="Representatives">Parents declared at birth, by public id and name.</param>
/// <param name="PatientFhir">The Patient resource (fr-core-patient-ins), UTF-8 JSON.</param>
/// <param name="By">Who declared the birth or imported.</param>
public sealed record SpaceBirth(
    SpaceId Space, RecordId Patient, string HolderName, DateOnly BirthOn,
    IReadOnlyList<(ActorIdentifier Person, string Name)> Representatives, ReadOnlyMemory<byte> PatientFhir, Actor By)
{
    public override string ToString() => "SpaceBirth ***";
}

/// <summary>The registry's door to the spaces. Implemented where spaces are.</summary>
public interface ISpaceBirths
{
    /// <summary>
    /// Begins the space of a new identity, pending, with its due opening. Idempotent: the registry repeats it when it does not know whether
    /// it was done. Null when done; a refusal else.
    /// </summary>
    Task<Refusal?> BeginAsync(SpaceBirth birth, CancellationToken cancel = default);
}

/// <summary>What the registry did that a line must tell.</summary>
public enum RegistryAct
{
    /// <summary>Found by strict traits.</summary>
    FoundByTraits,
    /// <summary>Found by matricule.</summary>
    FoundByMatricule,
    /// <summary>Found by an establishment's own number.</summary>
    FoundByLocal,
    /// <summary>Nobody, or several, answered a search: told to the caller's own log only.</summary>
    NotFound,
    /// <summary>An establishment tied its own number.</summary>
    LocalLinked,
    /// <summary>A duplicate was merged.</summary>
    Merged,
}

/// <summary>Gives the bytes of trace lines in the form that spaces read. Implemented where spaces are. Pure.</summary>
public interface IRegistryLines
{
    /// <summary>The line of an act of the registry. It never holds a trait or a matricule.</summary>
    ReadOnlyMemory<byte> LineOf(Actor by, RegistryAct act);
}
