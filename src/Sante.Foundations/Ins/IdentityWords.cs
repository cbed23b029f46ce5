namespace Sante.Foundations.Identities;

/// <summary>Strict traits in their stored form.</summary>
public sealed record StoredTraits(string Family, IReadOnlyList<string> Given, DateOnly BirthOn, RegisteredSex Sex, string BirthPlace)
{
    public bool Equals(StoredTraits? other) => other is not null && Family == other.Family && Given.SequenceEqual(other.Given)
        && BirthOn == other.BirthOn && Sex == other.Sex && BirthPlace == other.BirthPlace;

    public override int GetHashCode() => HashCode.Combine(Family, Given.Count, BirthOn, Sex, BirthPlace);

    public override string ToString() => "StoredTraits ***";
}

/// <summary>A matricule in its stored form.</summary>
public sealed record StoredMatricule(string Matricule, string Oid)
{
    public override string ToString() => "StoredMatricule ***";
}

/// <summary>A local identifier (IPP) of an establishment.</summary>
/// <param name="System">OID or URI of the establishment's domain.</param>
/// <param name="Value">The number there.</param>
public sealed record LocalIdentifier(string System, string Value)
{
    public override string ToString() => "LocalIdentifier ***";
}
