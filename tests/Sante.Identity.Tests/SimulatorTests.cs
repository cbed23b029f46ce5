using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Sante.Identity.Tests;

/// <summary>The simulators answer in the shapes that the real providers publish.</summary>
public sealed partial class SimulatorTests(IdentityRig rig) : IClassFixture<IdentityRig>
{
    private const string Redirect = "http://127.0.0.1:9/partenaire";
    private static readonly string Nonce = new('0', 64);

    private string FranceConnect => rig.SimulatorsUrl + "/franceconnect/api/v2";

    private string ProSanteConnect => rig.SimulatorsUrl + "/psc/auth/realms/esante-wallet";

    [Fact]
    public async Task FranceConnect_PublishesItsPathsAndKeys()
    {
        using var metadata = await JsonAsync(FranceConnect + "/.well-known/openid-configuration");
        Assert.Equal(FranceConnect, metadata.RootElement.GetProperty("issuer").GetString());
        foreach (var (member, path) in (ReadOnlySpan<(string, string)>)[("authorization_endpoint", "/authorize"), ("token_endpoint", "/token"),
            ("userinfo_endpoint", "/userinfo"), ("end_session_endpoint", "/session/end"), ("jwks_uri", "/jwks")])
        {
            Assert.Equal(FranceConnect + path, metadata.RootElement.GetProperty(member).GetString());
        }
    }

    [Fact]
    public async Task FranceConnect_AnswersASignedUserinfoWithThePivotIdentity()
    {
        var (idToken, userinfo) = await FranceConnectAsync("partner-1");
        Assert.Equal(("eidas1", Nonce), (idToken.GetPayloadValue<string>("acr"), idToken.GetPayloadValue<string>("nonce")));
        var token = new JsonWebToken(userinfo);
        await AssertSignedAsync(token, FranceConnect + "/jwks", "partner-1");
        Assert.Matches(Subject(), token.Subject);
        Assert.Equal(idToken.Subject, token.Subject);
        Assert.Equal("Claire Marie-Hélène", token.GetPayloadValue<string>("given_name"));
        Assert.Equal(["Claire", "Marie-Hélène"], token.GetPayloadValue<string[]>("given_name_array"));
        Assert.Equal((TestSandbox.SentinelName, "female", "1990-05-17"),
            (token.GetPayloadValue<string>("family_name"), token.GetPayloadValue<string>("gender"), token.GetPayloadValue<string>("birthdate")));
        Assert.Equal(("75101", "99100"), (token.GetPayloadValue<string>("birthplace"), token.GetPayloadValue<string>("birthcountry")));
    }

    [Fact]
    public async Task FranceConnect_GivesAnotherSubjectToAnotherPartner()
    {
        var (first, _) = await FranceConnectAsync("partner-1");
        var (again, _) = await FranceConnectAsync("partner-1");
        var (other, _) = await FranceConnectAsync("partner-2");
        Assert.Equal(first.Subject, again.Subject);
        Assert.NotEqual(first.Subject, other.Subject);
    }

    [Fact]
    public async Task FranceConnect_GivesOnlyTheClaimsOfTheScopes()
    {
        var (_, userinfo) = await FranceConnectAsync("partner-1", "openid birthdate");
        var claims = new JsonWebToken(userinfo).Claims.Select(claim => claim.Type).Distinct();
        Assert.Equal(["aud", "birthdate", "exp", "iat", "iss", "sub"], claims.Order());
    }

