using System.Net;
using Microsoft.IdentityModel.JsonWebTokens;
using static Sante.Identity.Tests.TokenCalls;

namespace Sante.Identity.Tests;

/// <summary>The authorization code at the token endpoint.</summary>
public sealed class CodeTests(IdentityRig rig) : IClassFixture<IdentityRig>
{
    [Fact]
    public async Task Redeem_WithTheRightVerifier_GivesShortTokensWithTheNonce()
    {
        var (status, body) = await rig.RedeemAsync(await CodeAsync());
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(("Bearer", 300), (body.GetProperty("token_type").GetString(), body.GetProperty("expires_in").GetInt32()));
        Assert.Equal("nonce-du-client", new JsonWebToken(body.GetProperty("id_token").GetString()).GetPayloadValue<string>("nonce"));
        Assert.False(body.TryGetProperty("refresh_token", out _));
    }

    [Theory]
    [InlineData("wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww")]
    [InlineData("v")]
    [InlineData("vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv é")]
    public async Task Redeem_WithAWrongVerifier_IsRefusedAndBurnsTheCode(string verifier)
    {
        var code = await CodeAsync();
        AssertRefused(await rig.RedeemAsync(code, verifier), "invalid_grant", "pkce-failed");
        AssertRefused(await rig.RedeemAsync(code), "invalid_grant", "code-reused");
    }

    [Fact]
    public async Task Redeem_WithoutVerifier_IsRefused() => AssertRefused(
        await rig.TokenAsync(("grant_type", "authorization_code"), ("code", await CodeAsync()), ("client_id", "web"), ("redirect_uri", TestSandbox.WebRedirect)),
        "invalid_grant", "pkce-failed");

    [Fact]
    public async Task Redeem_Twice_IsRefusedAndRevokesTheTokens()
    {
        var code = await CodeAsync();
        var token = (await rig.RedeemAsync(code)).Body.GetProperty("access_token").GetString()!;
        Assert.Equal(HttpStatusCode.OK, await UserinfoAsync(token));
        AssertRefused(await rig.RedeemAsync(code), "invalid_grant", "code-reused");
        Assert.Equal(HttpStatusCode.Unauthorized, await UserinfoAsync(token));
    }

    [Fact]
    public async Task Redeem_ByEightAtOnce_GivesTokensAtMostOnceAndRevokesThem()
    {
        var code = await CodeAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => rig.RedeemAsync(code)));
        var given = answers.Where(answer => answer.Status == HttpStatusCode.OK).ToArray();
        Assert.Single(given);
        Assert.Equal(HttpStatusCode.Unauthorized, await UserinfoAsync(given[0].Body.GetProperty("access_token").GetString()!));
    }

    [Fact]
    public async Task Redeem_AfterSixtySeconds_IsRefused()
    {
        var code = await CodeAsync();
        rig.Clock.Advance(TimeSpan.FromSeconds(60));
        AssertRefused(await rig.RedeemAsync(code), "invalid_grant", "code-expired");
    }

    [Fact]
    public async Task Redeem_WithAnotherRedirectUri_IsRefused() =>
        AssertRefused(await rig.RedeemAsync(await CodeAsync(), redirectUri: TestSandbox.WebRedirect + "/"), "invalid_grant", "code-invalid");

    [Fact]
    public async Task Redeem_ByAnotherClient_IsRefusedAndLeavesTheCodeToItsOwner()
    {
        var code = await CodeAsync();
        AssertRefused(await rig.RedeemAsync(code, client: "web-2"), "invalid_grant", "code-invalid");
        Assert.Equal(HttpStatusCode.OK, (await rig.RedeemAsync(code)).Status);
    }

    [Fact]
    public async Task Redeem_AnUnknownCode_IsRefused() => AssertRefused(await rig.RedeemAsync(new string('a', 43)), "invalid_grant", "code-invalid");

    [Fact]
    public async Task Redeem_AfterTheSessionEnded_IsRefused()
    {
        using var browser = new Browser();
        var code = await browser.CodeAsync(rig, "claire");
        (await browser.PostAsync(rig.Issuer + "/connect/logout", ("confirmation", "oui"))).Dispose();
        AssertRefused(await rig.RedeemAsync(code), "invalid_grant", "session-ended");
    }

    [Fact]
    public async Task Redeem_ByAClientWithAKeyButNoAssertion_IsRefused()
    {
        using var browser = new Browser();
        var code = await browser.CodeAsync(rig, "claire", parameters => (parameters["client_id"], parameters["scope"]) = ("guarded", "openid patient/*.rs"));
        AssertRefused(await rig.RedeemAsync(code, client: "guarded"), "invalid_client", "client-assertion-missing");
    }

    [Fact]
    public async Task Redeem_ByAClientWithAKey_WorksWithItsAssertion()
    {
        var client = rig.Sandbox.Client("guarded");
        var token = await new Simulators.Story.SignIn(new Uri(rig.Issuer), client).SignInAsync(rig.Sandbox.Persona("claire"), cancel: IdentityRig.Cancel);
        Assert.Equal("guarded", new JsonWebToken(token).GetPayloadValue<string>("client_id"));
    }

    [Fact]
    public async Task Token_OfAJsonBody_IsRefused()
    {
        using var answer = await rig.Http.PostAsync(new Uri(rig.Issuer + "/connect/token"), new StringContent("{}", null, "application/json"), IdentityRig.Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("form-required", await answer.Content.ReadAsStringAsync(IdentityRig.Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_OfAnOversizedBody_Is413()
    {
        using var answer = await rig.Http.PostAsync(
            new Uri(rig.Issuer + "/connect/token"),
            new StringContent("grant_type=" + new string('a', 70_000), null, "application/x-www-form-urlencoded"), IdentityRig.Cancel);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Theory]
    [InlineData("password", "unsupported_grant_type", "grant-type-refused")]
    [InlineData("refresh_token", "unsupported_grant_type", "grant-type-refused")]
    [InlineData("", "invalid_request", "parameter-missing")]
    public async Task Token_WithAnotherGrant_IsRefused(string grant, string error, string code) =>
        AssertRefused(await rig.TokenAsync(("grant_type", grant), ("client_id", "web")), error, code);

    [Fact]
    public async Task Token_WithARepeatedParameter_IsRefused() =>
        AssertRefused(await rig.TokenAsync(("grant_type", "authorization_code"), ("grant_type", "client_credentials")), "invalid_request", "parameter-repeated");

    private async Task<string> CodeAsync()
    {
        using var browser = new Browser();
        return await browser.CodeAsync(rig, "claire");
    }

    private async Task<HttpStatusCode> UserinfoAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, rig.Issuer + "/connect/userinfo");
        request.Headers.Authorization = new("Bearer", token);
        using var answer = await rig.Http.SendAsync(request, IdentityRig.Cancel);
        return answer.StatusCode;
    }
}
