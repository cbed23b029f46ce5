using System.Globalization;
using Sante.Foundations.Identities;
using Sante.Kernel;
using Sante.Space;

namespace Sante.DemoNation;

/// <summary>How a citizen stands in the registry of identities: born there, or taken over with a document; qualified either way.</summary>
internal static class Registration
{
    private const string IdentityCard = "CN";
    private const string FamilyBooklet = "LE";

    /// <summary>The entry. Those born since the nation began are births, whose parents the civil registry names.</summary>
    public static NewIdentity Of(Citizen citizen, IReadOnlyList<Representative> representatives, DateTimeOffset now)
    {
        var isBirth = citizen.BirthOn > CivilDate.At(now).AddDays(-365);
        return new NewIdentity(
            Traits(citizen), citizen.Name, isBirth, citizen.Ins,
            [.. representatives.Where(person => person.Kind == RepresentativeKind.Parent).Select(person => person.Person.Value)],
            isBirth ? null : now < CivilDate.MajorityAt(citizen.BirthOn) ? FamilyBooklet : IdentityCard, citizen.Space, citizen.Patient);
    }

    /// <summary>The Patient that the registry itself would write of it.</summary>
    public static byte[] PatientOf(NewIdentity entry, DateTimeOffset now)
    {
        var create = new CreateIdentity(
            entry.Traits, entry.Name, entry.Ins!, entry.Patient.ToString()!, entry.Parents ?? [], entry.ByBirth, entry.Document, DemoClients.Registry.Identifier);
        return PatientFhir.Write(IdentityLife.Decide(IdentityState.Zero, create, now).Value.Aggregate(IdentityState.Zero, IdentityLife.Evolve));
    }

    private static StrictTraits Traits(Citizen citizen) => StrictTraits.TryCreate(
        citizen.FamilyName, citizen.GivenNames, citizen.BirthOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), citizen.Sex, citizen.BirthPlace.Code).Value;
}
