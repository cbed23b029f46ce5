using Sante.Fhir.Search;

namespace Sante.Fhir.Tests;

/// <summary>The searches of the behaviour probe (every server of the field is asked them), on its own fixtures, without a server.</summary>
public sealed class SearchProbeTests
{
    private const string Mine = "subject=Patient/pA,Patient/pB,Patient/pC";
    private const string Three = "identifier=urn:probe|A,urn:probe|B,urn:probe|C";
    private const string Ucum = "http://unitsofmeasure.org";

    private static readonly MemorySource Source = new(Fixture());

    [Theory]
    [InlineData("Observation", Mine + "&code=http://loinc.org|8867-4&date=ge2024-01-01", "oHR,oP")]
    [InlineData("Patient", "identifier=urn:probe|&_id=pA,pB,pC", "pA,pB,pC")]
    [InlineData("Patient", Three + "&gender:not=male", "pA,pC")]
    [InlineData("Patient", Three + "&gender:missing=true", "pC")]
    [InlineData("Observation", Mine + "&code:text=pulse run&date=ge2024-01-01", "oHR,oP")]
    [InlineData("Patient", "identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|A&family=éluardrun", "pA")]
    [InlineData("Encounter", "class:in=http://terminology.hl7.org/ValueSet/v3-ActEncounterCode&_id=enc", "enc")]
    [InlineData("Patient", "family=smithSONrun", "pB")]
    [InlineData("Patient", "family=eluardrun", "pA")]
    [InlineData("Patient", "family:exact=Éluardrun", "pA")]
    [InlineData("Patient", "family:contains=sonrun", "pB")]
    [InlineData("Patient", "given=Anna&given=Maria&identifier=urn:probe|A", "pA")]
    [InlineData("Patient", Three + "&birthdate=1980", "pA,pB")]
    [InlineData("Patient", Three + "&birthdate=1980-07-10", "")]
    [InlineData("Patient", Three + "&birthdate=ne1980", "pC")]
    [InlineData("Patient", Three + "&birthdate=le1980", "pA,pB")]
    [InlineData("Patient", Three + "&birthdate=sa1980-03-15", "pB,pC")]
    [InlineData("Patient", Three + "&birthdate=eb1980-07", "pA")]
    [InlineData("Observation", Mine + "&date=ge2024-05-09&date=le2024-05-12&code=http://loinc.org|8867-4", "oHR,oP")]
    [InlineData("Observation", Mine + "&date=lt2024-05-10&code=http://loinc.org|8867-4", "oP")]
    [InlineData("Observation", Mine + "&date=2024-05-10T10:30:00+02:00", "oHR")]
    [InlineData("Observation", Mine + "&value-quantity=72|" + Ucum + "|/min", "oHR")]
    [InlineData("Observation", Mine + "&value-quantity=gt72|" + Ucum + "|/min", "oP")]
    [InlineData("Observation", Mine + "&value-quantity=72|" + Ucum + "|kg", "oW")]
    [InlineData("Observation", Mine + "&value-quantity=71500|" + Ucum + "|g", "oW")]
    [InlineData("Observation", Mine + "&component-code-value-quantity=http://loinc.org|8480-6$gt130", "oBP")]
    [InlineData("Observation", Mine + "&component-code-value-quantity=http://loinc.org|8462-4$gt130", "")]
    [InlineData("Observation", Mine + "&combo-code=http://loinc.org|8480-6", "oBP")]
    [InlineData("Observation", "subject:Patient.family=smithsonrun", "oP")]
    [InlineData("Observation", "subject:Patient.organization.name=Org run", "oHR,oW,oBP")]
    [InlineData("Observation", "subject:Patient.family:contains=sonrun", "oP")]
    [InlineData("Patient", "_has:Observation:patient:code=http://loinc.org|29463-7&identifier=urn:probe|A", "pA")]
    [InlineData("Practitioner", "_has:Patient:general-practitioner:_has:Observation:patient:code=http://loinc.org|29463-7&identifier=urn:probe|pr", "pr")]
    [InlineData("Patient", "_id=none-such", "")]
    [InlineData("Patient", "identifier=urn:probe|B", "pB")]
    [InlineData("Observation", "_tag=urn:probe|t1", "oHR")]
    [InlineData("Patient", "_lastUpdated=ge2000-01-01&identifier=urn:probe|A", "pA")]
    public async Task Search_OfTheProbe_FindsWhatItMust(string type, string query, string expected) =>
        Assert.Equal(expected.Split(',', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal), (await IdsAsync(Source, type, query)).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("Observation", "_id=oHR&_include=Observation:subject", "pA")]
    [InlineData("Observation", "_id=oHR&_include=Observation:subject&_include:iterate=Patient:organization", "org,pA")]
    [InlineData("Patient", "_id=pA&_revinclude=Observation:subject", "oBP,oHR,oW")]
    [InlineData("Observation", "_id=oHR&_include=*", "pA,pr")]
    [InlineData("Observation", "_id=oHR&_include=Observation:*", "pA,pr")]
    [InlineData("Patient", "_id=pA&_revinclude=*", "enc,oBP,oHR,oW")]
    [InlineData("Patient", "_id=pA&_revinclude=Observation:*", "oBP,oHR,oW")]
    [InlineData("Organization", "_id=org&_revinclude=Patient:organization&_revinclude:iterate=Observation:subject", "oBP,oHR,oW,pA")]
    [InlineData("Patient", "_id=pA&_revinclude=Observation:subject:Device", "")]
    [InlineData("Patient", "_id=pA,pB&_revinclude=Observation:performer", "")]
    public async Task Include_OfTheProbe_AddsWhatItMust(string type, string query, string expected)
    {
        var page = (await SearchRun.RunAsync(SearchRunTests.Query(query, type), Source, cancel: TestContext.Current.CancellationToken)).Value;
        Assert.Equal(expected, string.Join(',', page.Included.Select(one => one.Id).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Sort_ByCodeThenDate_BeginsWithTheWeight() =>
        Assert.Equal(["oW", "oBP", "oP", "oHR"], await IdsAsync(Source, "Observation", Mine + "&_sort=code,-date&date=ge2024-01-01"));

    [Fact]
    public async Task Compartment_OfAPatient_IsWhatNamesIt()
    {
        var query = SearchRunTests.Query("status=final").InCompartment("Patient", "pA").Value;
        var page = (await SearchRun.RunAsync(query, Source, cancel: TestContext.Current.CancellationToken)).Value;
        Assert.Equal(["oBP", "oHR", "oW"], page.Matches.Select(one => one.Id));
        Assert.Equal("search-compartment-unknown", SearchRunTests.Query("status=final").InCompartment("Location", "x").Refusal?.Code);
        Assert.Equal("search-compartment-unknown", SearchRunTests.Query("active=true", "Organization").InCompartment("Patient", "x").Refusal?.Code);
    }

    [Fact]
    public async Task SystemSearch_OverTwoTypes_PagesThroughBoth()
    {
        var parameters = new Dictionary<string, string> { ["_type"] = "Patient,Practitioner", ["identifier"] = "urn:probe|A,urn:probe|C,urn:probe|pr", ["_count"] = "1" };
        foreach (var sort in new[] { "", "-_lastUpdated", "_id" })
        {
            parameters["_sort"] = sort;
            var query = SearchQuery.ParseSystem(parameters.Where(one => one.Value.Length > 0)).Value;
            List<string> seen = [];
            string? cursor = null;
            do
            {
                var page = (await SearchRun.RunAsync(query, Source, cursor, cancel: TestContext.Current.CancellationToken)).Value;
                seen.AddRange(page.Matches.Select(one => one.Id));
                cursor = page.Next;
            }
            while (cursor is not null);
            Assert.Equal(["pA", "pC", "pr"], seen.Order(StringComparer.Ordinal));
        }
    }

    internal static async Task<IReadOnlyList<string>> IdsAsync(ISearchSource source, string type, string query)
    {
        var page = (await SearchRun.RunAsync(SearchRunTests.Query(query, type), source, cancel: TestContext.Current.CancellationToken)).Value;
        return [.. page.Matches.Select(one => one.Id)];
    }

    private static IEnumerable<SearchSubject> Fixture()
    {
        static SearchSubject Of(string id, string json) => SearchMatchTests.Subject(json, id);
        const string loinc = "\"system\":\"http://loinc.org\"";
        static string Quantity(string value, string unit) => $$"""{"value":{{value}},"system":"http://unitsofmeasure.org","code":"{{unit}}","unit":"{{unit}}"}""";
        yield return Of("org", """{"resourceType":"Organization","name":"Org run","identifier":[{"system":"urn:probe","value":"org"}]}""");
        yield return Of("pr", """{"resourceType":"Practitioner","name":[{"family":"Medicrun"}],"identifier":[{"system":"urn:probe","value":"pr"}]}""");
        yield return Of("pA", """
            {"resourceType":"Patient","meta":{"tag":[{"system":"urn:probe","code":"t1"}]},"identifier":[{"system":"urn:probe","value":"A","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}]}}],
             "name":[{"family":"Éluardrun","given":["Anna","Maria"]}],"gender":"female","birthDate":"1980-03-15","managingOrganization":{"reference":"Organization/org"},"generalPractitioner":[{"reference":"Practitioner/pr"}]}
            """);
        yield return Of("pB", """{"resourceType":"Patient","identifier":[{"system":"urn:probe","value":"B"}],"name":[{"family":"Smithsonrun","given":["Bob"]}],"gender":"male","birthDate":"1980-07"}""");
        yield return Of("pC", """{"resourceType":"Patient","identifier":[{"system":"urn:probe","value":"C"}],"name":[{"family":"Jonesrun","given":["Cid"]}],"birthDate":"1981"}""");
        yield return Of("oHR", $$$"""
            {"resourceType":"Observation","meta":{"tag":[{"system":"urn:probe","code":"t1"}]},"status":"final","code":{"coding":[{{{{loinc}}},"code":"8867-4","display":"Heart rate"}],"text":"pulse run"},"subject":{"reference":"Patient/pA"},
             "effectiveDateTime":"2024-05-10T08:30:00Z","valueQuantity":{{{Quantity("72", "/min")}}},"performer":[{"reference":"Practitioner/pr"}]}
            """);
        yield return Of("oW", $$$"""{"resourceType":"Observation","status":"final","code":{"coding":[{{{{loinc}}},"code":"29463-7"}]},"subject":{"reference":"Patient/pA"},"effectiveDateTime":"2024-06","valueQuantity":{{{Quantity("71.5", "kg")}}}}""");
        yield return Of("oP", $$$"""
            {"resourceType":"Observation","status":"final","code":{"coding":[{{{{loinc}}},"code":"8867-4","display":"Heart rate"}],"text":"pulse run"},"subject":{"reference":"Patient/pB"},
             "effectivePeriod":{"start":"2024-05-09","end":"2024-05-12"},"valueQuantity":{{{Quantity("90", "/min")}}}}
            """);
        yield return Of("oBP", $$$"""
            {"resourceType":"Observation","status":"final","code":{"coding":[{{{{loinc}}},"code":"85354-9"}]},"subject":{"reference":"Patient/pA"},"effectiveDateTime":"2024-05-11",
             "component":[{"code":{"coding":[{{{{loinc}}},"code":"8480-6"}]},"valueQuantity":{{{Quantity("135", "mm[Hg]")}}}},{"code":{"coding":[{{{{loinc}}},"code":"8462-4"}]},"valueQuantity":{{{Quantity("80", "mm[Hg]")}}}}]}
            """);
        yield return Of("enc", """{"resourceType":"Encounter","status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},"subject":{"reference":"Patient/pA"},"period":{"start":"2024-05-10"}}""");
    }
}
