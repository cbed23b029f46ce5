using System.Net;
using Sante.Space.Tests.Api;

namespace Sante.Space.Tests.FhirApi;

/// <summary>Who finds what over <c>/fhir</c>: hidden is nowhere, and an id leads a stranger nowhere.</summary>
public sealed class VisibilityTests(ApiFixture fixture) : FhirTests(fixture), IClassFixture<ApiFixture>
{
    [Fact]
    public async Task HiddenDocument_IsNowhereForTheDoctor_AndThereForItsAuthorAndTheMother()
    {
        var family = await BornAsync();
        var (hidden, shown) = (await FeedDocumentAsync(family), await FeedDocumentAsync(family));
        var doctor = As(Family.NewDoctor());
        await LetInAsync(family, doctor.Actor);
        var binary = (await doctor.GetAsync($"/DocumentReference/{hidden}")).Json["content"]![0]!["attachment"]!["url"]!.GetValue<string>();
        await HideAsync(family, hidden);

        var found = await doctor.GetAsync($"/DocumentReference?patient=Patient/{family.Child}");
        var count = await doctor.GetAsync($"/DocumentReference?patient=Patient/{family.Child}&_summary=count");
        var lists = await doctor.GetAsync($"/List?patient=Patient/{family.Child}");

        Assert.Equal([shown], found.Ids);
        Assert.Equal(1, found.Json["total"]!.GetValue<int>());
        Assert.Equal(1, count.Json["total"]!.GetValue<int>());
        Assert.Equal(1, lists.Json["total"]!.GetValue<int>());
        foreach (var path in new[] { $"/DocumentReference/{hidden}", $"/DocumentReference/{hidden}/_history", $"/DocumentReference/{hidden}/_history/1", $"/{binary}", $"/DocumentReference?patient=Patient/{family.Child}&_id={hidden}" })
            Assert.DoesNotContain(hidden, (await doctor.GetAsync(path)).Text.Replace($"_id={hidden}", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await doctor.GetAsync($"/{binary}")).Status);
        Assert.Equal(2, (await Hospital.GetAsync($"/DocumentReference?patient=Patient/{family.Child}")).Json["total"]!.GetValue<int>());
        Assert.Equal(2, (await As(family.Mother).GetAsync($"/DocumentReference?patient=Patient/{family.Child}")).Json["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task DocumentFedMasked_IsNeverSeenByTheDoctor()
    {
        var family = await BornAsync();
        var doctor = As(Family.NewDoctor());
        await LetInAsync(family, doctor.Actor);

        var masked = await FeedDocumentAsync(family, label: "MASQUE_PS");

        Assert.Equal(0, (await doctor.GetAsync($"/DocumentReference?patient=Patient/{family.Child}")).Json["total"]!.GetValue<int>());
        Assert.Equal(HttpStatusCode.NotFound, (await doctor.GetAsync($"/DocumentReference/{masked}")).Status);
    }

    [Fact]
    public async Task DocumentFedInvisibleToThePatient_IsSeenByTheDoctorAlone()
    {
        var family = await BornAsync();
        var doctor = As(Family.NewDoctor());
        await LetInAsync(family, doctor.Actor);

        var invisible = await FeedDocumentAsync(family, label: "INVISIBLE_PATIENT");

        Assert.Equal(HttpStatusCode.OK, (await doctor.GetAsync($"/DocumentReference/{invisible}")).Status);
        Assert.Equal(0, (await As(family.Mother).GetAsync($"/DocumentReference?patient=Patient/{family.Child}")).Json["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task ForeignForgedAndHiddenIds_GetTheSameAnswer()
    {
        var (family, other) = (await BornAsync(), await BornAsync());
        var (hidden, foreign) = (await FeedDocumentAsync(family), await FeedDocumentAsync(other));
        await HideAsync(family, hidden);
        var doctor = As(Family.NewDoctor());
        await LetInAsync(family, doctor.Actor);
        var forged = FhirStore.NewId(family.Space).ToString();

        var answers = new List<FhirReply>();
        foreach (var id in new[] { hidden, foreign, forged, "4095-00000000000000000000000000", "does-not-exist", "1" })
        {
            answers.Add(await doctor.GetAsync($"/DocumentReference/{id}"));
            answers.Add(await doctor.GetAsync($"/DocumentReference/{id}/_history"));
        }

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.NotFound, answer.Status));
        Assert.Single(answers.Select(answer => answer.Text).Distinct());
    }

    [Fact]
    public async Task Put_ToAnyIdThatIsNotOnesOwn_GetsTheSameAnswer()
    {
        var family = await BornAsync();
        var created = await Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString()));
        var doctor = As(Family.NewDoctor());
        await LetInAsync(family, doctor.Actor);

        var answers = new List<FhirReply>();
        foreach (var id in new[] { created.LocatedId, FhirStore.NewId(family.Space).ToString(), "my-own-id" })
            answers.Add(await doctor.PutAsync($"/Observation/{id}", Contents.Observation(family.Child.ToString(), extra: $"\"id\":\"{id}\",")));

        Assert.All(answers, answer => Assert.Equal((HttpStatusCode.MethodNotAllowed, "client-ids-not-accepted"), (answer.Status, answer.Code)));
        Assert.Single(answers.Select(answer => answer.Text).Distinct());
        Assert.Equal("1", (await Hospital.GetAsync($"/Observation/{created.LocatedId}")).Json["meta"]!["versionId"]!.GetValue<string>());
    }

    [Fact]
    public async Task Professional_NamingAKnownOrUnknownPatient_HearsTheSame()
    {
        var family = await BornAsync();
        var doctor = As(Family.NewDoctor());

        var known = await doctor.GetAsync($"/DocumentReference?patient=Patient/{family.Child}");
        var unknown = await doctor.GetAsync($"/DocumentReference?patient=Patient/{FhirStore.NewId(family.Space)}");

        Assert.Equal((HttpStatusCode.Forbidden, "access-not-authorised"), (known.Status, known.Code));
        Assert.Equal(known.Text, unknown.Text);
    }

    [Fact]
    public async Task Citizen_AskingForAnothersRecord_HearsThatThereIsNone()
    {
        var (family, other) = (await BornAsync(), await BornAsync());

        var foreign = await As(other.Mother).GetAsync($"/DocumentReference?patient=Patient/{family.Child}");
        var forged = await As(other.Mother).GetAsync($"/DocumentReference?patient=Patient/{FhirStore.NewId(family.Space)}");

        Assert.Equal((HttpStatusCode.NotFound, "space-unknown"), (foreign.Status, foreign.Code));
        Assert.Equal(foreign.Text, forged.Text);
    }

    [Fact]
    public async Task Doctor_LetInForDocuments_DoesNotReadMeasures()
    {
        var family = await BornAsync();
        var doctor = As(Family.NewDoctor());
        await LetInAsync(family, doctor.Actor, Categories.Documents);

        Assert.Equal(HttpStatusCode.OK, (await doctor.GetAsync($"/DocumentReference?patient=Patient/{family.Child}")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await doctor.GetAsync($"/Observation?patient=Patient/{family.Child}")).Status);
    }

    [Fact]
    public async Task Revoked_WithTheSameLiveToken_IsRefusedOnBothFrontEnds()
    {
        await using var second = ApiHost.Start(Fixture.Database, Fixture.Tokens);
        var family = await BornAsync();
        var document = await FeedDocumentAsync(family);
        var doctor = As(Family.NewDoctor());
        await LetInAsync(family, doctor.Actor);
        var there = new FhirClient(second, Fixture.Tokens, doctor.Actor) { Token = doctor.Token };
        Assert.Equal(HttpStatusCode.OK, (await there.GetAsync($"/DocumentReference/{document}")).Status);

        await RevokeAsync(family, doctor.Actor);

        Assert.Equal(HttpStatusCode.NotFound, (await doctor.GetAsync($"/DocumentReference/{document}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await there.GetAsync($"/DocumentReference/{document}")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await there.GetAsync($"/DocumentReference?patient=Patient/{family.Child}")).Status);
    }

    [Fact]
    public async Task Appointments_OfTwoPlatforms_AreShownOnceToTheMother()
    {
        var family = await BornAsync();
        foreach (var platform in new[] { "rdv-un", "rdv-deux", "rdv-un" })
        {
            var pushed = await As(People.App with { Identifier = new("urn:sante:client", platform), Name = platform }).PostAsync("/Appointment", $$"""
                {"resourceType":"Appointment","identifier":[{"system":"urn:test","value":"{{platform}}-1"}],"status":"booked","created":"2026-05-01T10:00:00Z",
                 "start":"2026-06-01T09:00:00+02:00","end":"2026-06-01T09:15:00+02:00","participant":[
                 {"actor":{"reference":"Patient/{{family.Child}}"},"status":"accepted"},
                 {"actor":{"identifier":{"system":"https://rpps.esante.gouv.fr","value":"10000000001"},"display":"Dr Anne Martin"},"status":"accepted"}]}
                """);
            Assert.Equal(HttpStatusCode.Created, pushed.Status);
        }

        var shown = await As(family.Mother).GetAsync($"/Appointment?patient=Patient/{family.Child}");
        var doctor = As(Family.NewDoctor());
        await LetInAsync(family, doctor.Actor);

        Assert.Equal(1, shown.Json["total"]!.GetValue<int>());
        Assert.Equal(2, shown.Entries[0]["resource"]!["identifier"]!.AsArray().Count);
        Assert.Equal(HttpStatusCode.Forbidden, (await doctor.GetAsync($"/Appointment?patient=Patient/{family.Child}")).Status);
    }
}
