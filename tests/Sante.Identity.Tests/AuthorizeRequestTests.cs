using System.Net;

namespace Sante.Identity.Tests;

/// <summary>What the authorization endpoint takes and refuses, before anybody signs in.</summary>
public sealed class AuthorizeRequestTests(IdentityRig rig) : IClassFixture<IdentityRig>
{
    [Theory]
    [InlineData("client_id", "unknown", "client-unknown")]
    [InlineData("client_id", null, "client-unknown")]
    [InlineData("redirect_uri", null, "redirect-uri-refused")]
    [InlineData("redirect_uri", TestSandbox.WebRedirect + "/", "redirect-uri-refused")]
    [InlineData("redirect_uri", TestSandbox.WebRedirect + "?a=b", "redirect-uri-refused")]
    [InlineData("redirect_uri", "http://127.0.0.1:9/RETOUR", "redirect-uri-refused")]
    [InlineData("redirect_uri", "http://localhost:9/retour", "redirect-uri-refused")]
    [InlineData("redirect_uri", "com.example.autre:/retour", "redirect-uri-refused")]
    public async Task Authorize_WithAWrongClientOrRedirect_StopsOnAPageAndRedirectsNowhere(string parameter, string? value, string code)
    {
        using var browser = new Browser();
        using var answer = await browser.GetAsync(Browser.AuthorizeUrl(rig, "claire", parameters => parameters[parameter] = value));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null(answer.Headers.Location);
        Assert.Contains($"<span class=\"code\">{code}</span>", await answer.Content.ReadAsStringAsync(IdentityRig.Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("code_challenge", null, "invalid_request", "pkce-required")]
    [InlineData("code_challenge_method", null, "invalid_request", "pkce-method-refused")]
    [InlineData("code_challenge_method", "plain", "invalid_request", "pkce-method-refused")]
    [InlineData("code_challenge", "short", "invalid_request", "pkce-malformed")]
    [InlineData("code_challenge", "++++++++++++++++++++++++++++++++++++++++++=", "invalid_request", "pkce-malformed")]
    [InlineData("response_type", "token", "unsupported_response_type", "response-type-refused")]
    [InlineData("response_type", "code id_token", "unsupported_response_type", "response-type-refused")]
    [InlineData("response_type", null, "invalid_request", "parameter-missing")]
    [InlineData("response_mode", "fragment", "invalid_request", "response-mode-refused")]
    [InlineData("scope", null, "invalid_request", "parameter-missing")]
    [InlineData("scope", "openid offline_access", "invalid_scope", "scope-refused")]
    [InlineData("scope", "openid system/*.c", "invalid_scope", "scope-refused")]
    [InlineData("scope", "openid patient/*.cruds", "invalid_scope", "scope-refused")]
    [InlineData("scope", "openid patient/Observation.sr", "invalid_scope", "scope-refused")]
    [InlineData("prompt", "none", "login_required", "login-required")]
    [InlineData("prompt", "maybe", "invalid_request", "parameter-invalid")]
    [InlineData("max_age", "-1", "invalid_request", "parameter-invalid")]
    [InlineData("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported", "request-object-refused")]
    [InlineData("request_uri", "https://example.org/r", "request_uri_not_supported", "request-uri-refused")]
    public async Task Authorize_WithOneParameterWrong_TellsTheClientWithItsStateAndTheIssuer(string parameter, string? value, string error, string code)
    {
        using var browser = new Browser();
        using var answer = await browser.GetAsync(Browser.AuthorizeUrl(rig, "claire", parameters => parameters[parameter] = value));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        Assert.StartsWith(TestSandbox.WebRedirect + "?", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        var query = Browser.Query(answer.Headers.Location.OriginalString);
        Assert.Equal((error, code), (query["error"], query["error_description"]));
        Assert.Equal(("état du client", rig.Issuer), (query["state"], query["iss"]));
        Assert.False(query.ContainsKey("code"));
    }

    [Fact]
    public async Task Authorize_WithARepeatedParameter_IsRefused()
    {
        using var browser = new Browser();
        using var answer = await browser.GetAsync(Browser.AuthorizeUrl(rig, "claire") + "&nonce=second");
        Assert.Equal("parameter-repeated", Browser.Query(answer.Headers.Location!.OriginalString)["error_description"]);
    }

    [Fact]
    public async Task Authorize_ByPost_BehavesAsByGet()
    {
        using var browser = new Browser();
        var parameters = Browser.Query(Browser.AuthorizeUrl(rig, "claire"));
        using var answer = await browser.PostAsync(rig.Issuer + "/connect/authorize", [.. parameters.Select(pair => (pair.Key, pair.Value))]);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.StartsWith("/federation/franceconnect/start", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Authorize_WithoutStateAndNonce_Works()
    {
        using var browser = new Browser();
        var back = Browser.Query(await browser.FollowAsync(Browser.AuthorizeUrl(rig, "claire", parameters =>
        {
            parameters.Remove("state");
            parameters.Remove("nonce");
        }), TestSandbox.WebRedirect));
        Assert.False(back.ContainsKey("state"));
        var (status, body) = await rig.RedeemAsync(back["code"]);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.False(new Microsoft.IdentityModel.JsonWebTokens.JsonWebToken(body.GetProperty("id_token").GetString()).TryGetPayloadValue<string>("nonce", out _));
    }

    [Fact]
    public async Task Authorize_WithAScopeWithinTheClients_GrantsTheNarrowOne()
    {
        using var browser = new Browser();
        var code = await browser.CodeAsync(rig, "claire", parameters => parameters["scope"] = "openid patient/Observation.rs");
        Assert.Equal("openid patient/Observation.rs", (await rig.RedeemAsync(code)).Body.GetProperty("scope").GetString());
    }

    [Fact]
    public async Task Authorize_AskingForBothKinds_GrantsWhatThePersonMayHold()
    {
        using var browser = new Browser();
        var code = await browser.CodeAsync(rig, "claire", parameters => parameters["scope"] = "openid patient/*.rs user/*.rs space/*");
        Assert.Equal("openid patient/*.rs space/*", (await rig.RedeemAsync(code)).Body.GetProperty("scope").GetString());
    }

    [Fact]
    public async Task Authorize_WhileACitizenIsSignedIn_DoesNotGiveHerAProfessionalsScopes()
    {
        using var browser = new Browser();
        await browser.CodeAsync(rig, "claire");
        var answer = Browser.Query(await browser.FollowAsync(
            Browser.AuthorizeUrl(rig, "anne", parameters => parameters["prompt"] = "none"), TestSandbox.WebRedirect));
        Assert.Equal("login_required", answer["error"]);
    }
}
