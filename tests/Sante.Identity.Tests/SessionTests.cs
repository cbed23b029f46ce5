using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Npgsql;
using Sante.Identity.Keys;
using Sante.Identity.Sessions;

namespace Sante.Identity.Tests;

/// <summary>Sessions and signing keys over time, restarts and instances. Each test has a server of its own.</summary>
public sealed class SessionTests : IAsyncLifetime
{
    private readonly IdentityRig rig = new();

    public ValueTask InitializeAsync() => rig.InitializeAsync();

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task Restart_KeepsKeysAndSessions()
    {
        using var browser = new Browser();
        await browser.CodeAsync(rig, "claire");
        var keysBefore = await KeyIdsAsync(rig.Issuer);
        await rig.StopIdentityAsync();
        var address = await rig.StartAnotherAsync();
        Assert.Equal(keysBefore, await KeyIdsAsync(address));
        // The browser's cookie is for 127.0.0.1 whatever the port.
        var silent = Browser.AuthorizeUrl(rig, "claire", parameters => parameters["prompt"] = "none").Replace(rig.Issuer, address, StringComparison.Ordinal);
        Assert.True(Browser.Query(await browser.FollowAsync(silent, TestSandbox.WebRedirect)).ContainsKey("code"));
    }

    [Fact]
    public async Task Rotation_PublishesTwoKeysBeforeAndThreeAfter_AndOldTokensStillVerify()
    {
        using var browser = new Browser();
        var before = await KeyIdsAsync(rig.Issuer);
        Assert.Equal(2, before.Count);
        var old = (await rig.RedeemAsync(await browser.CodeAsync(rig, "claire"))).Body.GetProperty("access_token").GetString()!;
        await rig.Service<SigningKeys>().RotateAsync(IdentityRig.Cancel);
        var after = await KeyIdsAsync(rig.Issuer);
        Assert.Equal(3, after.Count);
        Assert.Superset(before, after);
        var young = (await rig.RedeemAsync(await browser.CodeAsync(rig, "claire"))).Body.GetProperty("access_token").GetString()!;
        var (oldKey, youngKey) = (new JsonWebToken(old).Kid, new JsonWebToken(young).Kid);
        Assert.NotEqual(oldKey, youngKey);
        Assert.Contains(youngKey, before);
        Assert.Equal(HttpStatusCode.OK, (await UserinfoAsync(old)).Status);
        rig.Clock.Advance(TimeSpan.FromMinutes(SigningKeys.RetiringMinutes));
        Assert.DoesNotContain(oldKey, await KeyIdsAsync(rig.Issuer));
    }

    [Fact]
    public async Task Rotation_ByAnotherInstance_IsFollowed()
    {
        var other = await rig.StartAnotherAsync();
        await KeyIdsAsync(other);
        var (status, _) = await rig.TokenAtAsync(rig.Issuer, ("grant_type", "none"));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        await rig.Service<SigningKeys>().RotateAsync(IdentityRig.Cancel);
        rig.Clock.Advance(TimeSpan.FromSeconds(SigningKeys.RefreshSeconds));
        Assert.Equal(await KeyIdsAsync(other), await KeyIdsAsync(rig.Issuer));
    }

    [Fact]
    public async Task Session_EndsAfterAnHour()
    {
        using var browser = new Browser();
        await browser.CodeAsync(rig, "claire");
        Assert.True((await SilentAsync(browser)).ContainsKey("code"));
        rig.Clock.Advance(TimeSpan.FromMinutes(SessionStore.LifeMinutes));
        Assert.Equal("login_required", (await SilentAsync(browser))["error"]);
    }

    [Fact]
    public async Task MaxAge_OlderThanTheSignIn_AsksAgain()
    {
        using var browser = new Browser();
        await browser.CodeAsync(rig, "claire");
        rig.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal("login_required", (await SilentAsync(browser, parameters => parameters["max_age"] = "599"))["error"]);
        Assert.True((await SilentAsync(browser, parameters => parameters["max_age"] = "1800")).ContainsKey("code"));
    }

    [Fact]
    public async Task Logout_WithTheIdToken_EndsTheSessionItsTokensAndGoesBack()
    {
        using var browser = new Browser();
        var (_, body) = await rig.RedeemAsync(await browser.CodeAsync(rig, "claire"));
        var token = body.GetProperty("access_token").GetString()!;
        Assert.Equal(HttpStatusCode.OK, (await UserinfoAsync(token)).Status);
        var url = QueryHelpers.AddQueryString(rig.Issuer + "/connect/logout", new Dictionary<string, string?>
        {
            ["id_token_hint"] = body.GetProperty("id_token").GetString(),
            ["post_logout_redirect_uri"] = TestSandbox.WebRedirect,
            ["state"] = "fin",
        });
        Assert.Equal(TestSandbox.WebRedirect + "?state=fin", await browser.FollowAsync(url, TestSandbox.WebRedirect));
        Assert.Equal(HttpStatusCode.Unauthorized, (await UserinfoAsync(token)).Status);
        Assert.Equal("login_required", (await SilentAsync(browser))["error"]);
    }

