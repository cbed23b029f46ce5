using System.Net;
using Sante.Kernel;
using Sante.Space.Tests.Api;

namespace Sante.Space.Tests.FhirApi;

/// <summary>Who fed something withdraws it; nobody else does, and nothing is destroyed.</summary>
public sealed class DeleteTests(ApiFixture fixture) : FhirTests(fixture), IClassFixture<ApiFixture>
{
    private static readonly (HttpStatusCode, string?) Gone = (HttpStatusCode.Gone, "gone");

    private static Task<FhirReply> DeleteAsync(FhirClient by, string path, params (string, string)[] headers) => by.SendAsync(HttpMethod.Delete, path, null, headers);

    [Fact]
    public async Task Author_WithdrawsADocument_ItIsGoneForWhoSawIt_AndItsHistoryStays()
    {
        var family = await BornAsync();
        var document = await FeedDocumentAsync(family);
        var doctor = As(Family.NewDoctor());
        await LetInAsync(family, doctor.Actor);
        var binary = (await doctor.GetAsync($"/DocumentReference/{document}")).Json["content"]![0]!["attachment"]!["url"]!.GetValue<string>();

        var deleted = await DeleteAsync(Hospital, $"/DocumentReference/{document}");
        var again = await DeleteAsync(Hospital, $"/DocumentReference/{document}");

        Assert.Equal((HttpStatusCode.NoContent, "W/\"2\""), (deleted.Status, deleted.Message.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.NoContent, again.Status);
        foreach (var reader in new[] { doctor, As(family.Mother), Hospital })
            foreach (var path in new[] { $"/DocumentReference/{document}", $"/DocumentReference/{document}/_history/2", $"/{binary}" })
                Assert.Equal(Gone, await reader.GetAsync(path) is var told ? (told.Status, told.Code) : default);
        Assert.Equal(0, (await doctor.GetAsync($"/DocumentReference?patient=Patient/{family.Child}")).Json["total"]!.GetValue<int>());
        var history = await doctor.GetAsync($"/DocumentReference/{document}/_history");
        Assert.Equal(["DELETE", "POST"], history.Entries.Select(entry => entry["request"]!["method"]!.GetValue<string>()));
        Assert.Equal(HttpStatusCode.OK, (await doctor.GetAsync($"/DocumentReference/{document}/_history/1")).Status);
    }

    [Fact]
    public async Task WithdrawnAndHidden_IsNotEvenGone()
    {
        var family = await BornAsync();
        var document = await FeedDocumentAsync(family);
        var doctor = As(Family.NewDoctor());
        await LetInAsync(family, doctor.Actor);
        await HideAsync(family, document);
        await DeleteAsync(Hospital, $"/DocumentReference/{document}");

        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await doctor.GetAsync($"/DocumentReference/{document}") is var told ? (told.Status, told.Code) : default);
    }

    [Fact]
    public async Task NobodyElse_WithdrawsIt_AndAllHearTheSame()
    {
        var family = await BornAsync();
        var document = await FeedDocumentAsync(family);
        var doctor = As(Family.NewDoctor());
        await LetInAsync(family, doctor.Actor);
        var colleague = As(People.Doctor with { Structure = People.HospitalPlace, Identifier = Family.NewDoctor().Identifier });

        foreach (var other in new[] { doctor, As(family.Mother), As(family.Holder), colleague, As(Family.NewDoctor()) })
            foreach (var path in new[] { $"/DocumentReference/{document}", $"/DocumentReference/{document[..^3]}000", $"/Observation/{document}", "/DocumentReference/x" })
                Assert.Equal((HttpStatusCode.Forbidden, "only-own-deposits"), await DeleteAsync(other, path) is var told ? (told.Status, told.Code) : default);
        Assert.Equal(HttpStatusCode.OK, (await doctor.GetAsync($"/DocumentReference/{document}")).Status);
    }

    [Fact]
    public async Task IfMatch_OfAnotherVersion_WithdrawsNothing()
    {
        var family = await BornAsync();
        var id = (await Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString()))).LocatedId;

        Assert.Equal((HttpStatusCode.PreconditionFailed, "version-conflict"), await DeleteAsync(Hospital, $"/Observation/{id}", ("If-Match", "W/\"7\"")) is var told ? (told.Status, told.Code) : default);
        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync(Hospital, $"/Observation/{id}", ("If-Match", "W/\"1\""))).Status);
        Assert.Equal(Gone, await Hospital.PutAsync($"/Observation/{id}", Contents.Observation(family.Child.ToString(), extra: $"\"id\":\"{id}\",")) is var put ? (put.Status, put.Code) : default);
    }

    [Fact]
    public async Task Trace_SaysWhoWithdrewWhat()
    {
        var family = await BornAsync();
        var document = await FeedDocumentAsync(family);
        await DeleteAsync(Hospital, $"/DocumentReference/{document}");
        var mother = new FhirClient(Fixture.Api, Fixture.Tokens, family.Mother) { Token = Fixture.Tokens.For(family.Mother, "patient/*.cruds space/*") };

        var line = await mother.GetAsync($"/AuditEvent?patient=Patient/{family.Child}&action=D");

        Assert.Contains("a supprimé 1 document", Assert.Single(line.Entries)!["resource"]!["text"]!["div"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains(document, line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SixteenAtOnce_WithdrawOnce()
    {
        var family = await BornAsync();
        var id = (await Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString()))).LocatedId;

        var all = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => DeleteAsync(Hospital, $"/Observation/{id}")));

        Assert.All(all, reply => Assert.True(reply.Status is HttpStatusCode.NoContent or HttpStatusCode.PreconditionFailed, reply.Text));
        Assert.Equal(2, (await As(family.Mother).GetAsync($"/Observation/{id}/_history")).Entries.Count);
    }

    [Theory]
    [InlineData("Patient")]
    [InlineData("Binary")]
    [InlineData("Appointment")]
    public async Task WhatIsNotWithdrawn_Says405(string type)
    {
        var family = await BornAsync();

        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await DeleteAsync(As(family.Mother), $"/{type}/{family.Child}")).Status);
    }
}
