using System.Net;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Sante.Simulators;
using Sante.Simulators.Story;
using static Sante.Identity.Tests.TokenCalls;

namespace Sante.Identity.Tests;

/// <summary>Client credentials by <c>private_key_jwt</c>.</summary>
public sealed class ClientAssertionTests(IdentityRig rig) : IClassFixture<IdentityRig>
{
    [Theory]
    [InlineData("hospital", "ES256")]
    [InlineData("hospital-es384", "ES384")]
    [InlineData("hospital-rs384", "RS384")]
    [InlineData("hospital-ps256", "PS256")]
    public async Task Token_WithEachAlgorithm_CarriesTheClientsActor(string clientId, string algorithm)
    {
        var assertion = Assertion(clientId);
        Assert.Equal(algorithm, new JsonWebToken(assertion).Alg);
        var (status, body) = await AskAsync(assertion);
        Assert.Equal(HttpStatusCode.OK, status);
        var token = new JsonWebToken(body.GetProperty("access_token").GetString());
        Assert.Equal((clientId, clientId, "system/*.cruds"), (token.Subject, token.GetPayloadValue<string>("client_id"), token.GetPayloadValue<string>("scope")));
        Assert.Equal("structure", token.GetPayloadValue<JsonElement>("actor").GetProperty("kind").GetString());
        Assert.False(body.TryGetProperty("id_token", out _));
    }

