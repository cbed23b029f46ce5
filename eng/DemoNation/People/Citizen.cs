using System.Globalization;
using Sante.Kernel;

namespace Sante.DemoNation;

/// <summary>Where a citizen was born: COG code of the commune in France, of the country (99…) abroad.</summary>
/// <param name="Code">Five characters, as in the strict traits and the matricule.</param>
/// <param name="Name">Name of the commune or country.</param>
public sealed record BirthPlace(string Code, string Name)
{
    /// <summary>COG code of France.</summary>
    public const string France = "99100";

    /// <summary>Born outside of France.</summary>
    public bool IsAbroad => Code.StartsWith("99", StringComparison.Ordinal);

    /// <summary>COG code of the country.</summary>
    public string CountryCode => IsAbroad ? Code : France;
}

/// <summary>An invented citizen. The matricule is of the test authority, its key is right, its order number is above 900.</summary>
/// <param name="Number">Rank in the nation, from 0.</param>
/// <param name="FamilyName">Birth name, capitals.</param>
/// <param name="GivenNames">All, in order, capitals.</param>
/// <param name="IsWoman">Sex of the strict traits.</param>
/// <param name="BirthOn">Civil date.</param>
/// <param name="BirthPlace">See there.</param>
/// <param name="Ins">Matricule with OID 1.2.250.1.213.1.4.10.</param>
/// <param name="Space">Of the seed, not random: this nation is public.</param>
/// <param name="Patient">The <c>Patient.id</c>, in the slot of the space.</param>
public sealed record Citizen(
    int Number, string FamilyName, IReadOnlyList<string> GivenNames, bool IsWoman, DateOnly BirthOn, BirthPlace BirthPlace, Ins Ins, SpaceId Space, RecordId Patient)
{
    /// <summary>As people read it: "Clara ROCHECLAIRE".</summary>
    public string Name => $"{CultureInfo.InvariantCulture.TextInfo.ToTitleCase(GivenNames[0].ToLowerInvariant())} {FamilyName}";

    /// <summary>F or M.</summary>
    public string Sex => IsWoman ? "F" : "M";

    /// <summary>The citizen as others know him.</summary>
    public ActorIdentifier Identifier => new(ActorIdentifier.PatientSystem, Patient.ToString());

    /// <summary>The citizen acting through the demo application.</summary>
    public Actor Actor => new(ActorKind.Citizen, Identifier, Name, Client: DemoClients.Mobile);

    /// <summary>Completed years.</summary>
    public int AgeOn(DateOnly day) => CivilDate.AgeOn(BirthOn, day);

    public override string ToString() => $"Citizen {Number}";
}

/// <summary>How a household lives.</summary>
public enum HouseholdKind
{
    /// <summary>Two parents and their children.</summary>
    TwoParents,
    /// <summary>One parent alone with the children.</summary>
    SingleParent,
    /// <summary>Parents who live apart, both in office.</summary>
    Separated,
    /// <summary>Two adults.</summary>
    Couple,
    /// <summary>One adult.</summary>
    Alone,
    /// <summary>An elderly person in an EHPAD, whose child is the trusted person.</summary>
    Ehpad,
    /// <summary>A protected adult and the guardian.</summary>
    Guardianship,
}

/// <summary>People who live or decide together.</summary>
/// <param name="Kind">See there.</param>
/// <param name="Adults">The parents, the couple, the guardian (in an EHPAD: the child of the resident).</param>
/// <param name="Dependants">Children, the protected adult, the resident.</param>
public sealed record Household(HouseholdKind Kind, IReadOnlyList<Citizen> Adults, IReadOnlyList<Citizen> Dependants)
{
    /// <summary>Everybody.</summary>
    public IEnumerable<Citizen> Members => Adults.Concat(Dependants);

    public override string ToString() => $"{Kind} of {Adults.Count + Dependants.Count}";
}
