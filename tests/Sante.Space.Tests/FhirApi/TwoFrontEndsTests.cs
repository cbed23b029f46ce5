using System.Net;
using Sante.Kernel;
using Sante.Space.Tests.Api;

namespace Sante.Space.Tests.FhirApi;

/// <summary>What one front-end was told holds on the other with the very next request, in every form of answer.</summary>
public sealed class TwoFrontEndsTests(ApiFixture fixture) : FhirTests(fixture), IClassFixture<ApiFixture>
{
    [Fact]
    public async Task UnmodifiedSinceTheLastRead_IsNotToldUnderARevokedConsent()
    {
        await using var second = ApiHost.Start(Fixture.Database, Fixture.Tokens);
        var family = await BornAsync();
        var document = await FeedDocumentAsync(family);
        var doctor = new FhirClient(second, Fixture.Tokens, Family.NewDoctor());
        await LetInAsync(family, doctor.Actor);
        var etag = (await doctor.GetAsync($"/DocumentReference/{document}")).Message.Headers.ETag!.ToString();
        Assert.Equal(HttpStatusCode.NotModified, (await doctor.GetAsync($"/DocumentReference/{document}", ("If-None-Match", etag))).Status);

        await RevokeAsync(family, doctor.Actor);

        var revoked = await doctor.GetAsync($"/DocumentReference/{document}", ("If-None-Match", etag));
        var forged = await doctor.GetAsync($"/DocumentReference/{FhirStore.NewId(family.Space)}", ("If-None-Match", etag));
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), (revoked.Status, revoked.Code));
        Assert.Equal((forged.Status, forged.Text), (revoked.Status, revoked.Text));
    }

    /// <summary>Of another's content: an author keeps the right to correct what it fed, and learns of its versions.</summary>
    [Fact]
    public async Task VersionConflict_IsNotToldUnderARevokedConsent()
    {
        await using var second = ApiHost.Start(Fixture.Database, Fixture.Tokens);
        var family = await BornAsync();
        var doctor = new FhirClient(second, Fixture.Tokens, Family.NewDoctor());
        await LetInAsync(family, doctor.Actor);
        var fed = await Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString()));
        Assert.Equal(HttpStatusCode.Created, fed.Status);
        Assert.Equal(HttpStatusCode.OK, (await doctor.GetAsync($"/Observation/{fed.LocatedId}")).Status);
        var stale = ("If-Match", "W/\"7\"");
        string Body(string id) => Contents.Observation(family.Child.ToString(), "72.00", extra: $"\"id\":\"{id}\",");
        Assert.Equal((HttpStatusCode.PreconditionFailed, "version-conflict"), Of(await Hospital.PutAsync($"/Observation/{fed.LocatedId}", Body(fed.LocatedId), stale)));

        await RevokeAsync(family, doctor.Actor);

        var forged = FhirStore.NewId(family.Space).ToString();
        var ofForged = await doctor.PutAsync($"/Observation/{forged}", Body(forged), stale);
        var ofRevoked = await doctor.PutAsync($"/Observation/{fed.LocatedId}", Body(fed.LocatedId), stale);
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "client-ids-not-accepted"), Of(ofRevoked));
        Assert.Equal((ofForged.Status, ofForged.Text), (ofRevoked.Status, ofRevoked.Text));
    }

    [Fact]
    public async Task OneLabelledDocument_FedOnBothAtOnce_IsOneDocument_HiddenOnce()
    {
        await using var second = ApiHost.Start(Fixture.Database, Fixture.Tokens);
        var family = await BornAsync();
        var doctor = Family.NewDoctor();
        await LetInAsync(family, doctor);
        var before = (await Fixture.Api.Ledger.LoadAsync(family.Space, [])).Value.AccessVersion;
        var body = Contents.Provide(family.Child.ToString(), label: "MASQUE_PS");
        var feeders = new[] { Hospital, new FhirClient(second, Fixture.Tokens, People.Hospital) };

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => feeders[i % 2].PostAsync("", body))));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Single(answers.Select(answer => answer.Text).Distinct());
        Assert.Equal(before + 1, (await Fixture.Api.Ledger.LoadAsync(family.Space, [])).Value.AccessVersion);
        var search = $"/DocumentReference?patient=Patient/{family.Child}";
        Assert.Equal(1, (await As(family.Mother).GetAsync(search)).Json["total"]!.GetValue<int>());
        foreach (var host in new[] { Fixture.Api, second })
            Assert.Equal(0, (await new FhirClient(host, Fixture.Tokens, doctor).GetAsync(search)).Json["total"]!.GetValue<int>());
    }

    /// <summary>What may not change compares with what is stored: under an ended pairing it tells nothing.</summary>
    [Fact]
    public async Task WhatMayNotChange_IsNotToldUnderAnEndedPairing_AndIsALineBefore()
    {
        await using var second = ApiHost.Start(Fixture.Database, Fixture.Tokens);
        var (family, other) = (await BornAsync(), await BornAsync());
        var idPe = Guid.NewGuid().ToString();
        var actor = People.App with { Identifier = new ActorIdentifier(People.App.Identifier.System, Guid.NewGuid().ToString()) };
        await PairAsync(family, actor, idPe);
        var app = new FhirClient(second, Fixture.Tokens, actor, Editor);
        var fed = await app.PostAsync("/Observation", Contents.Observation(family.Child.ToString()));
        Assert.Equal(HttpStatusCode.Created, fed.Status);
        string Body(string id) => Contents.Observation(other.Child.ToString(), "72.00", extra: $"\"id\":\"{id}\",");
        async Task<int> LinesAsync() => (await Family.Grain<ITraceGrain>(Fixture.Api.Services, family.Space).ReadTraceAsync(family.Mother, null, 100)).Value.Lines.Count;
        var before = await LinesAsync();
        Assert.Equal("subject-fixed", (await app.PutAsync($"/Observation/{fed.LocatedId}", Body(fed.LocatedId))).Code);
        // Its own reading, and what was told.
        Assert.Equal(before + 2, await LinesAsync());

        Assert.Null((await Family.Grain<IPairingGrain>(Fixture.Api.Services, family.Space).ActAsync(new EndPairing(actor.Identifier, family.Mother))).Refusal);

        var forged = FhirStore.NewId(family.Space).ToString();
        Assert.Equal(Of(await app.PutAsync($"/Observation/{forged}", Body(forged))), Of(await app.PutAsync($"/Observation/{fed.LocatedId}", Body(fed.LocatedId))));
    }

    [Fact]
    public async Task ConditionalDelete_AfterAConsentElsewhere_IsDecidedAgain()
    {
        await using var second = ApiHost.Start(Fixture.Database, Fixture.Tokens);
        var family = await BornAsync();
        var doctor = new FhirClient(second, Fixture.Tokens, Family.NewDoctor());
        await LetInAsync(family, doctor.Actor);
        var criteria = $"/Observation?patient=Patient/{family.Child}&code=http://loinc.org%7C29463-7";
        Assert.Equal(HttpStatusCode.Created, (await doctor.PostAsync("/Observation", Contents.Observation(family.Child.ToString()))).Status);
        Assert.Equal(HttpStatusCode.OK, (await doctor.GetAsync(criteria)).Status);

        await LetInAsync(family, Family.NewDoctor());

        Assert.Equal(HttpStatusCode.NoContent, (await doctor.SendAsync(HttpMethod.Delete, criteria, null)).Status);
    }

    private static (HttpStatusCode, string?) Of(FhirReply reply) => (reply.Status, reply.Code);
}
