using System.Net;
using System.Text.Json.Nodes;
using Sante.Kernel;

namespace Sante.Space.Tests.FhirApi;

/// <summary>The feed of measures by editors: idPE, one Observation, one Device, and its errors.</summary>
public sealed class MeasuresTests(ApiFixture fixture) : FhirTests(fixture), IClassFixture<ApiFixture>
{
    private static string NewIdPe() => Guid.NewGuid().ToString("N");

    // Each test its own editor: pairings of tests that run beside this one never meet.
    private static Actor NewApp() => People.App with { Identifier = new(ActorIdentifier.ClientSystem, "balance-" + Guid.NewGuid().ToString("N")) };

    [Fact]
    public async Task Weight_OfAPairedUser_IsStoredWithItsDecimalsAndSource()
    {
        var (family, app, idPe) = (await BornAsync(), NewApp(), NewIdPe());
        await PairAsync(family, app, idPe);

        var fed = await As(app, Editor).PostAsync("", Contents.Weight(Editor, idPe));
        var doctor = As(Api.Family.NewDoctor());
        await LetInAsync(family, doctor.Actor);
        var found = await doctor.GetAsync($"/Observation?patient=Patient/{family.Child}&code=http://loinc.org|29463-7");

        Assert.Equal((HttpStatusCode.OK, ""), (fed.Status, fed.Code ?? ""));
        Assert.Equal([fed.Created("Observation")], found.Ids);
        Assert.Contains("\"value\":3.250,", found.Text, StringComparison.Ordinal);
        Assert.Equal(Editor, found.Entries[0]["resource"]!["meta"]!["source"]!.GetValue<string>());
        Assert.Equal($"Device/{fed.Created("Device")}", found.Entries[0]["resource"]!["device"]!["reference"]!.GetValue<string>());
    }

    [Fact]
    public async Task Weight_SentAgain_IsStoredOnce()
    {
        var (family, app, idPe) = (await BornAsync(), NewApp(), NewIdPe());
        await PairAsync(family, app, idPe);

        var first = await As(app, Editor).PostAsync("", Contents.Weight(Editor, idPe));
        var second = await As(app, Editor).PostAsync("", Contents.Weight(Editor, idPe));
        var other = await As(app, Editor).PostAsync("", Contents.Weight(Editor, idPe, value: "99"));

        Assert.Equal(HttpStatusCode.OK, first.Status);
        Assert.Equal(first.Text, second.Text);
        Assert.Equal("idempotency-key-reused", other.Code);
    }

    [Fact]
    public async Task SecondWeight_OfTheSameScale_MatchesTheDevice()
    {
        var (family, app, idPe) = (await BornAsync(), NewApp(), NewIdPe());
        await PairAsync(family, app, idPe);

        var first = await As(app, Editor).PostAsync("", Contents.Weight(Editor, idPe));
        var second = await As(app, Editor).PostAsync("", Contents.Weight(Editor, idPe, instant: "2026-05-03T08:00:00+02:00"));

        Assert.Equal(["200 OK", "201 Created"], second.Entries.Select(entry => entry["response"]!["status"]!.GetValue<string>()));
        Assert.Equal(first.Created("Device"), second.Created("Device"));
    }

    [Fact]
    public async Task TwoFirstWeights_AtTheSameTime_MakeOneDevice()
    {
        var (family, app, idPe) = (await BornAsync(), NewApp(), NewIdPe());
        await PairAsync(family, app, idPe);

        var fed = await Task.WhenAll(Enumerable.Range(1, 6).Select(day => As(app, Editor).PostAsync("", Contents.Weight(Editor, idPe, instant: $"2026-04-0{day}T08:00:00+02:00"))));

        Assert.All(fed, each => Assert.Equal(HttpStatusCode.OK, each.Status));
        Assert.Single(fed.Select(each => each.Created("Device")).Distinct());
        Assert.Equal(6, fed.Select(each => each.Created("Observation")).Distinct().Count());
    }

    [Fact]
    public async Task Weight_WithoutPairing_IsRefused()
    {
        var refused = await As(NewApp(), Editor).PostAsync("", Contents.Weight(Editor, NewIdPe()));

        Assert.Equal((HttpStatusCode.Forbidden, "pairing-missing"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Weight_AfterTheTieWasCut_IsRefusedAtOnce()
    {
        var (family, app, idPe) = (await BornAsync(), NewApp(), NewIdPe());
        await PairAsync(family, app, idPe);
        Assert.Equal(HttpStatusCode.OK, (await As(app, Editor).PostAsync("", Contents.Weight(Editor, idPe))).Status);
        Assert.Null((await Api.Family.Grain<IPairingGrain>(Fixture.Api.Services, family.Space).ActAsync(new EndPairing(app.Identifier, family.Mother))).Refusal);

        var refused = await As(app, Editor).PostAsync("", Contents.Weight(Editor, idPe, instant: "2026-05-04T08:00:00+02:00"));

        Assert.Equal((HttpStatusCode.Forbidden, "pairing-missing"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Weight_OfAnotherEditorsNamespace_IsRefused()
    {
        var refused = await As(NewApp(), Editor).PostAsync("", Contents.Weight("urn:oid:1.2.3.4", NewIdPe()));

        Assert.Equal((HttpStatusCode.Forbidden, "idpe-mismatch"), (refused.Status, refused.Code));
    }

    [Theory]
    [InlineData("urn:oid:1.2.250.1.213.1.4.8")]
    [InlineData("urn:oid:1.2.250.1.213.1.4.10")]
    public async Task Weight_OfASubjectNamedByIns_Is422(string system)
    {
        var refused = await As(NewApp(), Editor).PostAsync("", Contents.Weight(system, "279035121518989"));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, true), (refused.Status, refused.Text.Contains("mesures-ins-refused", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task BodyMassIndex_IsNeverFed()
    {
        var (family, app, idPe) = (await BornAsync(), NewApp(), NewIdPe());
        await PairAsync(family, app, idPe);

        var refused = await As(app, Editor).PostAsync("", Contents.Weight(Editor, idPe, profile: "bmi"));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("mesures-bmi-not-fed", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Weight_WithAnotherEditorsSource_IsAConflict()
    {
        var (family, app, idPe) = (await BornAsync(), NewApp(), NewIdPe());
        await PairAsync(family, app, idPe);

        var refused = await As(app, Editor).PostAsync("", Contents.Weight(Editor, idPe, source: "\"source\":\"urn:oid:1.2.3.4\","));

        Assert.Equal((HttpStatusCode.Conflict, "source-oid-conflict"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task TwoObservationsInOneFeed_Are422()
    {
        var bundle = JsonNode.Parse(Contents.Weight(Editor, NewIdPe()))!;
        var second = bundle["entry"]![1]!.DeepClone();
        second["fullUrl"] = Contents.NewUuid();
        bundle["entry"]!.AsArray().Add(second);

        var refused = await As(NewApp(), Editor).PostAsync("", bundle.ToJsonString());

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("mesures-feed-content", refused.Text, StringComparison.Ordinal);
    }
}