    [Theory]
    [InlineData("nonce", "short", "invalid_request")]
    [InlineData("state", "", "invalid_request")]
    [InlineData("acr_values", "", "invalid_acr")]
    [InlineData("acr_values", "eidas9", "invalid_acr")]
    [InlineData("scope", "profile", "invalid_scope")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    public async Task FranceConnect_RefusesWhatTheRealOneRefuses(string parameter, string value, string error)
    {
        using var answer = await rig.Http.GetAsync(FranceConnectUrl("partner-1", "openid identite_pivot", parameters => parameters[parameter] = value), IdentityRig.Cancel);
        Assert.Equal(error, Browser.Query(answer.Headers.Location!.OriginalString)["error"]);
    }

    [Fact]
    public async Task FranceConnect_RedirectsToLoopbackAlone()
    {
        using var answer = await rig.Http.GetAsync(
            FranceConnectUrl("partner-1", "openid", parameters => parameters["redirect_uri"] = "https://elsewhere.example/"), IdentityRig.Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task FranceConnect_WithoutAHint_ShowsThePersonasOfItsKind()
    {
        using var answer = await rig.Http.GetAsync(FranceConnectUrl("partner-1", "openid", parameters => parameters.Remove("login_hint")), IdentityRig.Cancel);
        var page = await answer.Content.ReadAsStringAsync(IdentityRig.Cancel);
        Assert.Contains("login_hint=claire", page, StringComparison.Ordinal);
        Assert.DoesNotContain("login_hint=anne", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FranceConnect_TakesACodeOnce()
    {
        var code = Browser.Query((await LocationAsync(FranceConnectUrl("partner-1", "openid"))).OriginalString)["code"];
        var (first, second) = (await ExchangeAsync(FranceConnect + "/token", code, "partner-1"), await ExchangeAsync(FranceConnect + "/token", code, "partner-1"));
        Assert.True(first.TryGetProperty("access_token", out _));
        Assert.Equal("invalid_grant", second.GetProperty("error").GetString());
    }

    [Fact]
    public async Task ProSanteConnect_PublishesItsRealmPaths()
    {
        using var metadata = await JsonAsync(ProSanteConnect + "/.well-known/wallet-openid-configuration");
        foreach (var (member, path) in (ReadOnlySpan<(string, string)>)[("authorization_endpoint", "auth"), ("token_endpoint", "token"),
            ("userinfo_endpoint", "userinfo"), ("end_session_endpoint", "logout"), ("jwks_uri", "certs")])
        {
            Assert.Equal($"{ProSanteConnect}/protocol/openid-connect/{path}", metadata.RootElement.GetProperty(member).GetString());
        }
    }

    [Fact]
    public async Task ProSanteConnect_AnswersTheSituationsOfExerciseAsPlainJson()
    {
        var url = QueryHelpers.AddQueryString(ProSanteConnect + "/protocol/openid-connect/auth", new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = "editor",
            ["redirect_uri"] = Redirect,
            ["scope"] = "openid scope_all",
            ["acr_values"] = "eidas1",
            ["state"] = "s",
            ["nonce"] = "n",
            ["login_hint"] = "paul",
        });
        var code = Browser.Query((await LocationAsync(url)).OriginalString)["code"];
        var tokens = await ExchangeAsync(ProSanteConnect + "/protocol/openid-connect/token", code, "editor");
        var idToken = new JsonWebToken(tokens.GetProperty("id_token").GetString());
        await AssertSignedAsync(idToken, ProSanteConnect + "/protocol/openid-connect/certs", "editor");
        Assert.Equal("RS256", idToken.Alg);
        using var userinfo = await UserinfoAsync(ProSanteConnect + "/protocol/openid-connect/userinfo", tokens, "application/json");
        Assert.Equal("810100000017", userinfo.RootElement.GetProperty("SubjectNameID").GetString());
        Assert.Equal(idToken.Subject, userinfo.RootElement.GetProperty("sub").GetString());
        Assert.Equal("FAUX", userinfo.RootElement.GetProperty("Acces_Regulation_Medicale").GetString());
        var exercises = userinfo.RootElement.GetProperty("SubjectRefPro").GetProperty("exercices");
        Assert.Equal(2, exercises.GetArrayLength());
        Assert.Equal("R81311", exercises[0].GetProperty("activities")[1].GetProperty("identifiantTechniqueDeLaStructure").GetString());
    }

    private string FranceConnectUrl(string partner, string scope, Action<Dictionary<string, string?>>? change = null)
    {
        var parameters = new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = partner,
            ["redirect_uri"] = Redirect,
            ["scope"] = scope,
            ["acr_values"] = "eidas1",
            ["state"] = "etat",
            ["nonce"] = Nonce,
            ["login_hint"] = "claire",
        };
        change?.Invoke(parameters);
        return QueryHelpers.AddQueryString(FranceConnect + "/authorize", parameters);
    }

    private async Task<(JsonWebToken IdToken, string Userinfo)> FranceConnectAsync(string partner, string scope = "openid identite_pivot")
    {
        var code = Browser.Query((await LocationAsync(FranceConnectUrl(partner, scope))).OriginalString)["code"];
        var tokens = await ExchangeAsync(FranceConnect + "/token", code, partner);
        using var request = Request(FranceConnect + "/userinfo", tokens);
        using var answer = await rig.Http.SendAsync(request, IdentityRig.Cancel);
        Assert.Equal("application/jwt", answer.Content.Headers.ContentType?.MediaType);
        return (new JsonWebToken(tokens.GetProperty("id_token").GetString()), await answer.Content.ReadAsStringAsync(IdentityRig.Cancel));
    }

    private async Task<JsonElement> ExchangeAsync(string endpoint, string code, string partner)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code", ["code"] = code, ["redirect_uri"] = Redirect, ["client_id"] = partner, ["client_secret"] = "any",
        });
        using var answer = await rig.Http.PostAsync(new Uri(endpoint), form, IdentityRig.Cancel);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync(IdentityRig.Cancel)).RootElement;
    }

    private async Task<JsonDocument> UserinfoAsync(string endpoint, JsonElement tokens, string mediaType)
    {
        using var request = Request(endpoint, tokens);
        using var answer = await rig.Http.SendAsync(request, IdentityRig.Cancel);
        Assert.Equal(mediaType, answer.Content.Headers.ContentType?.MediaType);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync(IdentityRig.Cancel));
    }

    private static HttpRequestMessage Request(string endpoint, JsonElement tokens)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, endpoint);
        request.Headers.Authorization = new("Bearer", tokens.GetProperty("access_token").GetString());
        return request;
    }

    private async Task AssertSignedAsync(JsonWebToken token, string keySet, string audience)
    {
        var keys = new JsonWebKeySet(await rig.Http.GetStringAsync(new Uri(keySet), IdentityRig.Cancel));
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(
            token.EncodedToken, new TokenValidationParameters { IssuerSigningKeys = keys.GetSigningKeys(), ValidAudience = audience, ValidIssuer = token.Issuer });
        Assert.True(result.IsValid);
    }

    private async Task<JsonDocument> JsonAsync(string url) => JsonDocument.Parse(await rig.Http.GetStringAsync(new Uri(url), IdentityRig.Cancel));

    private async Task<Uri> LocationAsync(string url)
    {
        using var answer = await rig.Http.GetAsync(new Uri(url), IdentityRig.Cancel);
        return answer.Headers.Location!;
    }

    [GeneratedRegex("^[0-9a-f]{64}v1$")]
    private static partial Regex Subject();
}