    [Fact]
    public async Task Logout_WithoutAHint_AsksThePersonAndGoesNowhereUnregistered()
    {
        using var browser = new Browser();
        await browser.CodeAsync(rig, "claire");
        var (_, page) = await browser.ReadPageAsync(rig.Issuer + "/connect/logout?post_logout_redirect_uri=https://elsewhere.example/");
        Assert.Contains("confirmation", page, StringComparison.Ordinal);
        Assert.True((await SilentAsync(browser)).ContainsKey("code"));
        using var done = await browser.PostAsync(rig.Issuer + "/connect/logout", ("confirmation", "oui"), ("post_logout_redirect_uri", "https://elsewhere.example/"));
        Assert.Null(done.Headers.Location);
        Assert.Equal("login_required", (await SilentAsync(browser))["error"]);
    }

    [Fact]
    public async Task Userinfo_GivesSubjectAndNameOnlyWithTheProfileScope()
    {
        using var browser = new Browser();
        var full = (await rig.RedeemAsync(await browser.CodeAsync(rig, "claire"))).Body.GetProperty("access_token").GetString()!;
        Assert.Contains("name", (await UserinfoAsync(full)).Members);
        var bare = (await rig.RedeemAsync(await browser.CodeAsync(rig, "claire", p => p["scope"] = "openid patient/*.rs"))).Body.GetProperty("access_token").GetString()!;
        Assert.Equal(["sub"], (await UserinfoAsync(bare)).Members);
        Assert.Equal(HttpStatusCode.Unauthorized, (await UserinfoAsync(full[..^4] + "AAAA")).Status);
    }

    [Fact]
    public async Task SignIn_OfAnotherPersonInTheSameBrowser_EndsTheFirstSession()
    {
        using var browser = new Browser();
        var token = (await rig.RedeemAsync(await browser.CodeAsync(rig, "claire"))).Body.GetProperty("access_token").GetString()!;
        await browser.CodeAsync(rig, "anne");
        Assert.Equal(HttpStatusCode.Unauthorized, (await UserinfoAsync(token)).Status);
    }

    [Fact]
    public async Task Sweep_RemovesWhatHasEnded()
    {
        using var browser = new Browser();
        await rig.RedeemAsync(await browser.CodeAsync(rig, "claire"));
        rig.Clock.Advance(TimeSpan.FromHours(2));
        await rig.Service<Sweeper>().SweepAsync(IdentityRig.Cancel);
        await using var source = NpgsqlDataSource.Create(rig.Database.Identity);
        await using var count = source.CreateCommand(
            "SELECT (SELECT count(*) FROM sessions) + (SELECT count(*) FROM authorization_codes) + (SELECT count(*) FROM issued_tokens) + (SELECT count(*) FROM sign_ins)");
        Assert.Equal(0L, await count.ExecuteScalarAsync(IdentityRig.Cancel));
    }

    private async Task<Dictionary<string, string>> SilentAsync(Browser browser, Action<Dictionary<string, string?>>? change = null) =>
        Browser.Query(await browser.FollowAsync(Browser.AuthorizeUrl(rig, "claire", parameters =>
        {
            parameters["prompt"] = "none";
            change?.Invoke(parameters);
        }), TestSandbox.WebRedirect));

    private async Task<(HttpStatusCode Status, string[] Members)> UserinfoAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, rig.Issuer + "/connect/userinfo");
        request.Headers.Authorization = new("Bearer", token);
        using var answer = await rig.Http.SendAsync(request, IdentityRig.Cancel);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(IdentityRig.Cancel));
        return (answer.StatusCode, [.. json.RootElement.EnumerateObject().Select(member => member.Name)]);
    }

    private async Task<HashSet<string>> KeyIdsAsync(string address)
    {
        using var json = JsonDocument.Parse(await rig.Http.GetStringAsync(new Uri(address + "/.well-known/jwks.json"), IdentityRig.Cancel));
        Assert.All(json.RootElement.GetProperty("keys").EnumerateArray(), key => Assert.False(key.TryGetProperty("d", out _)));
        return [.. json.RootElement.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("kid").GetString()!)];
    }
}
