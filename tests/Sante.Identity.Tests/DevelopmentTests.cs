using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.IdentityModel.JsonWebTokens;
using Sante.ServiceDefaults;
using Sante.ServiceDefaults.Web;
using Sante.Simulators;

namespace Sante.Identity.Tests;

/// <summary>What exists for developers, and that it exists nowhere else.</summary>
public sealed partial class DevelopmentTests : IAsyncLifetime
{
    private readonly IdentityRig rig = new();

    public ValueTask InitializeAsync() => rig.InitializeAsync();

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Theory]
    [InlineData("claire", "openid profile patient/*.cruds space/*")]
    [InlineData("anne", "openid profile user/*.cruds")]
    public async Task SignInLink_EndsOnAPageThatGivesAToken(string persona, string scope)
    {
        using var browser = new Browser();
        var (status, page) = await browser.ReadPageAsync($"{rig.Issuer}/dev/sign-in/{persona}");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains(TestSandbox.SentinelName, page, StringComparison.Ordinal);
        Assert.Contains("action=\"/dev/token\"", page, StringComparison.Ordinal);
        using var answer = await browser.PostAsync(rig.Issuer + "/dev/token");
        var shown = Shown().Match(await answer.Content.ReadAsStringAsync(IdentityRig.Cancel)).Groups[1].Value;
        Assert.Equal(scope, new JsonWebToken(shown).GetPayloadValue<string>("scope"));
    }

    [Fact]
    public async Task SignInLink_OfSeveralSituations_AsksWhichThenGivesAToken()
    {
        using var browser = new Browser();
        var (_, page) = await browser.ReadPageAsync(rig.Issuer + "/dev/sign-in/paul");
        using var chosen = await browser.PostAsync(rig.Issuer + "/federation/situation", ("demande", Handle().Match(page).Groups[1].Value), ("situation", "2"));
        var (status, end) = await browser.ReadPageAsync(chosen.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("Infirmier", end, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignInLink_OfAnUnknownPersona_Is404() =>
        Assert.Equal(HttpStatusCode.NotFound, (await rig.Http.GetAsync(new Uri(rig.Issuer + "/dev/sign-in/personne"), IdentityRig.Cancel)).StatusCode);

    [Fact]
    public async Task Token_WithoutASession_Is401()
    {
        using var browser = new Browser();
        using var answer = await browser.PostAsync(rig.Issuer + "/dev/token");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Clients_FollowTheSandboxFile()
    {
        var text = await File.ReadAllTextAsync(rig.SandboxPath, IdentityRig.Cancel);
        await File.WriteAllTextAsync(rig.SandboxPath, text.Replace("\"hospital\"", "\"clinic\"", StringComparison.Ordinal), IdentityRig.Cancel);
        Assert.Equal(HttpStatusCode.OK, await ReloadAsync());
        Assert.Equal("client-assertion-invalid", await AskAsync("hospital"));
        Assert.Null(await AskAsync("clinic"));
        // A file half written changes nothing.
        await File.WriteAllTextAsync(rig.SandboxPath, text[..200], IdentityRig.Cancel);
        Assert.Equal(HttpStatusCode.Conflict, await ReloadAsync());
        await File.WriteAllTextAsync(rig.SandboxPath, text.Replace("\"hospital\"", "\"clinic\"", StringComparison.Ordinal), IdentityRig.Cancel);
        Assert.Null(await AskAsync("clinic"));
    }

    [Theory]
    [InlineData("identity")]
    [InlineData("dev-sign-in")]
    public async Task Clients_MayNotTakeAReservedName(string name)
    {
        var text = await File.ReadAllTextAsync(rig.SandboxPath, IdentityRig.Cancel);
        await File.WriteAllTextAsync(rig.SandboxPath, text.Replace("\"hospital\"", $"\"{name}\"", StringComparison.Ordinal), IdentityRig.Cancel);
        Assert.Equal(HttpStatusCode.Conflict, await ReloadAsync());
    }

    [Fact]
    public async Task OutsideDevelopment_NothingOfItExistsAndDemoClientsAreGone()
    {
        await rig.StopIdentityAsync();
        var address = await rig.StartAnotherAsync("Production");
        Assert.Equal(HttpStatusCode.NotFound, (await rig.Http.GetAsync(new Uri(address + "/dev/sign-in/claire"), IdentityRig.Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await rig.Http.PostAsync(new Uri(address + "/dev/clients"), null, IdentityRig.Cancel)).StatusCode);
        var (_, body) = await rig.TokenAtAsync(address, ("grant_type", "authorization_code"), ("client_id", "web"), ("code", "x"), ("redirect_uri", "x"));
        Assert.Equal("client-unknown", body.GetProperty("code").GetString());
        (_, body) = await rig.TokenAtAsync(address, ("grant_type", "authorization_code"), ("client_id", "dev-sign-in"), ("code", "x"), ("redirect_uri", "x"));
        Assert.Equal("client-unknown", body.GetProperty("code").GetString());
    }

    [Fact]
    public async Task InDevelopment_AHostNameFromElsewhereFindsNothing()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, rig.Issuer + "/dev/sign-in/claire");
        request.Headers.Host = "attacker.example";
        Assert.Equal(HttpStatusCode.NotFound, (await rig.Http.SendAsync(request, IdentityRig.Cancel)).StatusCode);
    }

    [Theory]
    [InlineData("Production", "http://127.0.0.1:0")]
    [InlineData("Development", "http://0.0.0.0:0")]
    [InlineData("Development", "http://127.0.0.1:0;http://*:0")]
    public async Task Simulators_OutsideDevelopmentOnLoopback_DoNotStart(string environment, string urls)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.AddServiceDefaults("tests");
        builder.Configuration["urls"] = urls;
        builder.AddSanteSimulators();
        await using var app = builder.Build();
        Assert.Throws<InvalidOperationException>(app.RequireDevelopmentLoopback);
    }

    private async Task<HttpStatusCode> ReloadAsync() => (await rig.Http.PostAsync(new Uri(rig.Issuer + "/dev/clients"), null, IdentityRig.Cancel)).StatusCode;

    private async Task<string?> AskAsync(string clientId)
    {
        var known = rig.Sandbox.Clients.First(client => client.ClientId is "hospital" or "clinic");
        var assertion = Simulators.Story.ClientAssertion.Create(known with { ClientId = clientId }, rig.Issuer);
        var (_, body) = await rig.TokenAsync(
            ("grant_type", "client_credentials"), ("client_assertion_type", Simulators.Story.ClientAssertion.Type), ("client_assertion", assertion));
        return body.TryGetProperty("code", out var code) ? code.GetString() : null;
    }

    [GeneratedRegex("readonly>([^<]+)</textarea>")]
    private static partial Regex Shown();

    [GeneratedRegex("name=\"demande\" value=\"([^\"]+)\"")]
    private static partial Regex Handle();
}
