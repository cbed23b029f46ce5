using System.Net;
using Sante.Fhir;
using Sante.Fhir.Search;
using Sante.Space.Tests.Api;

namespace Sante.Space.Tests.FhirApi;

/// <summary>The index narrows and never loses: every search finds what a look at each resource finds.</summary>
public sealed class SearchTests(ApiFixture fixture) : FhirTests(fixture), IClassFixture<ApiFixture>
{
    private static readonly string[] Instants =
        ["2024", "2024-05", "2024-05-10", "2024-05-10T08:30:00Z", "2024-05-10T08:30:00.123Z", "2024-05-10T10:30:00+02:00", "1900-01-01", "2024-12-31T23:59:59+01:00"];

    private static readonly string[] Prefixes = ["", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb"];

    [Fact]
    public async Task DateSearches_FindWhatALookAtEachFinds()
    {
        var family = await BornAsync();
        var sent = new Dictionary<string, FhirResource>();
        foreach (var instant in Instants)
        {
            var body = Contents.Observation(family.Child.ToString()).Replace("2026-05-02T08:00:00+02:00", instant, StringComparison.Ordinal);
            var created = await Hospital.PostAsync("/Observation", body);
            Assert.Equal(HttpStatusCode.Created, created.Status);
            sent[created.LocatedId] = FhirJson.Parse(System.Text.Encoding.UTF8.GetBytes(body)).Resource!;
        }

        foreach (var asked in Prefixes.SelectMany(prefix => Instants.Select(instant => prefix + instant)))
        {
            var query = SearchQuery.Parse("Observation", [KeyValuePair.Create("date", asked)]).Value;
            var expected = sent.Where(one => query.Matches(new SearchSubject(one.Value, one.Key, default))).Select(one => one.Key).Order();

            var found = await Hospital.GetAsync($"/Observation?patient=Patient/{family.Child}&date={Uri.EscapeDataString(asked)}");

            Assert.Equal((asked, string.Join(' ', expected)), (asked, string.Join(' ', found.Ids.Order())));
        }
    }

    [Theory]
    [InlineData("code=http://loinc.org|29463-7", 1)]
    [InlineData("code=29463-7", 1)]
    [InlineData("code=http://loinc.org|", 2)]
    [InlineData("code=29463-7,8302-2", 2)]
    [InlineData("code:not=29463-7", 1)]
    [InlineData("code=29463-7&code=8302-2", 0)]
    [InlineData("value-quantity=gt71", 1)]
    [InlineData("value-quantity=71.5|http://unitsofmeasure.org|kg", 1)]
    [InlineData("status=final", 2)]
    [InlineData("_lastUpdated=gt2020-01-01", 2)]
    public async Task TokensAndQuantities_AreFound(string query, int expected)
    {
        var family = await BornAsync();
        await Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString(), "71.50"));
        await Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString(), "52", code: "8302-2"));

        var found = await Hospital.GetAsync($"/Observation?patient=Patient/{family.Child}&{query.Replace("|", "%7C", StringComparison.Ordinal)}");

        Assert.Equal((HttpStatusCode.OK, expected), (found.Status, found.Json["total"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Sort_PutsThemInOrder()
    {
        var family = await BornAsync();
        foreach (var value in new[] { "3", "1", "2" })
            await Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString(), value).Replace("2026-05-02T", $"2026-05-0{value}T", StringComparison.Ordinal));

        var up = await Hospital.GetAsync($"/Observation?patient=Patient/{family.Child}&_sort=date");
        var down = await Hospital.GetAsync($"/Observation?patient=Patient/{family.Child}&_sort=-date");

        Assert.Equal([1, 2, 3], up.Entries.Select(entry => entry["resource"]!["valueQuantity"]!["value"]!.GetValue<int>()));
        Assert.Equal(up.Ids.Reverse(), down.Ids);
    }

    [Fact]
    public async Task SixteenResendsAtOnce_StoreOneDocument()
    {
        var family = await BornAsync();
        var (submission, master) = (Contents.NewUuid(), Contents.NewUuid());

        var fed = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Hospital.PostAsync("", Contents.Provide(family.Child.ToString(), submission, master))));
        var found = await Hospital.GetAsync($"/DocumentReference?patient=Patient/{family.Child}");

        Assert.All(fed, one => Assert.Equal(HttpStatusCode.OK, one.Status));
        Assert.Single(fed.Select(one => one.Text).Distinct());
        Assert.Equal(1, found.Json["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task RefusalThatTellsWhatIsThere_IsTraced()
    {
        var family = await BornAsync();
        var master = Contents.NewUuid();
        await Hospital.PostAsync("", Contents.Provide(family.Child.ToString(), masterIdentifier: master));
        var lines = (await Fixture.Api.Ledger.LoadAsync(family.Space, [])).Value.Lines;

        var told = await Hospital.PostAsync("", Contents.Provide(family.Child.ToString(), masterIdentifier: master));

        Assert.Equal("document-identifier-used", told.Code);
        Assert.Equal(lines + 1, (await Fixture.Api.Ledger.LoadAsync(family.Space, [])).Value.Lines);
    }
}
