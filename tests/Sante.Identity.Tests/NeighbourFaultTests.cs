using System.Net;
using Sante.Simulators;
using Sante.Simulators.Story;
using Sante.Testing;

namespace Sante.Identity.Tests;

/// <summary>Neighbours away or changed: an honest page, and service resumes by itself. Each test has a server of its own.</summary>
public sealed class NeighbourFaultTests : IAsyncLifetime
{
    private readonly IdentityRig rig = new();

    public ValueTask InitializeAsync() => rig.InitializeAsync();

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task Provider_Away_IsSaidAndServiceResumes()
    {
        using var browser = new Browser();
        await rig.StopSimulatorsAsync();
        await AssertPageAsync(browser, "provider-unavailable");
        await rig.RestartSimulatorsAsync();
        Assert.NotEmpty(await browser.CodeAsync(rig, "claire"));
    }

    [Fact]
    public async Task Provider_AwayAfterTheBrowserCameBack_IsSaid()
    {
        using var browser = new Browser();
        var callback = await browser.FollowAsync(Browser.AuthorizeUrl(rig, "claire"), rig.Issuer + "/federation/franceconnect/callback");
        await rig.StopSimulatorsAsync();
        var (status, page) = await browser.ReadPageAsync(callback);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("provider-unavailable", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("claire")]
    [InlineData("anne")]
    public async Task Provider_WithNewKeys_IsBelievedAtTheNextSignIn(string persona)
    {
        using var browser = new Browser();
        await browser.CodeAsync(rig, persona);
        await rig.StopSimulatorsAsync();
        await rig.RestartSimulatorsAsync();
        Assert.NotEmpty(await browser.CodeAsync(rig, persona, parameters => parameters["prompt"] = "login"));
    }

    [Fact]
    public async Task Api_Away_IsSaidForCitizensAndProfessionalsStillEnter()
    {
        using var browser = new Browser();
        await rig.StopApiAsync();
        await AssertPageAsync(browser, "citizen-match-unavailable");
        Assert.NotEmpty(await browser.CodeAsync(rig, "anne"));
    }

    [Fact]
    public async Task Database_Away_Is503WithRetryAfterAndServiceResumes()
    {
        await using var proxy = CuttingProxy.Start(rig.Database.Identity);
        var address = await rig.StartBehindAsync(proxy);
        var client = rig.Sandbox.Client("hospital");
        proxy.Refusing = true;
        proxy.CutAll();
        using (var form = Form(client))
        using (var answer = await rig.Http.PostAsync(new Uri(address + "/connect/token"), form, IdentityRig.Cancel))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.NotNull(answer.Headers.RetryAfter);
        }
        proxy.Refusing = false;
        using (var form = Form(client))
        using (var answer = await rig.Http.PostAsync(new Uri(address + "/connect/token"), form, IdentityRig.Cancel))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Database_CutAtEachStepOfARedemption_GivesTokensAtMostOnce()
    {
        await using var proxy = CuttingProxy.Start(rig.Database.Identity);
        var address = await rig.StartBehindAsync(proxy);
        using var browser = new Browser();
        await rig.TokenAtAsync(address, Redemption(await browser.CodeAsync(rig, "claire")));
        var struck = 0;
        foreach (var flow in (Flow[])[Flow.ToServer, Flow.ToClient])
        {
            for (var step = 1; step <= 200; step++)
            {
                var code = await browser.CodeAsync(rig, "claire");
                proxy.Arm(new ProxyFault(flow, step));
                var first = await SendAsync(address, code);
                if (!proxy.Fired.IsCompleted)
                {
                    Assert.Equal(HttpStatusCode.OK, first);
                    break;
                }
                struck++;
                proxy.Arm(null);
                var second = await SendAsync(address, code);
                Assert.False(first == HttpStatusCode.OK && second == HttpStatusCode.OK, $"{flow} {step}: given twice");
                Assert.True(first is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, $"{flow} {step}: {first}");
                Assert.True(second is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{flow} {step}: {second}");
            }
        }
        Assert.True(struck > 20, $"Only {struck} steps were cut.");
    }

    private FormUrlEncodedContent Form(SandboxClient client) => new(new Dictionary<string, string>
    {
        ["grant_type"] = "client_credentials",
        ["client_assertion_type"] = ClientAssertion.Type,
        ["client_assertion"] = ClientAssertion.Create(client, rig.Issuer),
    });

    private static (string, string)[] Redemption(string code) =>
    [
        ("grant_type", "authorization_code"), ("code", code), ("client_id", "web"), ("redirect_uri", TestSandbox.WebRedirect), ("code_verifier", Browser.Verifier),
    ];

    private async Task<HttpStatusCode> SendAsync(string address, string code)
    {
        using var form = new FormUrlEncodedContent(Redemption(code).Select(field => KeyValuePair.Create(field.Item1, field.Item2)));
        using var answer = await rig.Http.PostAsync(new Uri(address + "/connect/token"), form, IdentityRig.Cancel);
        return answer.StatusCode;
    }

    private async Task AssertPageAsync(Browser browser, string code)
    {
        var (status, page) = await browser.ReadPageAsync(Browser.AuthorizeUrl(rig, "claire"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains($"<span class=\"code\">{code}</span>", page, StringComparison.Ordinal);
    }
}
