using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Sante.Kernel;
using Sante.Space.Tests.FhirApi;

namespace Sante.Space.Tests.Api;

/// <summary>The INS registry over real HTTP, joined to real spaces.</summary>
public sealed class InsApiTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Births = "system/ins.birth";

    private static Actor Registry { get; } = new(ActorKind.Structure, new("https://finess.esante.gouv.fr", "750000018"), "État civil");

    [Fact]
    public async Task Birth_BeginsASpaceThatTheMotherSeesPending()
    {
        var mother = await EnterAsync("imports", Person("CLARTEMERE", "JEANNE", "1994-05-06") with { Ins = InsOf("2940501053", 1), InsSystem = InsOid.NirTest.System });
        var child = await EnterAsync("births", Person("CLARTEMERE", "ZOÉ", Today) with { Parents = [mother.GetProperty("patientId").GetString()!] });
        var patient = child.GetProperty("patientId").GetString();

        var actor = new Actor(ActorKind.Citizen, new(ActorIdentifier.PatientSystem, mother.GetProperty("patientId").GetString()!), "Jeanne Clartemère");
        var space = await (await fixture.Api.AsAsync(fixture.Tokens, actor, HttpMethod.Get, $"/api/spaces/{patient}")).JsonAsync();

        Assert.Equal("qualifiée", child.GetProperty("status").GetString());
        Assert.Equal(("pending", true), (space.GetProperty("status").GetString(), space.GetProperty("isMinor").GetBoolean()));
        Assert.Null(Ins.TryParse(child.GetProperty("ins").GetString(), child.GetProperty("insSystem").GetString(), InsEnvironment.Development).Refusal);
    }

    [Fact]
    public async Task Birth_RepeatedWithItsKey_GivesTheSameAnswer()
    {
        var body = Person("BISREPETITA", "LÉO", Today);

        Assert.Equal((await EnterAsync("births", body, key: "one")).GetRawText(), (await EnterAsync("births", body, key: "one")).GetRawText());
        Assert.Equal("identity-exists", await (await SendAsync("/api/identities/births", body, Births)).CodeAsync());
    }

    [Fact]
    public async Task Search_ThatFinds_IsInTheHoldersTrace()
    {
        var entered = await EnterAsync("imports", Person("TROUVABLE", "ANNE", "1980-01-02") with { Ins = InsOf("2800101053", 2), InsSystem = InsOid.NirTest.System });

        var found = await (await SendAsync("/api/ins/search", new { familyName = "trouvable", givenName = "Anne", birthDate = "1980-01-02", sex = "F" }, "system/Patient.rs")).JsonAsync();
        var missed = await (await SendAsync("/api/ins/search", new { familyName = "introuvable", givenName = "Anne", birthDate = "1980-01-02", sex = "F" }, "system/Patient.rs")).JsonAsync();

        Assert.Equal(("00", "01"), (found.GetProperty("code").GetString(), missed.GetProperty("code").GetString()));
        Assert.Equal(entered.GetProperty("ins").GetString(), found.GetProperty("ins").GetProperty("ins").GetString());
        Assert.False(missed.TryGetProperty("ins", out _));
        var holder = new Actor(ActorKind.Citizen, new(ActorIdentifier.PatientSystem, entered.GetProperty("patientId").GetString()!), "Anne Trouvable");
        var trace = await (await fixture.Api.AsAsync(fixture.Tokens, holder, HttpMethod.Get, $"/api/spaces/{entered.GetProperty("patientId").GetString()}/trace")).JsonAsync();
        Assert.Contains(trace.GetProperty("lines").EnumerateArray(), line => line.GetProperty("sentence").GetString()!.Contains("retrouvé", StringComparison.Ordinal)
            && line.GetProperty("sentence").GetString()!.Contains("État civil", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Search_PastTheQuota_SaysWhenToComeBack()
    {
        var curious = Registry with { Identifier = new("https://finess.esante.gouv.fr", "750000026") };
        var body = new { familyName = "PERSONNE", givenName = "ANNE", birthDate = "1980-01-02", sex = "F" };
        HttpResponseMessage answer;
        var asked = 0;
        do
        {
            answer = await SendAsync("/api/ins/search", body, "system/Patient.rs", curious);
            asked++;
        }
        while (answer.StatusCode == HttpStatusCode.OK && asked < 200);

        Assert.Equal((HttpStatusCode.TooManyRequests, "ins-quota-exceeded"), (answer.StatusCode, await answer.CodeAsync()));
        Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.True(asked > 60);
    }

    [Fact]
    public async Task Search_ByAStructureWhoseAccessesAreCut_IsRefused()
    {
        var cut = Registry with { Identifier = new("https://finess.esante.gouv.fr", "750000042") };
        Assert.True(await fixture.Api.Ledger.World.SetFactAsync(WorldFacts.StructureCut(cut.Identifier), true, TestContext.Current.CancellationToken));

        var answer = await SendAsync("/api/ins/search", new { familyName = "QUICONQUE", givenName = "Anne", birthDate = "1980-01-02", sex = "F" }, "system/Patient.rs", cut);

        Assert.Equal((HttpStatusCode.Forbidden, "actor-barred"), (answer.StatusCode, await answer.CodeAsync()));
    }

    [Fact]
    public async Task LocalIdentifiers_OfGuessedMatricules_TakeTheSameQuota()
    {
        var curious = Registry with { Identifier = new("https://finess.esante.gouv.fr", "750000034") };
        HttpResponseMessage answer;
        var asked = 0;
        do
        {
            var body = new { ins = InsOf("2790101053", 1 + asked), insSystem = InsOid.NirTest.System, local = new { system = "urn:oid:1.2.3", value = "7" } };
            answer = await SendAsync("/api/ins/local-identifiers", body, "system/Patient.rs", curious);
            asked++;
        }
        while (answer.StatusCode == HttpStatusCode.NotFound && asked < 200);

        Assert.Equal((HttpStatusCode.TooManyRequests, "ins-quota-exceeded"), (answer.StatusCode, await answer.CodeAsync()));
        Assert.True(await fixture.LinesOfAsync(curious) >= asked - 1);
    }

    [Fact]
    public async Task Match_OfASignIn_GivesThePublicIdToTheIdentityServerAlone()
    {
        var entered = await EnterAsync("imports", Person("PIVOTAL", "ANNE", "1981-01-02") with { Ins = InsOf("2810101053", 3), InsSystem = InsOid.NirTest.System });
        var server = new Actor(ActorKind.Operator, new(ActorIdentifier.ClientSystem, "identity"), "Serveur d'identité");
        var body = new { familyName = "Pivotal", givenNames = new[] { "Anne" }, birthDate = "1981-01-02", sex = "female", birthPlaceCode = "01053", birthCountryCode = "99100" };

        var match = await (await SendAsync("/internal/citizens/match", body, "system/identity.match", server, "identity")).JsonAsync();

        Assert.Equal(entered.GetProperty("patientId").GetString(), match.GetProperty("patientId").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync("/internal/citizens/match", body with { birthDate = "1981-01-03" }, "system/identity.match", server, "identity")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync("/internal/citizens/match", body, "system/*.cruds")).StatusCode);
    }

    [Theory]
    [InlineData("FAM1LLE", "1980-01-02", "F", "traits-name-malformed")]
    [InlineData("FAMILLE", "2099-01-02", "F", "identity-birth-future")]
    [InlineData("FAMILLE", "1980-13-02", "F", "traits-birth-date-malformed")]
    [InlineData("FAMILLE", "1980-01-02", "?", "traits-sex-malformed")]
    public async Task Birth_ThatIsWrong_IsRefusedWithItsCode(string family, string birthDate, string sex, string code)
    {
        var answer = await SendAsync("/api/identities/births", Person(family, "ANNE", birthDate) with { Sex = sex }, Births);

        Assert.Equal((HttpStatusCode.BadRequest, code), (answer.StatusCode, await answer.CodeAsync()));
    }

    [Fact]
    public async Task Birth_WithoutTheScope_IsForbidden() =>
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync("/api/identities/births", Person("FAMILLE", "ANNE", Today), "system/*.cruds")).StatusCode);

    private static string Today => CivilDate.At(DateTimeOffset.UtcNow).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static string InsOf(string stem, int order) => Ins.OfNumber($"{stem}{order:000}", InsOid.NirTest, InsEnvironment.Development).Value.Reveal();

    private static Foundations.Identities.IdentityBody Person(string family, string given, string birthDate) => new(family, [given], birthDate, "F", "01053", "99100");

    private async Task<JsonElement> EnterAsync(string what, object body, string? key = null)
    {
        var answer = await SendAsync("/api/identities/" + what, body, Births, key: key);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return await answer.JsonAsync();
    }

    private Task<HttpResponseMessage> SendAsync(string url, object body, string scopes, Actor? actor = null, string? client = null, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", fixture.Tokens.For(actor ?? Registry, scopes, client));
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return fixture.Api.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
