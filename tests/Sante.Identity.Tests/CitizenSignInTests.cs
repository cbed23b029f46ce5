using System.Net;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Sante.Simulators.Story;

namespace Sante.Identity.Tests;

public sealed class CitizenSignInTests(IdentityRig rig) : IClassFixture<IdentityRig>
{
    [Fact]
    public async Task SignIn_OfAMatchedCitizen_GivesATokenWithHerPatientIdAndNoTrait()
    {
        var signedIn = await new SignIn(new Uri(rig.Issuer), rig.Sandbox.Client("web")).EnterAsync(rig.Sandbox.Persona("claire"), cancel: IdentityRig.Cancel);
        var token = new JsonWebToken(signedIn.AccessToken);
        Assert.Equal(("ES256", "at+jwt"), (token.Alg, token.Typ));
        Assert.Equal((rig.Issuer, "urn:sante:api"), (token.Issuer, token.Audiences.Single()));
        Assert.Equal("web", token.GetPayloadValue<string>("client_id"));
        Assert.Equal("openid profile patient/*.rs space/*", token.GetPayloadValue<string>("scope"));
        Assert.Equal(300, (token.ValidTo - token.IssuedAt).TotalSeconds);
        var actor = token.GetPayloadValue<System.Text.Json.JsonElement>("actor");
        Assert.Equal("citizen", actor.GetProperty("kind").GetString());
        Assert.Equal("urn:sante:patient", actor.GetProperty("system").GetString());
        Assert.Equal(TestSandbox.ClairePatientId, actor.GetProperty("value").GetString());
        Assert.DoesNotContain("1990", Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Decode(token.EncodedPayload), StringComparison.Ordinal);
        var idToken = new JsonWebToken(signedIn.IdToken);
        Assert.Equal("web", idToken.Audiences.Single());
        Assert.Equal("eidas1", idToken.GetPayloadValue<string>("acr"));
        Assert.Equal(token.Subject, idToken.Subject);
    }

    [Fact]
    public async Task SignIn_Twice_KeepsTheSubject()
    {
        var signIn = new SignIn(new Uri(rig.Issuer), rig.Sandbox.Client("web"));
        var (first, second) = (await signIn.SignInAsync(rig.Sandbox.Persona("claire"), cancel: IdentityRig.Cancel),
            await signIn.SignInAsync(rig.Sandbox.Persona("claire"), cancel: IdentityRig.Cancel));
        Assert.Equal(new JsonWebToken(first).Subject, new JsonWebToken(second).Subject);
        Assert.NotEqual(new JsonWebToken(first).Id, new JsonWebToken(second).Id);
    }

    [Theory]
    [InlineData("nobody", HttpStatusCode.NotFound, "citizen-match-none")]
    [InlineData("unreadable", HttpStatusCode.NotFound, "citizen-match-none")]
    [InlineData("twice", HttpStatusCode.Conflict, "citizen-match-several")]
    public async Task SignIn_OfACitizenMatchedByNoneOrSeveral_EndsOnAnHonestPage(string persona, HttpStatusCode status, string code)
    {
        using var browser = new Browser();
        var page = await browser.ReadPageAsync(Browser.AuthorizeUrl(rig, persona));
        Assert.Equal(status, page.Status);
        Assert.Contains(code, page.Page, StringComparison.Ordinal);
        Assert.Contains("assurance maladie", page.Page, StringComparison.Ordinal);
        Assert.DoesNotContain(TestSandbox.SentinelName, page.Page, StringComparison.Ordinal);
        // No session was left behind.
        var silent = await browser.FollowAsync(Browser.AuthorizeUrl(rig, persona, p => p["prompt"] = "none"), TestSandbox.WebRedirect);
        Assert.Equal("login_required", Browser.Query(silent)["error"]);
    }

    [Fact]
    public async Task Callback_WithATamperedState_IsRefusedAndTheTrueOneIsUsedOnce()
    {
        using var browser = new Browser();
        var callback = await browser.FollowAsync(Browser.AuthorizeUrl(rig, "claire"), rig.Issuer + "/federation/franceconnect/callback");
        var query = Browser.Query(callback);
        var forged = QueryHelpers.AddQueryString(callback.Split('?')[0], new Dictionary<string, string?> { ["code"] = query["code"], ["state"] = query["state"][..^1] + "_" });
        await AssertPageAsync(browser, forged, "sign-in-unknown");
        Assert.StartsWith(TestSandbox.WebRedirect, await browser.FollowAsync(callback, TestSandbox.WebRedirect), StringComparison.Ordinal);
        await AssertPageAsync(browser, callback, "sign-in-unknown");
    }

