using System.Net;
using Sante.Kernel;
using Sante.Space.Tests.Api;

namespace Sante.Space.Tests.FhirApi;

/// <summary>Requests made to learn what is not the caller's, or to put one citizen's data into another's record.</summary>
public sealed class HostileFeedTests(ApiFixture fixture) : FhirTests(fixture), IClassFixture<ApiFixture>
{
    private static string NewName(string prefix) => prefix + Guid.NewGuid().ToString("N");

    private static Actor NewApp() => People.App with { Identifier = new(ActorIdentifier.ClientSystem, NewName("app-")) };

    /// <summary>A valid matricule that nobody holds.</summary>
    private static string UnknownIns() =>
        Ins.OfNumber($"2{Random.Shared.Next(10, 99)}0701053{Random.Shared.Next(1, 999):000}", InsOid.NirTest, InsEnvironment.Development).Value.Reveal();

    private static string ByIns(string ins) => $$"""{"identifier":{"system":"{{InsOid.NirTest.System}}","value":"{{ins}}"} }""";

    [Fact]
    public async Task Citizen_FeedingForAnUnknownIns_HearsWhatOneHearsOfAStranger()
    {
        var (family, other) = (await BornAsync(), await BornAsync());
        var stranger = As(other.Mother);

        var known = await stranger.PostAsync("/Observation", Contents.Observation(family.Child.ToString()));
        var unknown = await stranger.PostAsync("/Observation", Contents.Observation("", subject: ByIns(UnknownIns())));
        var forged = await stranger.PostAsync("/Observation", Contents.Observation(FhirStore.NewId(family.Space).ToString()));

        Assert.Equal((HttpStatusCode.NotFound, "space-unknown"), (known.Status, known.Code));
        Assert.Equal([known.Text, known.Text], [unknown.Text, forged.Text]);
    }

    [Fact]
    public async Task App_FeedingForAnUnknownIns_HearsWhatOneHearsOfAClosedDoor()
    {
        var family = await BornAsync();
        var app = As(NewApp());

        var known = await app.PostAsync("/Observation", Contents.Observation(family.Child.ToString()));
        var unknown = await app.PostAsync("/Observation", Contents.Observation("", subject: ByIns(UnknownIns())));

        Assert.Equal((HttpStatusCode.Forbidden, "access-not-authorised"), (known.Status, known.Code));
        Assert.Equal(known.Text, unknown.Text);
    }

    [Fact]
    public async Task ASecondCitizen_KnownOrNot_IsRefusedAlike()
    {
        var (family, other) = (await BornAsync(), await BornAsync());

        var known = await Hospital.PostAsync("", Contents.Provide(family.Child.ToString(), secondPatient: other.Child.ToString()));
        var unknown = await Hospital.PostAsync("", Contents.Provide(family.Child.ToString(), secondPatient: FhirStore.NewId(family.Space).ToString()));

        Assert.Equal("one-citizen-at-a-time", known.Code);
        Assert.Equal(known.Text, unknown.Text);
    }

