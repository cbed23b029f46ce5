using System.Net;
using System.Text.Json;
using Sante.DirectoryFiles;
using Sante.Foundations.Directories;
using Sante.Foundations.Files;
using Sante.Kernel;
using static Sante.Foundations.Tests.DirectoryServer;

namespace Sante.Foundations.Tests;

public sealed class DirectorySearchTests(DirectoryServer server) : IClassFixture<DirectoryServer>
{
    private List<SyntheticPractitioner> Everyone { get; } = [.. Enumerable.Range(0, 800).Select(i => server.People.Practitioner(i))];

    [Fact]
    public async Task Practitioner_ByRpps_HasTheFormOfTheNationalProfile()
    {
        var doctor = Everyone.First(person => person.Profession == "10" && person.Skill.Length > 0);

        var bundle = await server.GetAsync($"Practitioner?identifier=https://rpps.esante.gouv.fr|{doctor.Identifier}&_total=accurate");

        Assert.Equal(1, bundle.GetProperty("total").GetInt32());
        var found = Assert.Single(Entries(bundle));
        Assert.Equal("8" + doctor.Identifier, Id(found));
        Assert.Equal("https://interop.esante.gouv.fr/ig/fhir/annuaire/StructureDefinition/as-dp-practitioner|1.2.0-snapshot-2", found.GetProperty("meta").GetProperty("profile")[1].GetString());
        Assert.Equal(["IDNPS", "RPPS"], found.GetProperty("identifier").EnumerateArray().Select(i => i.GetProperty("type").GetProperty("coding")[0].GetProperty("code").GetString()));
        Assert.True(found.GetProperty("active").GetBoolean());
        Assert.Equal(doctor.Family, found.GetProperty("name")[0].GetProperty("family").GetString());
        Assert.Equal("DR", found.GetProperty("name")[0].GetProperty("suffix")[0].GetString());
        Assert.Equal(["10", "C"], Codes(found.GetProperty("qualification")[0].GetProperty("code")));
        Assert.Equal([doctor.Skill, "S"], Codes(found.GetProperty("qualification")[1].GetProperty("code")));
    }