    [Fact]
    public async Task Callback_InAnotherBrowser_IsRefused()
    {
        using var browser = new Browser();
        using var thief = new Browser();
        var callback = await browser.FollowAsync(Browser.AuthorizeUrl(rig, "claire"), rig.Issuer + "/federation/franceconnect/callback");
        await AssertPageAsync(thief, callback, "sign-in-unknown");
        // Nor in one that began a sign-in of its own.
        await thief.FollowAsync(Browser.AuthorizeUrl(rig, "claire"), rig.Issuer + "/federation/franceconnect/callback");
        await AssertPageAsync(thief, callback, "sign-in-unknown");
    }

    [Fact]
    public async Task Callback_AfterTheNonceWasChangedOnTheWay_IsRefused()
    {
        using var browser = new Browser();
        var authorize = await browser.FollowAsync(Browser.AuthorizeUrl(rig, "claire"), rig.SimulatorsUrl + "/franceconnect/api/v2/authorize");
        var changed = Browser.Query(authorize).ToDictionary(pair => pair.Key, pair => (string?)(pair.Key == "nonce" ? new string('a', 64) : pair.Value));
        var callback = await browser.FollowAsync(QueryHelpers.AddQueryString(authorize.Split('?')[0], changed), rig.Issuer + "/federation");
        await AssertPageAsync(browser, callback, "provider-answer-invalid");
    }

    [Fact]
    public async Task Callback_WithTheCodeOfAnotherSignIn_IsRefused()
    {
        using var victim = new Browser();
        using var thief = new Browser();
        var (own, stolen) = (await thief.FollowAsync(Browser.AuthorizeUrl(rig, "claire"), rig.Issuer + "/federation/franceconnect/callback"),
            await victim.FollowAsync(Browser.AuthorizeUrl(rig, "claire"), rig.Issuer + "/federation/franceconnect/callback"));
        var mixed = QueryHelpers.AddQueryString(
            own.Split('?')[0], new Dictionary<string, string?> { ["code"] = Browser.Query(stolen)["code"], ["state"] = Browser.Query(own)["state"] });
        await AssertPageAsync(thief, mixed, "provider-answer-invalid");
    }

    [Fact]
    public async Task Callback_AfterTenMinutes_IsRefused()
    {
        using var browser = new Browser();
        var callback = await browser.FollowAsync(Browser.AuthorizeUrl(rig, "claire"), rig.Issuer + "/federation/franceconnect/callback");
        rig.Clock.Advance(TimeSpan.FromMinutes(10));
        await AssertPageAsync(browser, callback, "sign-in-unknown");
    }

    [Fact]
    public async Task Callback_WithTheProvidersRefusal_GoesBackToTheClient()
    {
        using var browser = new Browser();
        var authorize = await browser.FollowAsync(Browser.AuthorizeUrl(rig, "claire"), rig.SimulatorsUrl);
        var denied = QueryHelpers.AddQueryString(
            rig.Issuer + "/federation/franceconnect/callback", new Dictionary<string, string?> { ["error"] = "access_denied", ["state"] = Browser.Query(authorize)["state"] });
        var answer = Browser.Query(await browser.FollowAsync(denied, TestSandbox.WebRedirect));
        Assert.Equal(("access_denied", "état du client", rig.Issuer), (answer["error"], answer["state"], answer["iss"]));
    }

    [Fact]
    public async Task ChoicePage_OffersBothProvidersAndNeedsNoScript()
    {
        using var browser = new Browser();
        var (status, page) = await browser.ReadPageAsync(Browser.AuthorizeUrl(rig, "claire", parameters =>
        {
            parameters["scope"] = "openid patient/*.rs user/*.rs";
            parameters.Remove("idp_hint");
        }));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("<html lang=\"fr\">", page, StringComparison.Ordinal);
        Assert.Contains("/federation/franceconnect/start", page, StringComparison.Ordinal);
        Assert.Contains("/federation/pro-sante-connect/start", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
    }

    private static async Task AssertPageAsync(Browser browser, string url, string code)
    {
        using var answer = await browser.GetAsync(url);
        Assert.Null(answer.Headers.Location);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        Assert.Contains("frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Contains($"<span class=\"code\">{code}</span>", await answer.Content.ReadAsStringAsync(IdentityRig.Cancel), StringComparison.Ordinal);
    }
}
