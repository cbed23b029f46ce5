using System.Buffers;
using System.Text.Json;
using Npgsql;
using Sante.DemoNation;
using Sante.Foundations.Directories.Search;
using Sante.Kernel;
using Sante.Space;

namespace Sante.System.Tests.DemoNation;

/// <summary>What the loaded nation shows of the French examples; the expected values are those of the example files, written out.</summary>
internal static class ExamplesShown
{
    /// <summary>The directory search finds the examples' activities and structures.</summary>
    public static async Task InDirectoryAsync(NpgsqlDataSource main)
    {
        var search = new DirectorySearch(main);
        var carers = new Carers(1);

        var doctor = await RolesAsync(search, carers, "Practitioner-334081DP");
        Assert.Equal(["10", "10"], doctor.Select(role => role.Profession));
        var (employed, own) = (Assert.Single(doctor, role => role.Codes == "GENR01 S FON-AU").Place, Assert.Single(doctor, role => role.Codes == "GENR01 L FON-AU").Place);
        Assert.Contains("SA01", Types(employed));
        Assert.Equal(("75114", "75014", "96", "DIDOT"), Address(employed));
        Assert.Contains("SA08", Types(own));
        Assert.Equal("CABINET DE GROUPE", own.GetProperty("alias")[0].GetString());

        var pharmacist = Assert.Single(await RolesAsync(search, carers, "Practitioner-3719500DP"));
        Assert.Equal(("21", "GENR01 L FON-AU"), (pharmacist.Profession, pharmacist.Codes));
        Assert.Contains("SA33", Types(pharmacist.Place));
        Assert.StartsWith("58", pharmacist.Place.GetProperty("address")[0].GetProperty("postalCode").GetString(), StringComparison.Ordinal);

        var nancy = Assert.Single(await FindAsync(search, "Organization", "address-postalcode", "54511"));
        Assert.Equal(("54547", "54511", "DU MORVAN"), (Address(nancy).Commune, Address(nancy).Postcode, Address(nancy).Street));
        var fictitious = Assert.Single(await FindAsync(search, "Organization", "name", "hopital fictif"));
        Assert.Equal("Hôpital fictif", fictitious.GetProperty("name").GetString());
        Assert.Equal(("18033", "18000", "DE LA LIBERTE"), (Address(fictitious).Commune, Address(fictitious).Postcode, Address(fictitious).Street));
    }

    /// <summary>Citizens see requests as the example's: of that type of service, as long, on its slots; those of former days were confirmed.</summary>
    public static void InAgendas(IReadOnlyList<AgendaState> agendas)
    {
        var specialists = new Carers(1).All.Where(carer => carer.Person.Skill == "SM54").Select(carer => carer.Identifier).ToHashSet();
        var shown = agendas.SelectMany(Agendas.Shown).Select(one => one.Appointment).Where(appointment => appointment.Reason == "suivi").ToList();

        Assert.Contains(shown, appointment => appointment.Status == AppointmentStatus.Proposed);
        Assert.Contains(shown, appointment => appointment.Status == AppointmentStatus.Fulfilled);
        Assert.All(shown, appointment =>
        {
            Assert.Equal(TimeSpan.FromMinutes(15), appointment.EndsAt - appointment.StartsAt);
            Assert.Contains(appointment.Practitioner!, specialists);
            var hour = appointment.StartsAt - CivilDate.StartOf(CivilDate.At(appointment.StartsAt));
            Assert.InRange(hour, TimeSpan.FromHours(8), new TimeSpan(19, 45, 0));
            Assert.Equal(0, hour.Ticks % TimeSpan.FromMinutes(15).Ticks);
        });
    }

    private static async Task<List<(string Profession, string Codes, JsonElement Place)>> RolesAsync(DirectorySearch search, Carers carers, string example)
    {
        var rpps = carers.All[carers.Examples[example]].Identifier.Value;
        var person = Assert.Single(await FindAsync(search, "Practitioner", "identifier", $"{Rpps.System}|{rpps}"));
        var profession = person.GetProperty("qualification").EnumerateArray().SelectMany(held => held.GetProperty("code").GetProperty("coding").EnumerateArray())
            .First(coding => coding.GetProperty("system").GetString()!.Contains("TRE_G15", StringComparison.Ordinal)).GetProperty("code").GetString()!;
        var roles = new List<(string, string, JsonElement)>();
        foreach (var role in await FindAsync(search, "PractitionerRole", "practitioner.identifier", $"{Rpps.System}|{rpps}"))
        {
            var codes = role.GetProperty("code").EnumerateArray().Select(code => code.GetProperty("coding")[0].GetProperty("code").GetString());
            var place = role.GetProperty("organization").GetProperty("reference").GetString()!.Split('/')[^1];
            roles.Add((profession, string.Join(' ', codes), Assert.Single(await FindAsync(search, "Organization", "_id", place))));
        }

        return roles;
    }

    private static async Task<List<JsonElement>> FindAsync(DirectorySearch search, string type, string parameter, string value)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Null(await search.SearchAsync(type, [KeyValuePair.Create(parameter, value)], "http://127.0.0.1/directory/fhir", output));
        var bundle = JsonDocument.Parse(output.WrittenMemory).RootElement;
        return bundle.TryGetProperty("entry", out var entries) ? [.. entries.EnumerateArray().Select(entry => entry.GetProperty("resource"))] : [];
    }

    private static List<string?> Types(JsonElement organization) =>
        [.. organization.GetProperty("type").EnumerateArray().Select(type => type.GetProperty("coding")[0].GetProperty("code").GetString())];

    private static (string? Commune, string? Postcode, string? Number, string? Street) Address(JsonElement organization)
    {
        var address = organization.GetProperty("address")[0];
        string? Part(string name) => address.GetProperty("_line").EnumerateArray().Where(line => line.ValueKind == JsonValueKind.Object)
            .SelectMany(line => line.GetProperty("extension").EnumerateArray())
            .Where(part => part.GetProperty("url").GetString()!.EndsWith("ADXP-" + name, StringComparison.Ordinal))
            .Select(part => part.GetProperty("valueString").GetString()).FirstOrDefault();
        return (address.GetProperty("extension").EnumerateArray().First(part => part.GetProperty("url").GetString()!.EndsWith("insee-code", StringComparison.Ordinal))
            .GetProperty("valueCoding").GetProperty("code").GetString(), address.GetProperty("postalCode").GetString(), Part("houseNumber"), Part("streetNameBase"));
    }
}