    [Theory]
    [InlineData("\"performer\":[{\"reference\":\"Patient/OTHER\"}],")]
    [InlineData("\"extension\":[{\"url\":\"http://example.org/about\",\"valueReference\":{\"reference\":\"Patient/OTHER\"}}],")]
    public async Task ASecondCitizen_InANestedReference_IsRefused(string extra)
    {
        var (family, other) = (await BornAsync(), await BornAsync());

        var refused = await Hospital.PostAsync("/Observation",
            Contents.Observation(family.Child.ToString(), extra: extra.Replace("OTHER", other.Child.ToString(), StringComparison.Ordinal)));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "one-citizen-at-a-time"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task ASecondCitizen_InAnUnreferredPatientOfTheBundle_IsRefused()
    {
        var family = await BornAsync();
        var patient = $$$"""
            {"fullUrl":"{{{Contents.NewUuid()}}}","request":{"method":"POST","url":"Patient"},"resource":{"resourceType":"Patient",
             "identifier":[{"system":"{{{InsOid.NirTest.System}}}","value":"{{{UnknownIns()}}}"}]}},
            """;

        var refused = await Hospital.PostAsync("", Contents.Provide(family.Child.ToString()).Replace("\"entry\":[\n", "\"entry\":[\n" + patient, StringComparison.Ordinal));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "one-citizen-at-a-time"), (refused.Status, refused.Code));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ASecondCitizen_AsAContainedPatient_IsRefused(bool known)
    {
        var (family, other) = (await BornAsync(), await BornAsync());
        var extra = $$"""
            "contained":[{"resourceType":"Patient","id":"p","identifier":[{"system":"{{InsOid.NirTest.System}}","value":"{{UnknownIns()}}"}]}],
            "performer":[{"reference":"{{(known ? $"Patient/{other.Child}" : "#p")}}"}],
            """;

        var refused = await Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString(), extra: extra));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "one-citizen-at-a-time"), (refused.Status, refused.Code));
        Assert.Equal(0, (await As(family.Mother).GetAsync($"/Observation?patient=Patient/{family.Child}")).Json["total"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("PATCH")]
    [InlineData("GET")]
    public async Task DocumentBehindThePatientsUrl_IsNotTakenForADeposit(string method)
    {
        var family = await BornAsync();

        var refused = await Hospital.PostAsync("", Contents.Provide(family.Child.ToString())
            .Replace("{\"method\":\"POST\",\"url\":\"DocumentReference\"}", $"{{\"method\":\"{method}\",\"url\":\"Patient/x\"}}", StringComparison.Ordinal));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "transaction-method-not-supported"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Editor_NamingTheCitizenByAContainedIns_IsRefused()
    {
        var extra = $$"""
            "contained":[{"resourceType":"Patient","id":"p","identifier":[{"system":"{{InsOid.NirTest.System}}","value":"{{UnknownIns()}}"}]}],
            """;

        var refused = await As(NewApp(), Editor).PostAsync("/Observation", Contents.Observation("", extra: extra, subject: """{"reference":"#p"}"""));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "mesures-ins-refused"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task HiddenDocument_AsThePatientsName_LeadsNowhere()
    {
        var family = await BornAsync();
        var hidden = await FeedDocumentAsync(family);
        var doctor = As(Family.NewDoctor());
        await LetInAsync(family, doctor.Actor);
        await HideAsync(family, hidden);

        var byHidden = await doctor.GetAsync($"/Observation?patient=Patient/{hidden}");
        var byForged = await doctor.GetAsync($"/Observation?patient=Patient/{FhirStore.NewId(family.Space)}");

        Assert.Equal((HttpStatusCode.Forbidden, byForged.Text), (byHidden.Status, byHidden.Text));
    }

    [Theory]
    [InlineData("BASE/DocumentReference/ID")]
    [InlineData("DocumentReference/ID/_history/1")]
    public async Task SubmissionSet_ThatNamesAnEarlierDocumentInAnyForm_IsHiddenWithIt(string form)
    {
        var family = await BornAsync();
        var earlier = await FeedDocumentAsync(family);
        var reference = form.Replace("ID", earlier, StringComparison.Ordinal).Replace("BASE", Fixture.Api.Http.BaseAddress + "fhir", StringComparison.Ordinal);
        var fed = await Hospital.PostAsync("", Contents.Provide(family.Child.ToString())
            .Replace("\"entry\":[{\"item\"", $"\"entry\":[{{\"item\":{{\"reference\":\"{reference}\"}}}},{{\"item\"", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, fed.Status);
        var doctor = As(Family.NewDoctor());
        await LetInAsync(family, doctor.Actor);

        await HideAsync(family, earlier);

        Assert.DoesNotContain(earlier, (await doctor.GetAsync($"/List?patient=Patient/{family.Child}")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await doctor.GetAsync($"/List/{fed.Created("List")}")).Status);
    }

    [Fact]
    public async Task CorrectionOfAHiddenDocument_IsHiddenToo()
    {
        var family = await BornAsync();
        var (patient, first) = (family.Child.ToString(), Contents.NewUuid());
        var hidden = (await Hospital.PostAsync("", Contents.Provide(patient, masterIdentifier: first))).Created("DocumentReference");
        await HideAsync(family, hidden);
        var relates = $$$"""
            "relatesTo":[{"code":"replaces","target":{"identifier":{"system":"urn:ietf:rfc:3986","value":"{{{first}}}"} } }],
            """;

        var corrected = await Hospital.PostAsync("", Contents.Provide(patient, relates: relates));
        var doctor = As(Family.NewDoctor());
        await LetInAsync(family, doctor.Actor);

        Assert.Equal(HttpStatusCode.OK, corrected.Status);
        Assert.Equal(0, (await doctor.GetAsync($"/DocumentReference?patient=Patient/{patient}")).Json["total"]!.GetValue<int>());
        Assert.Equal(HttpStatusCode.NotFound, (await doctor.GetAsync($"/DocumentReference/{corrected.Created("DocumentReference")}")).Status);
        Assert.Equal(2, (await As(family.Mother).GetAsync($"/DocumentReference?patient=Patient/{patient}")).Json["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task LabelledDocument_SentAgainAfterItWasRevealed_GetsTheFirstAnswer()
    {
        var family = await BornAsync();
        var doctor = Family.NewDoctor();
        await LetInAsync(family, doctor);
        var body = Contents.Provide(family.Child.ToString(), label: "INVISIBLE_PATIENT");
        var first = await Hospital.PostAsync("", body);
        Assert.Equal(HttpStatusCode.OK, (await Fixture.Api.AsAsync(Fixture.Tokens, doctor, HttpMethod.Post, $"/api/documents/{first.Created("DocumentReference")}/reveal/patient")).StatusCode);

        var second = await Hospital.PostAsync("", body);

        Assert.Equal((HttpStatusCode.OK, first.Text), (second.Status, second.Text));
    }

    [Theory]
    [InlineData("9000-01-01T09:00:00Z", "\"minutesDuration\":2147483647,")]
    [InlineData("0001-01-01T00:00:00+14:00", "")]
    [InlineData("9999-12-31T23:59:59-14:00", "")]
    public async Task Appointment_AtTheEndsOfTime_IsNotAFailure(string start, string extra)
    {
        var family = await BornAsync();

        var pushed = await As(NewApp()).PostAsync("/Appointment", $$"""
            {"resourceType":"Appointment","identifier":[{"system":"urn:test","value":"{{NewName("")}}"}],"status":"booked","created":"2026-05-01T10:00:00Z",
             "start":"{{start}}",{{extra}}{{(extra.Length > 0 ? "" : $"\"end\":\"{start}\",")}}"participant":[{"actor":{"reference":"Patient/{{family.Child}}"},"status":"accepted"}]}
            """);
        var shown = await As(family.Mother).GetAsync($"/Appointment?patient=Patient/{family.Child}");

        Assert.True((int)pushed.Status < 500, pushed.Text);
        Assert.Equal(HttpStatusCode.OK, shown.Status);
        Assert.Equal(HttpStatusCode.OK, (await Fixture.Api.AsAsync(Fixture.Tokens, family.Mother, HttpMethod.Get, $"{family.Url}/agenda")).StatusCode);
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00+14:00")]
    [InlineData("9999-12-31T23:59:59-14:00")]
    [InlineData("0001")]
    [InlineData("9999")]
    public async Task Observation_AtTheEndsOfTime_IsStoredAndFound(string instant)
    {
        var family = await BornAsync();

        var fed = await Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString()).Replace("2026-05-02T08:00:00+02:00", instant, StringComparison.Ordinal));
        var found = await As(family.Mother).GetAsync($"/Observation?patient=Patient/{family.Child}&_sort=-date");

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (fed.Status, found.Status));
        Assert.Equal([fed.LocatedId], found.Ids);
    }

    [Fact]
    public async Task EmergencyHeader_OnADeposit_DoesNotMarkItsLineAsAnEmergency()
    {
        var family = await BornAsync();
        var doctor = As(Family.NewDoctor());

        await doctor.PostAsync("/Observation", Contents.Observation(family.Child.ToString()), ("X-Acces-Mode", "bris_de_glace"));

        var trace = await (await Fixture.Api.AsAsync(Fixture.Tokens, family.Mother, HttpMethod.Get, $"{family.Url}/trace")).JsonAsync();
        var line = trace.GetProperty("lines").EnumerateArray().Single(each => each.GetProperty("action").GetString() == "deposit");
        Assert.StartsWith("Le Dr Anne Martin (cabinet des Lilas) a déposé", line.GetProperty("sentence").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoRefusalsOfOneMinute_ForDifferentCategories_AreTwoLines()
    {
        var family = await BornAsync();
        var doctor = As(Family.NewDoctor());

        await doctor.GetAsync($"/DocumentReference?patient=Patient/{family.Child}");
        await doctor.GetAsync($"/DocumentReference?patient=Patient/{family.Child}");
        await doctor.GetAsync($"/Observation?patient=Patient/{family.Child}");

        var trace = await (await Fixture.Api.AsAsync(Fixture.Tokens, family.Mother, HttpMethod.Get, $"{family.Url}/trace")).JsonAsync();
        var refused = trace.GetProperty("lines").EnumerateArray().Where(line => !line.GetProperty("allowed").GetBoolean())
            .Select(line => line.GetProperty("sentence").GetString()!).ToList();
        Assert.Equal(2, refused.Count);
        Assert.Contains(refused, sentence => sentence.Contains("mesures", StringComparison.Ordinal));
    }
}