    [Theory]
    [InlineData("family")]
    [InlineData("name")]
    public async Task Practitioner_ByBeginningOfName_IsFoundWhateverCaseAndAccents(string parameter)
    {
        var person = Everyone.First(p => p.Family.Contains('Ê', StringComparison.Ordinal));
        var typed = Folding.Fold(person.Family).ToLowerInvariant()[..^2];

        var found = await AllAsync($"Practitioner?{parameter}={Uri.EscapeDataString(typed)}");

        Assert.Contains("8" + person.Identifier, found.Select(Id));
        Assert.All(found, resource => Assert.Contains(
            resource.GetProperty("name")[0].EnumerateObject(),
            part => part.Name is "family" or "given" && Folding.Fold(part.Value.ToString()).Contains(typed, StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task Practitioner_ByFirstNameAndFamily_IsFoundInEitherOrder()
    {
        var person = Everyone.First(p => p.IdType == '8' && !p.Given.Contains('-', StringComparison.Ordinal) && !p.Family.Contains(' ', StringComparison.Ordinal));

        var straight = await AllAsync($"Practitioner?name={Uri.EscapeDataString(person.Given + " " + person.Family)}");
        var reversed = await AllAsync($"Practitioner?name={Uri.EscapeDataString(person.Family + " " + person.Given)}");

        Assert.Contains("8" + person.Identifier, straight.Select(Id));
        Assert.Equal(straight.Select(Id), reversed.Select(Id));
    }

    [Fact]
    public async Task Practitioner_ByProfession_GivesThemAllAndNoOther()
    {
        var rows = await server.Nation.ScalarAsync<long>("SELECT count(*) FROM directory.practitioner WHERE professions = '{40:C}'");

        var dentists = await AllAsync("Practitioner?qualification-code=https://mos.esante.gouv.fr/NOS/TRE_G15-ProfessionSante/FHIR/TRE-G15-ProfessionSante|40&_count=7");

        Assert.Equal(rows, dentists.Count);
        Assert.True(rows > 7);
        Assert.Empty(await AllAsync("Practitioner?qualification-code=https://mos.esante.gouv.fr/NOS/TRE_R38-SpecialiteOrdinale/FHIR/TRE-R38-SpecialiteOrdinale|40"));
    }

    [Fact]
    public async Task Pages_FollowedToTheEnd_GiveEveryPersonOnce()
    {
        var count = await server.Nation.ScalarAsync<long>("SELECT count(*) FROM directory.practitioner");

        var found = await AllAsync("Practitioner?_count=100");

        Assert.Equal(count, found.Count);
        Assert.Equal(found.Select(Id).Order(StringComparer.Ordinal), found.Select(Id));
    }

    [Fact]
    public async Task Roles_OfAPerson_ComeWithPersonAndStructuresOnDemand()
    {
        var nurse = Everyone.First(person => person.Profession == "60" && person.Sites.DistinctBy(site => site.Finess).Count() == 2);

        var bundle = await server.GetAsync($"PractitionerRole?practitioner=Practitioner/8{nurse.Identifier}&_include=PractitionerRole:practitioner&_include=PractitionerRole:organization");

        var roles = Entries(bundle);
        Assert.Equal(nurse.Sites.Select(site => "Organization/F" + site.Finess).Order(), roles.Select(role => role.GetProperty("organization").GetProperty("reference").GetString()).Order());
        Assert.Equal(["S"], roles.SelectMany(role => role.GetProperty("code").EnumerateArray().SelectMany(Codes)).Distinct().Where(code => code == "S"));
        Assert.Equal(["Organization", "Organization", "Practitioner"], Entries(bundle, "include").Select(resource => resource.GetProperty("resourceType").GetString()).Order());
    }

    [Fact]
    public async Task Roles_BySpecialtyAndPlace_AreThoseOfThatPlace()
    {
        var doctor = Everyone.First(person => person.Profession == "10" && person.Skill == "SM54" && person.Sites.Count > 0);
        var site = doctor.Sites[0];

        var roles = await AllAsync($"PractitionerRole?organization.identifier={site.Finess}&specialty=SM54&role=S");

        Assert.Contains($"Practitioner/8{doctor.Identifier}", roles.Select(role => role.GetProperty("practitioner").GetProperty("reference").GetString()));
        Assert.All(roles, role => Assert.Contains("SM54", role.GetProperty("specialty").EnumerateArray().SelectMany(Codes)));
        Assert.All(roles, role => Assert.Equal("Organization/F" + site.Finess, role.GetProperty("organization").GetProperty("reference").GetString()));
    }

    [Fact]
    public async Task Organization_ByFiness_HasAddressTypesAndLegalEntity()
    {
        var site = server.People.Sites.First(s => s.Category == "355" && s.Town.X.Length > 0);

        var found = Assert.Single(Entries(await server.GetAsync($"Organization?identifier=https://finess.esante.gouv.fr|{site.Finess}")));

        Assert.Equal(site.Name, found.GetProperty("name").GetString());
        Assert.Equal(site.Entity, found.GetProperty("partOf").GetProperty("identifier").GetProperty("value").GetString());
        Assert.Contains("355", found.GetProperty("type").EnumerateArray().SelectMany(Codes));
        var address = found.GetProperty("address")[0];
        Assert.Equal((site.Town.Name, site.Town.Postcode), (address.GetProperty("city").GetString(), address.GetProperty("postalCode").GetString()));
        Assert.Equal(site.Town.InseeCode, address.GetProperty("extension")[0].GetProperty("valueCoding").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Organization_ByNameCityPostcodeAndType_IsNarrowedByEach()
    {
        var site = server.People.Sites.First(s => s.Category == "500");
        var word = site.Name.Split(' ')[1];

        var found = await AllAsync($"Organization?name=ehpad%20{word}&address-city={Uri.EscapeDataString(site.Town.Name.ToLowerInvariant())}&address-postalcode={site.Town.Postcode[..2]}&type=500");

        Assert.Contains("F" + site.Finess, found.Select(Id));
        Assert.All(found, resource => Assert.StartsWith("EHPAD " + word, resource.GetProperty("name").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Organization_NearAPlace_IsNearestFirstAndPagesKeepTheOrder()
    {
        // Lyon; towns of the data file stand far apart, so that what is near is what stands in Lyon.
        const string near = "Organization?near=45.7597|4.8490|30|km&_count=2";
        var expected = server.People.Sites.Where(site => site.Town.Department == "69").Select(site => "F" + site.Finess).Order().ToList();

        var found = await AllAsync(near);

        Assert.Equal(expected, found.Select(Id).Order());
        Assert.True(expected.Count > 2);
        var distances = found.Select(Kilometres).ToList();
        Assert.Equal(distances.Order(), distances);
    }

    [Theory]
    [InlineData("Practitioner?birthdate=1980", "search-parameter-unknown")]
    [InlineData("Practitioner?family:contains=x", "search-modifier-not-supported")]
    [InlineData("Practitioner?_count=many", "search-value-invalid")]
    [InlineData("Organization?near=Paris", "search-value-invalid")]
    [InlineData("Organization?near=48|2|5000", "search-value-invalid")]
    [InlineData("PractitionerRole?_include=PractitionerRole:location", "search-include-unknown")]
    [InlineData("PractitionerRole?_after=not-an-id", "search-value-invalid")]
    [InlineData("Practitioner?_lastUpdated=yesterday", "search-value-invalid")]
    public async Task Search_ThatIsNotUnderstood_IsRefusedWithAStableCode(string url, string code) =>
        Assert.Equal((HttpStatusCode.BadRequest, code), await server.RefusedAsync(url));

    [Theory]
    [InlineData("Practitioner/899999999999")]
    [InlineData("PractitionerRole/not-a-uuid")]
    [InlineData("Organization/F000000000")]
    public async Task Read_UnknownId_IsNotFound(string url) =>
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await server.RefusedAsync(url));

    [Fact]
    public async Task Search_ByForm_GivesTheSameAsByUrl()
    {
        var byForm = await server.PostFormAsync("Practitioner/_search", new() { ["qualification-code"] = "50", ["_count"] = "200" });

        Assert.Equal((await AllAsync("Practitioner?qualification-code=50")).Select(Id), Entries(byForm).Select(Id));
    }

    [Fact]
    public async Task Search_WithQuotesAndWildcards_FindsNothingAndBreaksNothing() =>
        Assert.Empty(await AllAsync("Practitioner?name=" + Uri.EscapeDataString("%' OR 1=1 --") + "&family=" + Uri.EscapeDataString("_%")));

    [Fact]
    public async Task Directory_FindsPeopleAndPlacesByTheirNumbers()
    {
        var directory = new PostgresDirectory(server.Nation.Api);
        var doctor = Everyone.First(person => person.Profession == "10" && person.Given == "JULES");
        var cancel = TestContext.Current.CancellationToken;

        var known = await directory.FindPractitionerAsync(Rpps.TryParse(doctor.Identifier).Value, cancel);
        var site = await directory.FindStructureAsync(Finess.TryParse(server.People.Sites[0].Finess).Value, cancel);

        Assert.Equal(("Dr Jules " + doctor.Family, true), (known!.Name, known.IsActive));
        Assert.Equal(["10"], known.Professions);
        Assert.Equal((server.People.Sites[0].Name, server.People.Sites[0].Town.Name), (site!.Name, site.City));
        Assert.Null(await directory.FindPractitionerAsync(Rpps.TryParse("10000000009").Value, cancel));
    }

    [Fact]
    public async Task Metadata_ListsOnlyParametersThatWork()
    {
        var types = (await server.GetAsync("metadata")).GetProperty("rest")[0].GetProperty("resource").EnumerateArray().ToList();

        // Terminologies have operations, and nothing to search.
        Assert.Equal(["Practitioner", "PractitionerRole", "Organization", "CodeSystem", "ValueSet"], types.Select(type => type.GetProperty("type").GetString()));
        Assert.Equal(["Practitioner", "PractitionerRole", "Organization"], types.Where(type => type.TryGetProperty("searchParam", out _)).Select(type => type.GetProperty("type").GetString()));
        foreach (var type in types.Where(type => type.TryGetProperty("searchParam", out _)))
        {
            foreach (var parameter in type.GetProperty("searchParam").EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString()))
            {
                var value = parameter switch { "near" => "48|2|10", "_lastUpdated" => "ge2026-01-01", "active" => "true", _ => "x" };
                await server.GetAsync($"{type.GetProperty("type").GetString()}?{parameter}={value}");
            }
        }
    }

    private static IEnumerable<string> Codes(JsonElement concept) => concept.GetProperty("coding").EnumerateArray().Select(coding => coding.GetProperty("code").GetString()!);

    private static double Kilometres(JsonElement organization)
    {
        var position = organization.GetProperty("address")[0].GetProperty("extension").EnumerateArray()
            .Single(extension => extension.GetProperty("url").GetString()!.EndsWith("geolocation", StringComparison.Ordinal)).GetProperty("extension");
        var (latitude, longitude) = (position[0].GetProperty("valueDecimal").GetDouble(), position[1].GetProperty("valueDecimal").GetDouble());
        var (dy, dx) = ((latitude - 45.7597) * 111.2, (longitude - 4.8490) * 111.2 * Math.Cos(45.7597 * Math.PI / 180));
        return Math.Round(Math.Sqrt((dx * dx) + (dy * dy)), 2);
    }

    /// <summary>Every match, following the links to the end.</summary>
    private async Task<List<JsonElement>> AllAsync(string url)
    {
        var found = new List<JsonElement>();
        for (var next = url; next is not null;)
        {
            var bundle = await server.GetAsync(next);
            found.AddRange(Entries(bundle));
            next = Next(bundle);
        }

        return found;
    }
}
