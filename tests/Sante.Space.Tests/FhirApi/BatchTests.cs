using System.Net;
using System.Text.Json;
using Sante.Kernel;
using Sante.Space.Tests.Api;
using Sante.Testing;

namespace Sante.Space.Tests.FhirApi;

/// <summary>A batch is its entries, each with its own answer, decision and line.</summary>
public sealed class BatchTests(ApiFixture fixture) : FhirTests(fixture), IClassFixture<ApiFixture>
{
    private static string Of(params string[] entries) => $$"""{"resourceType":"Bundle","type":"batch","entry":[{{string.Join(',', entries)}}]}""";

    private static string Entry(string method, string url, string? resource = null, string more = "") =>
        $$"""{"request":{"method":"{{method}}","url":"{{url}}"{{more}}}{{(resource is null ? "" : $",\"resource\":{resource}")}}}""";

    private static IReadOnlyList<string> Statuses(FhirReply reply) => [.. reply.Entries.Select(entry => entry["response"]!["status"]!.GetValue<string>()[..3])];

    [Fact]
    public async Task EachEntry_HasItsOwnAnswer()
    {
        var family = await BornAsync();
        var own = (await Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString()))).LocatedId;

        var reply = await Hospital.PostAsync("", Of(
            Entry("GET", $"Observation/{own}"),
            Entry("POST", "Observation", Contents.Observation(family.Child.ToString(), "72")),
            Entry("GET", $"Observation?patient=Patient/{family.Child}"),
            Entry("GET", "Observation/nothing"),
            Entry("POST", "Observation", """{"resourceType":"Observation"}"""),
            Entry("PUT", $"Observation/{own}", Contents.Observation(family.Child.ToString(), "73", extra: $"\"id\":\"{own}\","), ",\"ifMatch\":\"W/\\\"9\\\"\""),
            Entry("GET", $"Observation/{own}", null, ",\"ifNoneMatch\":\"W/\\\"1\\\"\""),
            Entry("DELETE", $"Observation/{own}"),
            Entry("GET", $"Patient/{family.Child}/$everything"),
            Entry("POST", "Spaceship", """{"resourceType":"Observation"}""")));

        Assert.Equal(HttpStatusCode.OK, reply.Status);
        Assert.Equal("batch-response", reply.Json["type"]!.GetValue<string>());
        Assert.Equal(["200", "201", "200", "404", "422", "412", "304", "204", "200"], Statuses(reply).Take(9));
        Assert.StartsWith("4", Statuses(reply)[9], StringComparison.Ordinal);
        Assert.Equal(own, reply.Entries[0]["resource"]!["id"]!.GetValue<string>());
        Assert.Equal(2, reply.Entries[2]["resource"]!["total"]!.GetValue<int>());
        Assert.Equal("not-found", reply.Entries[3]["resource"]!["issue"]![0]!["details"]!["coding"]![0]!["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task EntriesOfSeveralCitizens_AreDecidedEach()
    {
        var (mine, theirs) = (await BornAsync(), await BornAsync());
        var doctor = As(Family.NewDoctor());
        await LetInAsync(mine, doctor.Actor);

        var reply = await doctor.PostAsync("", Of(Entry("GET", $"Observation?patient=Patient/{mine.Child}"), Entry("GET", $"Observation?patient=Patient/{theirs.Child}")));

        Assert.Equal(["200", "403"], Statuses(reply));
    }

    [Fact]
    public async Task EachEntry_LeavesItsLine()
    {
        var family = await BornAsync();
        var before = (await Fixture.Api.Ledger.LoadAsync(family.Space, [])).Value.Lines;

        await Hospital.PostAsync("", Of([.. Enumerable.Repeat(Entry("GET", $"Observation?patient=Patient/{family.Child}"), 1),
            .. Enumerable.Range(0, 3).Select(value => Entry("POST", "Observation", Contents.Observation(family.Child.ToString(), $"{value}")))]));

        Assert.Equal(4, (await Fixture.Api.Ledger.LoadAsync(family.Space, [])).Value.Lines - before);
    }

    [Fact]
    public async Task AnswersPastTheBound_AreRefusedInTheirPlace_WritesAreNot()
    {
        var family = await BornAsync();
        // A string holds at most 1 MB: http://hl7.org/fhir/R4/datatypes.html#string.
        var notes = string.Join(',', Enumerable.Repeat($"{{\"text\":\"{new string('a', 1_000_000)}\"}}", 8));
        var large = (await Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString(), extra: $"\"note\":[{notes}],"))).LocatedId;

        var reply = await Hospital.PostAsync("", Of([.. Enumerable.Repeat(Entry("GET", $"Observation/{large}"), 6),
            Entry("POST", "Observation", Contents.Observation(family.Child.ToString(), "72"))]));

        Assert.Equal(["200", "200", "200", "200", "200", "422", "201"], Statuses(reply));
        Assert.Equal("batch-answer-too-large", reply.Entries[5]["resource"]!["issue"]![0]!["details"]!["coding"]![0]!["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task DatabaseLostInTheMiddle_IsToldInItsPlace_AndSentAgainStoresNothingTwice()
    {
        const int Count = 40;
        await using var proxy = CuttingProxy.Start(Fixture.Database.Main);
        await using var host = ApiHost.Start(Fixture.Database, Fixture.Tokens, proxy.Through(Fixture.Database.Main));
        var family = await BornAsync();
        var hospital = new FhirClient(host, Fixture.Tokens, People.Hospital);
        var batch = Of([.. Enumerable.Range(0, Count).Select(value => Entry("POST", "Observation", Contents.Observation(family.Child.ToString(), $"{value}"))),
            Entry("GET", $"Observation?patient=Patient/{family.Child}")]);
        var before = (await Fixture.Api.Ledger.LoadAsync(family.Space, [])).Value.Lines;

        var sending = hospital.PostAsync("", batch, ("Idempotency-Key", "lot-1"));
        while (!sending.IsCompleted && (await Fixture.Api.Ledger.LoadAsync(family.Space, [])).Value.Lines < before + 3)
            await Task.Yield();
        proxy.Refusing = true;
        proxy.CutAll();
        var cut = await sending;
        proxy.Refusing = false;
        var again = await Hospital.PostAsync("", batch, ("Idempotency-Key", "lot-1"));

        Assert.Equal(HttpStatusCode.OK, cut.Status);
        Assert.Equal(["201", "201", "503", "503"], Statuses(cut).Where((_, at) => at is 0 or 1 or >= Count - 1));
        Assert.All(Statuses(again).Take(Count), status => Assert.Equal("201", status));
        Assert.Equal(Count, (await Hospital.GetAsync($"/Observation?patient=Patient/{family.Child}")).Json["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task EmptyBatch_IsAnsweredEmpty() => Assert.Empty((await Hospital.PostAsync("", Of())).Entries);

    [Fact]
    public async Task Scopes_HoldForEachEntry()
    {
        var family = await BornAsync();
        var narrow = new FhirClient(Fixture.Api, Fixture.Tokens, People.Hospital) { Token = Fixture.Tokens.For(People.Hospital, "system/Observation.c") };

        var reply = await narrow.PostAsync("", Of(Entry("POST", "Observation", Contents.Observation(family.Child.ToString())), Entry("GET", $"Observation?patient=Patient/{family.Child}")));

        Assert.Equal(["201", "403"], Statuses(reply));
    }
}