    [Fact]
    public async Task Token_WithTheIssuerAsAudience_IsGiven() =>
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(ClientAssertion.Create(Client("hospital"), rig.Issuer))).Status);

    [Fact]
    public async Task Token_WithANarrowerScope_IsGivenThatScope() =>
        Assert.Equal("system/Observation.c", (await AskAsync(Assertion("hospital"), ("scope", "system/Observation.c"))).Body.GetProperty("scope").GetString());

    [Theory]
    [InlineData("patient/*.rs")]
    [InlineData("openid")]
    [InlineData("system/identity.match")]
    [InlineData("system/*.c patient/*.rs")]
    public async Task Token_WithAScopeNotItsOwn_IsRefused(string scope) =>
        AssertRefused(await AskAsync(Assertion("hospital"), ("scope", scope)), "invalid_scope", "scope-refused");

    [Fact]
    public async Task Token_WithAReplayedAssertion_IsRefusedOnEachInstance()
    {
        var other = await rig.StartAnotherAsync();
        var assertion = Assertion("hospital");
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(assertion)).Status);
        AssertRefused(await AskAsync(assertion), "invalid_client", "client-assertion-replayed");
        AssertRefused(await rig.TokenAtAsync(other, Fields(assertion)), "invalid_client", "client-assertion-replayed");
        await rig.StopIdentityAsync();
    }

    [Fact]
    public async Task Token_WithOneAssertionFromEightAtOnce_IsGivenOnce()
    {
        var assertion = Assertion("hospital");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AskAsync(assertion)));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("aud", "https://elsewhere.example/connect/token", "client-assertion-audience")]
    [InlineData("aud", null, "client-assertion-audience")]
    [InlineData("sub", "web", "client-assertion-invalid")]
    [InlineData("sub", null, "client-assertion-invalid")]
    [InlineData("iss", "unknown", "client-assertion-invalid")]
    [InlineData("iss", "hospital-es384", "client-assertion-invalid")]
    [InlineData("iss", null, "client-assertion-invalid")]
    [InlineData("jti", null, "client-assertion-invalid")]
    [InlineData("exp", null, "client-assertion-lifetime")]
    public async Task Token_WithOneClaimWrong_IsRefused(string claim, string? value, string code) => AssertRefused(
        await AskAsync(Assertion("hospital", claims => Change(claims, claim, value))), "invalid_client", code);

    [Theory]
    [InlineData("exp", -60)]
    [InlineData("exp", 900)]
    [InlineData("nbf", 900)]
    [InlineData("iat", 900)]
    public async Task Token_OutsideTheAssertionsTime_IsRefused(string claim, int secondsFromNow) => AssertRefused(
        await AskAsync(Assertion("hospital", claims => Change(claims, claim, rig.Clock.GetUtcNow().ToUnixTimeSeconds() + secondsFromNow))),
        "invalid_client", "client-assertion-lifetime");

    [Fact]
    public async Task Token_WithAnotherAlgorithmOfTheSameKey_IsRefused()
    {
        var rsa = Client("hospital-rs384");
        var wrong = rsa with { PrivateJwk = rsa.PrivateJwk!.Replace("RS384", "RS256", StringComparison.Ordinal) };
        AssertRefused(await AskAsync(ClientAssertion.Create(wrong, rig.Issuer)), "invalid_client", "client-assertion-invalid");
        var registered = rsa with { PrivateJwk = rsa.PrivateJwk!.Replace("RS384", "PS256", StringComparison.Ordinal) };
        AssertRefused(await AskAsync(ClientAssertion.Create(registered, rig.Issuer)), "invalid_client", "client-assertion-invalid");
    }

    [Fact]
    public async Task Token_WithAnUnsignedAssertion_IsRefused()
    {
        var parts = Assertion("hospital").Split('.');
        var unsigned = $"{Base64UrlEncoder.Encode("{\"alg\":\"none\"}")}.{parts[1]}.";
        AssertRefused(await AskAsync(unsigned), "invalid_client", "client-assertion-invalid");
    }

    [Fact]
    public async Task Token_SignedWithThePublicKeyAsASecret_IsRefused()
    {
        var jwk = new JsonWebKey(Client("hospital").PrivateJwk);
        var secret = new SymmetricSecurityKey(Base64UrlEncoder.DecodeBytes(jwk.X)) { KeyId = jwk.Kid };
        var forged = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = "hospital",
            Audience = rig.Issuer,
            Claims = new Dictionary<string, object> { ["sub"] = "hospital", ["jti"] = "1" },
            SigningCredentials = new SigningCredentials(secret, SecurityAlgorithms.HmacSha256),
        });
        AssertRefused(await AskAsync(forged), "invalid_client", "client-assertion-invalid");
    }

    [Theory]
    [InlineData("not a jwt")]
    [InlineData("a.b.c")]
    [InlineData("....")]
    public async Task Token_WithABrokenAssertion_IsRefused(string assertion) => AssertRefused(await AskAsync(assertion), "invalid_client", "client-assertion-invalid");

    [Fact]
    public async Task Token_WithAnOversizedAssertion_IsRefused() =>
        AssertRefused(await AskAsync(new string('a', 8193)), "invalid_request", "parameter-too-long");

    [Fact]
    public async Task Token_WithAnotherAssertionType_IsRefused() => AssertRefused(await rig.TokenAsync(
        ("grant_type", "client_credentials"), ("client_assertion_type", "urn:other"), ("client_assertion", Assertion("hospital"))), "invalid_client", "client-method-refused");

    [Fact]
    public async Task Token_WithAClientSecret_IsRefused()
    {
        AssertRefused(
            await rig.TokenAsync(("grant_type", "client_credentials"), ("client_id", "hospital"), ("client_secret", "secret")), "invalid_client", "client-method-refused");
        using var request = new HttpRequestMessage(HttpMethod.Post, rig.Issuer + "/connect/token")
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "client_credentials")]),
        };
        request.Headers.Authorization = new("Basic", Convert.ToBase64String("hospital:secret"u8));
        using var answer = await rig.Http.SendAsync(request, IdentityRig.Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.NotEmpty(answer.Headers.WwwAuthenticate);
    }

    [Theory]
    [InlineData("web")]
    [InlineData("no-actor")]
    public async Task Token_ForAClientThatMayNotActByItself_IsRefused(string clientId)
    {
        var answer = clientId == "web"
            ? await rig.TokenAsync(("grant_type", "client_credentials"), ("client_id", "web"))
            : await AskAsync(Assertion(clientId));
        AssertRefused(answer, "unauthorized_client", "grant-not-allowed");
    }

    [Fact]
    public async Task BackendClient_KeepsItsTokenWhileItLives()
    {
        using var backend = new BackendClient(new Uri(rig.Issuer), Client("hospital"), rig.Http);
        Assert.Equal(await backend.TokenAsync(IdentityRig.Cancel), await backend.TokenAsync(IdentityRig.Cancel));
    }

    private SandboxClient Client(string id) => rig.Sandbox.Client(id);

    private string Assertion(string clientId, Action<Dictionary<string, object>>? change = null) =>
        ClientAssertion.Create(Client(clientId), rig.Issuer + "/connect/token", change);

    private static void Change(Dictionary<string, object> claims, string claim, object? value)
    {
        claims.Remove(claim);
        if (value is not null)
        {
            claims[claim] = value;
        }
    }

    private static (string, string)[] Fields(string assertion) =>
        [("grant_type", "client_credentials"), ("client_assertion_type", ClientAssertion.Type), ("client_assertion", assertion)];

    private Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(string assertion, params (string, string)[] more) => rig.TokenAsync([.. Fields(assertion), .. more]);
}
