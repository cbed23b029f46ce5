using System.Globalization;
using System.Text.Json.Nodes;
using Sante.DirectoryFiles;

namespace Sante.DemoNation;

/// <summary>What the directory files can carry of an example Organization.</summary>
/// <param name="Name">Raison sociale, as the example has it.</param>
/// <param name="Sign">Its other name, or empty.</param>
/// <param name="Sector">TRE_R02 code, or null.</param>
/// <param name="Town">Of its address, else the one of its FINESS number's department, else null.</param>
/// <param name="StreetNumber">House number, or null.</param>
/// <param name="Street">Street without its type, or null.</param>
internal sealed record ExampleOrganization(string Name, string Sign, string? Sector, Town? Town, int? StreetNumber, string? Street);

/// <summary>What the RPPS file can carry of an example PractitionerRole.</summary>
/// <param name="Practitioner">Name of the example that acts.</param>
/// <param name="Organization">Name of the example where.</param>
/// <param name="Mode">TRE_R23 code.</param>
/// <param name="Function">TRE_R21 code.</param>
/// <param name="Genre">TRE_R22 code.</param>
internal sealed record ExampleRole(string Practitioner, string Organization, string Mode, string Function, string Genre);

/// <summary>
/// The examples of the guide Annuaire Santé, in their public form ("DP"): the open files hold public data only. Names and numbers of persons are never taken.
/// </summary>
internal static class DirectoryExamples
{
    private const string Public = "DP";
    private const string AddressPart = "http://hl7.org/fhir/StructureDefinition/iso21090-ADXP-";

    /// <summary>All example roles; each names its practitioner and organization.</summary>
    public static IReadOnlyList<ExampleRole> Roles { get; } =
        [.. ((string[])["PractitionerRole-1578230DP", "PractitionerRole-1738459DP", "PractitionerRole-5015602DP"]).Select(Role)];

    /// <summary>TRE_G15 profession and civility (M, MME) of an example Practitioner.</summary>
    public static (string Profession, string Civility) Practitioner(string example)
    {
        var practitioner = Template.Copy(example);
        return (Code(practitioner["qualification"]!.AsArray().Select(held => held!["code"]), "TRE_G15")!, practitioner["name"]![0]!["prefix"]![0]!.GetValue<string>());
    }

    public static ExampleOrganization Organization(string example)
    {
        var organization = Template.Copy(example);
        var address = organization["address"]?[0];
        return new ExampleOrganization(
            organization["name"]!.GetValue<string>(), organization["alias"]?[0]?.GetValue<string>() ?? "",
            Code(organization["type"]?.AsArray() ?? [], "TRE_R02"), address is null ? TownOfNumber(organization) : TownOf(address),
            Part(address, "houseNumber") is { } number ? int.Parse(number, CultureInfo.InvariantCulture) : null, Part(address, "streetNameBase"));
    }

    private static ExampleRole Role(string example)
    {
        var role = Template.Copy(example);
        var codes = role["code"]!.AsArray();
        string Named(string element) => role[element]!["reference"]!.GetValue<string>().Replace('/', '-') + Public;
        return new ExampleRole(Named("practitioner"), Named("organization"), Code(codes, "TRE_R23")!, Code(codes, "TRE_R21")!, Code(codes, "TRE_R22")!);
    }

    /// <summary>The code of a table among CodeableConcepts, or null.</summary>
    private static string? Code(IEnumerable<JsonNode?> concepts, string table) => concepts
        .SelectMany(concept => concept!["coding"]!.AsArray())
        .FirstOrDefault(coding => coding!["system"]!.GetValue<string>().Contains($"/{table}-", StringComparison.Ordinal))?["code"]!.GetValue<string>();

    private static string? Part(JsonNode? address, string part) => address?["_line"]?[0]?["extension"]!.AsArray()
        .FirstOrDefault(extension => extension!["url"]!.GetValue<string>() == AddressPart + part)?["valueString"]!.GetValue<string>();

    /// <summary>The known town of that commune or of that name, else one without position. An example has the postcode in place of the commune.</summary>
    private static Town TownOf(JsonNode address)
    {
        var commune = address["extension"]![0]!["valueCoding"]!["code"]!.GetValue<string>();
        var city = address["city"]!.GetValue<string>();
        var near = SyntheticDirectory.Towns.Where(town => town.Department == commune[..2]).ToList();
        return near.FirstOrDefault(town => town.InseeCode == commune || town.Name == city)
            ?? new Town(commune[..2], near[0].DepartmentLabel, commune[2..], address["postalCode"]!.GetValue<string>(), city, "", "", "");
    }

    private static Town? TownOfNumber(JsonNode organization) => organization["identifier"]!.AsArray()
        .Where(identifier => identifier!["system"]!.GetValue<string>() == Kernel.Finess.System)
        .Select(identifier => SyntheticDirectory.Towns.First(town => town.Department == identifier!["value"]!.GetValue<string>()[..2])).FirstOrDefault();
}
