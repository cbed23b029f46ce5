using System.Net;
using Sante.Kernel;
using Sante.Space.Tests.FhirApi;

namespace Sante.Space.Tests.Api;

/// <summary>The acts of the holder's side over real HTTP and PostgreSQL.</summary>
public sealed class SpaceApiTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly string[] Documents = ["documents", "measures"];
    private static readonly string[] Care = ["care"];
    private static readonly string[] Wrong = ["dokuments"];

    private Task<HttpResponseMessage> As(Actor actor, HttpMethod method, string url, object? body = null) =>
        fixture.Api.AsAsync(fixture.Tokens, actor, method, url, body);

    private Task<Family> Born(bool open = true) => Family.BornAsync(fixture.Api.Services, open);

    /// <summary>The whole of a read: decided, then recorded through the fence; a stale decision is taken again.</summary>
    private async Task<Refusal?> Ask(Family family, Actor actor, ApiHost? api = null)
    {
        var request = new AccessRequest(actor, AccessAction.Read, AccessMode.Normal, Categories.Documents, Purposes.Care, default, [], false);
        var grain = Family.Grain<IAccessGrain>((api ?? fixture.Api).Services, family.Space);
        while (true)
        {
            if (!(await grain.EvaluateAsync(request)).TryGet(out var evaluation, out var refusal))
            {
                return refusal;
            }

            if ((await grain.DiscloseAsync(evaluation, Disclosure.Nothing())).Value is not null)
            {
                return null;
            }
        }
    }

    private static string Consent(Family family, Actor actor) => $"{family.Url}/consents/rpps:{actor.Identifier.Value}";

    [Fact]
    public async Task Birth_Repeated_ChangesNothing_AndTheSpaceIsPending()
    {
        var family = await Born(open: false);
        var space = await (await As(family.Mother, HttpMethod.Get, family.Url)).JsonAsync();
        Assert.Equal("pending", space.GetProperty("status").GetString());
        Assert.True(space.GetProperty("isMinor").GetBoolean());
        Assert.Equal(2, space.GetProperty("representatives").GetArrayLength());

        var again = new SpaceBeginning(family.Holder.Identifier, "Léa Durand", CivilDate.At(DateTimeOffset.UtcNow), [], new(SpaceIds.StoredId(family.Child), 0, "Patient", "{}"u8.ToArray(), [], []), People.Registry);
        var grain = Family.Grain<IAccountGrain>(fixture.Api.Services, family.Space);
        Assert.Null((await grain.BeginAsync(again)).Refusal);
        Assert.Equal("account-exists", (await grain.BeginAsync(again with { Holder = family.Mother.Identifier })).Refusal?.Code);
        Assert.Equal(2, (await grain.LookAsync(family.Mother)).Value.State.Entourage.Representatives.Count);
    }

    /// <summary>House idea 3 has no exception for settings: who reads the space of a child leaves a line there.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("/consents")]
    [InlineData("/blocks")]
    [InlineData("/pairings")]
    [InlineData("/agenda")]
    [InlineData("/notices")]
    [InlineData("/trace")]
    public async Task EveryReadOfASpace_LeavesItsLine(string part)
    {
        var family = await Born();
        var before = (await fixture.Api.Ledger.LoadAsync(family.Space, [])).Value.Lines;
        Assert.Equal(HttpStatusCode.OK, (await As(family.Mother, HttpMethod.Get, family.Url + part)).StatusCode);
        Assert.Equal(before + 1, (await fixture.Api.Ledger.LoadAsync(family.Space, [])).Value.Lines);
    }

    [Fact]
    public async Task TokenForTheRecordAlone_DoesNotGovernTheSpace()
    {
        var family = await Born();
        var token = fixture.Tokens.For(family.Mother, "patient/*.cruds");
        foreach (var path in new[] { "", "/consents", "/trace" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, family.Url + path);
            request.Headers.Authorization = new("Bearer", token);
            Assert.Equal(HttpStatusCode.Forbidden, (await fixture.Api.Http.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
        }
    }

    [Fact]
    public async Task Refuse_ByTheFather_HoldsForTheMotherToo_AndOpensAtTheirWishLater()
    {
        var family = await Born(open: false);
        var refused = await As(family.Father, HttpMethod.Post, $"{family.Url}/account/refuse");
        Assert.Equal("refused", (await refused.JsonAsync()).GetProperty("status").GetString());
        Assert.Equal("open", (await (await As(family.Mother, HttpMethod.Post, $"{family.Url}/account/open")).JsonAsync()).GetProperty("status").GetString());
        Assert.Equal("account-already-open", await (await As(family.Mother, HttpMethod.Post, $"{family.Url}/account/refuse")).CodeAsync());
    }

    [Fact]
    public async Task Grant_OpensAtOnceOnTheOtherFrontEnd_AndRevokeCloses_WithTheTraceSayingWhoAndWhy()
    {
        var family = await Born();
        var doctor = Family.NewDoctor();
        await using var other = ApiHost.Start(fixture.Database, fixture.Tokens);
        Assert.Equal("access-not-authorised", (await Ask(family, doctor, other))?.Code);

        var body = new { name = doctor.Name, read = Documents, purposes = Care, untilOn = "2099-12-31" };
        var granted = await As(family.Mother, HttpMethod.Put, Consent(family, doctor), body);
        Assert.Equal(HttpStatusCode.OK, granted.StatusCode);
        Assert.Null(await Ask(family, doctor, other));
        Assert.Null(await Ask(family, doctor));

        var before = (await granted.JsonAsync()).GetProperty("accessVersion").GetInt64();
        var revoked = await other.AsAsync(fixture.Tokens, family.Father, HttpMethod.Delete, Consent(family, doctor));
        Assert.True((await revoked.JsonAsync()).GetProperty("accessVersion").GetInt64() > before);
        Assert.Equal("access-not-authorised", (await Ask(family, doctor))?.Code);
        Assert.Equal("access-not-authorised", (await Ask(family, doctor, other))?.Code);

        var trace = await (await As(family.Mother, HttpMethod.Get, $"{family.Url}/trace")).JsonAsync();
        var sentences = trace.GetProperty("lines").EnumerateArray().Select(l => l.GetProperty("sentence").GetString()!).ToList();
        Assert.Contains(sentences, s => s.StartsWith("Jeanne Durand, pour Léa Durand, a autorisé Dr Anne Martin (lecture : documents et mesures, jusqu'au 31 décembre 2099)", StringComparison.Ordinal));
        Assert.Contains(sentences, s => s.StartsWith("Paul Durand, pour Léa Durand, a retiré son accord à Dr Anne Martin", StringComparison.Ordinal));
        Assert.Contains(sentences, s => s.Contains("a demandé à consulter", StringComparison.Ordinal) && s.EndsWith("Vous avez retiré votre accord.", StringComparison.Ordinal));
        var numbers = trace.GetProperty("lines").EnumerateArray().Select(l => l.GetProperty("number").GetInt64()).ToList();
        Assert.Equal(Enumerable.Range(1, numbers.Count).Select(n => (long)n).Reverse(), numbers);
    }

    [Fact]
    public async Task Trace_PagesBackwardsWithoutGap()
    {
        var family = await Born();
        var seen = new List<long>();
        for (long? before = null; ;)
        {
            var page = await (await As(family.Mother, HttpMethod.Get, $"{family.Url}/trace?count=2{(before is { } b ? $"&before={b}" : "")}")).JsonAsync();
            seen.AddRange(page.GetProperty("lines").EnumerateArray().Select(l => l.GetProperty("number").GetInt64()));
            if (!page.TryGetProperty("next", out var next) || next.ValueKind == System.Text.Json.JsonValueKind.Null)
            {
                break;
            }

            before = next.GetInt64();
        }

        Assert.Equal(Enumerable.Range(1, seen.Count).Select(n => (long)n).Reverse(), seen);
    }

    [Fact]
    public async Task AnotherCitizen_AndAnUnknownId_GetTheSame404()
    {
        var family = await Born();
        var stranger = await Family.PersonAsync(fixture.Api.Services, "Une Autre", new(1980, 1, 1));
        var (_, nobody) = Family.NewIds();
        foreach (var url in new[] { family.Url, $"/api/spaces/{nobody}", "/api/spaces/not-an-id" })
        {
            var answer = await As(stranger, HttpMethod.Get, url);
            Assert.Equal((HttpStatusCode.NotFound, "space-unknown"), (answer.StatusCode, await answer.CodeAsync()));
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await As(Family.NewDoctor(), HttpMethod.Get, family.Url)).StatusCode);
    }

    [Fact]
    public async Task WrongWords_AreRefusedWithTheirCode_AndChangeNothing()
    {
        var family = await Born();
        var consent = Consent(family, Family.NewDoctor());
        Assert.Equal("word-unknown", await (await As(family.Mother, HttpMethod.Put, consent, new { name = "x", read = Wrong, purposes = Care })).CodeAsync());
        Assert.Equal("consent-purpose-missing", await (await As(family.Mother, HttpMethod.Put, consent, new { name = "x", read = Documents })).CodeAsync());
        Assert.Equal("actor-malformed", await (await As(family.Mother, HttpMethod.Put, $"{family.Url}/consents/nobody", new { name = "x" })).CodeAsync());
        Assert.Equal("rpps-malformed", await (await As(family.Mother, HttpMethod.Put, $"{family.Url}/consents/rpps:12", new { name = "x" })).CodeAsync());
        Assert.Equal(0, (await (await As(family.Mother, HttpMethod.Get, $"{family.Url}/consents")).JsonAsync()).GetProperty("consents").GetArrayLength());
    }

    [Fact]
    public async Task Block_StopsTheEmergencyDoctorToo()
    {
        var family = await Born();
        var doctor = Family.NewDoctor();
        await As(family.Father, HttpMethod.Put, $"{family.Url}/blocks/rpps:{doctor.Identifier.Value}", new { name = doctor.Name });
        var broken = await Family.Grain<IEmergencyGrain>(fixture.Api.Services, family.Space).BreakAsync(new(Guid.NewGuid(), "inconscient", "ici", doctor));
        Assert.Equal("access-not-authorised", broken.Refusal?.Code);
        var blocks = await (await As(family.Mother, HttpMethod.Get, $"{family.Url}/blocks")).JsonAsync();
        Assert.Equal("Paul Durand", blocks.GetProperty("blocks")[0].GetProperty("by").GetString());
    }

    [Fact]
    public async Task Hide_OfWhatIsNotInThisSpace_IsNotFound()
    {
        var family = await Born();
        var other = await Born();
        var answer = await As(family.Mother, HttpMethod.Put, $"{family.Url}/documents/{other.Child}/visibility", new { hidden = true });
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), (answer.StatusCode, await answer.CodeAsync()));
    }

    [Fact]
    public async Task Hide_ThenReveal_OfARealDocument()
    {
        var family = await Born();
        var (doctor, other) = (Family.NewDoctor(), Family.NewDoctor());
        var document = RecordId.Of(SlotMap.SlotOf(family.Space), Guid.NewGuid());
        var deposit = new Deposit(
            [FhirContent.Prepare(document, 0, Fhir.FhirJson.Parse(System.Text.Encoding.UTF8.GetBytes(Contents.InlineDocument(family.Child.ToString(), "urn:oid:1.2.3", Contents.Pdf, "11490-0"))).Resource!, doctor)], [document.ToString()],
            new Dictionary<string, Labels> { [document.ToString()] = Labels.InvisiblePatient }, null, null);
        var feed = new AccessRequest(doctor, AccessAction.Feed, AccessMode.Normal, Categories.Documents, Purposes.Care, default, ["11490-0"], false);
        Assert.Null((await Family.Grain<IRecordGrain>(fixture.Api.Services, family.Space).DepositAsync(feed, deposit)).Refusal);

        // Not told yet: the mother cannot even hide it, and its deposit is in no line of hers.
        var visibility = $"{family.Url}/documents/{document}/visibility";
        Assert.Equal("not-found", await (await As(family.Mother, HttpMethod.Put, visibility, new { hidden = true })).CodeAsync());
        Assert.DoesNotContain(document.ToString(), await (await As(family.Mother, HttpMethod.Get, $"{family.Url}/trace")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        await As(family.Mother, HttpMethod.Put, Consent(family, doctor), new { name = doctor.Name, read = Documents, purposes = Care });
        Assert.Equal("not-found", await (await As(other, HttpMethod.Post, $"/api/documents/{document}/reveal/patient")).CodeAsync());
        Assert.Equal(HttpStatusCode.OK, (await As(doctor, HttpMethod.Post, $"/api/documents/{document}/reveal/patient")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await As(family.Mother, HttpMethod.Put, visibility, new { hidden = true })).StatusCode);
        Assert.Contains(document.ToString(), await (await As(family.Mother, HttpMethod.Get, $"{family.Url}/trace")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Me_NamesTheChildrenForWhomIAct()
    {
        var family = await Born();
        var me = await (await As(family.Mother, HttpMethod.Get, "/api/me")).JsonAsync();
        Assert.Equal(family.Mother.Identifier.Value, me.GetProperty("patientId").GetString());
        Assert.Equal(family.Child.ToString(), Assert.Single(me.GetProperty("represents").EnumerateArray()).GetProperty("patientId").GetString());
        Assert.Empty((await (await As(family.Holder, HttpMethod.Get, "/api/me")).JsonAsync()).GetProperty("represents").EnumerateArray());
    }

    [Fact]
    public async Task Pairing_LeadsToOneSpaceOnly_UntilTheTieIsCut()
    {
        var (one, two) = (await Born(), await Born());
        var idpe = Guid.NewGuid().ToString();
        var body = new { name = "Balance Plus", idpe, idpeSystem = "urn:oid:1.2.250.1.999.1", write = new[] { "measures" } };
        Assert.Equal(HttpStatusCode.OK, (await As(one.Mother, HttpMethod.Put, $"{one.Url}/pairings/balance-plus", body)).StatusCode);
        Assert.Equal("pairing-elsewhere", await (await As(two.Mother, HttpMethod.Put, $"{two.Url}/pairings/balance-plus", body)).CodeAsync());
        Assert.Null(await Feed(one));

        Assert.Equal(HttpStatusCode.OK, (await As(one.Father, HttpMethod.Delete, $"{one.Url}/pairings/balance-plus")).StatusCode);
        Assert.Equal("access-not-authorised", (await Feed(one))?.Code);
        Assert.Equal(HttpStatusCode.OK, (await As(two.Mother, HttpMethod.Put, $"{two.Url}/pairings/balance-plus", body)).StatusCode);
        Assert.Null(await Feed(two));

        async Task<Refusal?> Feed(Family family) => (await Family.Grain<IAccessGrain>(fixture.Api.Services, family.Space).EvaluateAsync(
            new(People.App, AccessAction.Feed, AccessMode.Normal, Categories.Measures, Purposes.FollowUp, default, [], false))).Refusal;
    }

    [Fact]
    public async Task Agenda_ThreePlatforms_OneAppointment_ShownOnce()
    {
        var family = await Born();
        var start = new DateTimeOffset(2099, 7, 1, 8, 0, 0, TimeSpan.Zero);
        foreach (var platform in new[] { "rdv-un", "rdv-deux", "rdv-trois", "rdv-un" })
        {
            var by = new Actor(ActorKind.App, new(ActorIdentifier.ClientSystem, platform), platform);
            var push = new PushAppointment(new(by.Identifier, platform, $"{platform}-7"),
                new(AppointmentStatus.Booked, start, start.AddMinutes(20), People.Doctor.Identifier, "Dr Anne Martin", "cabinet", null, start.AddYears(-1)), by);
            Assert.Null((await Family.Grain<IAgendaGrain>(fixture.Api.Services, family.Space).PushAsync(push)).Refusal);
        }

        var agenda = await (await As(family.Mother, HttpMethod.Get, $"{family.Url}/agenda")).JsonAsync();
        var shown = Assert.Single(agenda.GetProperty("appointments").EnumerateArray());
        Assert.Equal(3, shown.GetProperty("sources").GetArrayLength());
    }

    [Fact(Timeout = 60_000)]
    public async Task Emergency_TellsParentsAndMedecinTraitant_InTheirOwnNotices()
    {
        var family = await Born();
        var (doctor, urgentist) = (Family.NewDoctor(), Family.NewDoctor("Dr Eva Blanc"));
        await As(family.Mother, HttpMethod.Put, $"{family.Url}/entourage/medecin-traitant", new { actor = $"rpps:{doctor.Identifier.Value}", name = doctor.Name });
        var broken = await Family.Grain<IEmergencyGrain>(fixture.Api.Services, family.Space).BreakAsync(new(Guid.NewGuid(), "inconscient", "rue des Lilas", urgentist));
        Assert.Equal(family.Child.ToString(), broken.Value.PatientId);

        foreach (var person in new[] { family.Mother, family.Father, doctor })
        {
            Assert.Contains("bris de glace", await NoticeAsync(person, "emergency-begun"), StringComparison.Ordinal);
        }

        var closed = await As(urgentist, HttpMethod.Delete, $"/api/emergencies/{family.Child}/{broken.Value.Emergency.Id}");
        Assert.Equal(HttpStatusCode.OK, closed.StatusCode);
    }

    /// <summary>Asks until the notice is there; the test's own time limit ends a wait in vain.</summary>
    private async Task<string> NoticeAsync(Actor person, string kind)
    {
        while (true)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            var notices = await (await As(person, HttpMethod.Get, "/api/notices")).JsonAsync();
            if (notices.EnumerateArray().FirstOrDefault(n => n.GetProperty("kind").GetString() == kind) is { ValueKind: System.Text.Json.JsonValueKind.Object } notice)
            {
                return notice.GetProperty("text").GetString()!;
            }
        }
    }
}
