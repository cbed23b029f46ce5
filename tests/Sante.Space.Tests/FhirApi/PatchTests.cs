using System.Net;
using Sante.Kernel;
using Sante.Space.Tests.Api;

namespace Sante.Space.Tests.FhirApi;

/// <summary>PATCH of what the caller itself fed: JSON Patch and FHIRPath Patch, by the rules of an update.</summary>
public sealed class PatchTests(ApiFixture fixture) : FhirTests(fixture), IClassFixture<ApiFixture>
{
    private static readonly (string, string) JsonPatch = ("Content-Type", "application/json-patch+json");

    private static Task<FhirReply> PatchAsync(FhirClient by, string path, string body, params (string, string)[] headers) => by.SendAsync(HttpMethod.Patch, path, body, headers);

    [Fact]
    public async Task JsonPatch_ChangesTheMetadataOfADocument_AndAnswersWithIt()
    {
        var family = await BornAsync();
        var document = await FeedDocumentAsync(family);

        var patched = await PatchAsync(Hospital, $"/DocumentReference/{document}", """[{"op":"add","path":"/description","value":"Relu"}]""", JsonPatch, ("If-Match", "W/\"1\""));

        Assert.Equal((HttpStatusCode.OK, "Relu", "2"), (patched.Status, patched.Json["description"]!.GetValue<string>(), patched.Json["meta"]!["versionId"]!.GetValue<string>()));
        Assert.Equal("Relu", (await As(family.Mother).GetAsync($"/DocumentReference/{document}")).Json["description"]!.GetValue<string>());
    }

    [Fact]
    public async Task FhirPathPatch_ReplacesAValue()
    {
        var family = await BornAsync();
        var id = (await Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString()))).LocatedId;

        var patched = await PatchAsync(Hospital, $"/Observation/{id}", """
            {"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"replace"},{"name":"path","valueString":"Observation.status"},{"name":"value","valueCode":"amended"}]}]}
            """);

        Assert.Equal((HttpStatusCode.OK, "amended"), (patched.Status, patched.Json["status"]?.GetValue<string>()));
    }

    [Theory]
    [InlineData("""[{"op":"replace","path":"/status","value":"nothing"}]""")]
    [InlineData("""[{"op":"replace","path":"/subject/reference","value":"Patient/x"}]""")]
    [InlineData("""[{"op":"replace","path":"/id","value":"other"}]""")]
    [InlineData("""[{"op":"remove","path":"/nothing"}]""")]
    [InlineData("""[{"op":"test","path":"/status","value":"preliminary"}]""")]
    [InlineData("""{"op":"remove"}""")]
    [InlineData("[")]
    public async Task WhatMayNotBe_IsRefusedAndStoresNothing(string patch)
    {
        var family = await BornAsync();
        var id = (await Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString()))).LocatedId;

        var refused = await PatchAsync(Hospital, $"/Observation/{id}", patch, JsonPatch);

        Assert.InRange((int)refused.Status, 400, 422);
        Assert.Single((await Hospital.GetAsync($"/Observation/{id}/_history")).Entries);
    }

    [Fact]
    public async Task ContentOfADocument_IsNotPatched()
    {
        var family = await BornAsync();
        var document = await FeedDocumentAsync(family);

        Assert.Equal("attachment-changed", (await PatchAsync(Hospital, $"/DocumentReference/{document}", """[{"op":"replace","path":"/content/0/attachment/url","value":"Binary/x"}]""", JsonPatch)).Code);
    }

    [Fact]
    public async Task NotOnesOwn_AndUnknown_HearTheSame_Stale412()
    {
        var family = await BornAsync();
        var id = (await Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString()))).LocatedId;
        const string patch = """[{"op":"replace","path":"/status","value":"amended"}]""";

        foreach (var path in new[] { $"/Observation/{id}", $"/Observation/{id[..^3]}000", "/Observation/x" })
            Assert.Equal((HttpStatusCode.Forbidden, "only-own-deposits"), await PatchAsync(As(family.Mother), path, patch, JsonPatch) is var told ? (told.Status, told.Code) : default);
        Assert.Equal("version-conflict", (await PatchAsync(Hospital, $"/Observation/{id}", patch, JsonPatch, ("If-Match", "W/\"4\""))).Code);
    }

    [Fact]
    public async Task SixtyFourWithOneIfMatch_HaveOneWinner()
    {
        var family = await BornAsync();
        var id = (await Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString()))).LocatedId;

        var all = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ =>
            PatchAsync(Hospital, $"/Observation/{id}", """[{"op":"replace","path":"/status","value":"amended"}]""", JsonPatch, ("If-Match", "W/\"1\""))));

        Assert.Single(all, reply => reply.Status == HttpStatusCode.OK);
        Assert.All(all, reply => Assert.True(reply.Status is HttpStatusCode.OK or HttpStatusCode.PreconditionFailed, reply.Text));
    }

    [Fact]
    public async Task WhoMayNotRead_PatchesItsOwn_AndIsShownNothingOfTheStore()
    {
        var family = await BornAsync();
        var doctor = As(Family.NewDoctor());
        await LetInAsync(family, doctor.Actor);
        var path = $"/Observation/{(await doctor.PostAsync("/Observation", Contents.Observation(family.Child.ToString()))).LocatedId}";
        const string patch = """[{"op":"replace","path":"/status","value":"amended"}]""";
        var noRead = new FhirClient(Fixture.Api, Fixture.Tokens, doctor.Actor) { Token = Fixture.Tokens.For(doctor.Actor, "user/Observation.u") };
        const string meta = """{"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":{}}]}""";
        Assert.Contains("amended", (await PatchAsync(doctor, path, patch, JsonPatch)).Text, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, ""), await PatchAsync(noRead, path, patch, JsonPatch) is var unscoped ? (unscoped.Status, unscoped.Text) : default);

        await RevokeAsync(family, doctor.Actor);

        Assert.Equal(HttpStatusCode.NotFound, (await doctor.GetAsync(path)).Status);
        var revoked = await PatchAsync(doctor, path, patch, JsonPatch);
        Assert.Equal((HttpStatusCode.OK, "", "W/\"4\""), (revoked.Status, revoked.Text, revoked.Message.Headers.ETag!.ToString()));
        Assert.Equal((HttpStatusCode.OK, ""), await doctor.PostAsync($"{path}/$meta-add", meta) is var added ? (added.Status, added.Text) : default);
    }
}
