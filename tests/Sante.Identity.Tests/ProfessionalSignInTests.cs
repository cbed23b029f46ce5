using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.IdentityModel.JsonWebTokens;
using Sante.Simulators.Story;

namespace Sante.Identity.Tests;

public sealed partial class ProfessionalSignInTests(IdentityRig rig) : IClassFixture<IdentityRig>
{
    [Fact]
    public async Task SignIn_WithOneSituation_AsksNothing()
    {
        var actor = await ActorAsync("anne", null);
        Assert.Equal("professional", actor.GetProperty("kind").GetString());
        Assert.Equal(("https://rpps.esante.gouv.fr", "10100000017"), (Text(actor, "system"), Text(actor, "value")));
        Assert.Equal($"Dr Anne {TestSandbox.SentinelName}", Text(actor, "name"));
        Assert.Equal(("https://finess.esante.gouv.fr", "750000001"), (Text(actor.GetProperty("structure"), "system"), Text(actor.GetProperty("structure"), "value")));
        var situation = actor.GetProperty("situation");
        Assert.Equal(("10", "SM26", true), (Text(situation, "profession"), Text(situation, "specialty"), situation.GetProperty("medicalRegulation").GetBoolean()));
    }

    [Theory]
    [InlineData(0, "10", "https://finess.esante.gouv.fr", "750000001")]
    [InlineData(1, "10", "urn:sante:rpps-structure", "R81311")]
    [InlineData(2, "60", null, null)]
    public async Task SignIn_WithSeveralSituations_ActsInTheChosenOne(int index, string profession, string? system, string? value)
    {
        var actor = await ActorAsync("paul", index);
        Assert.Equal(profession, Text(actor.GetProperty("situation"), "profession"));
        Assert.False(actor.GetProperty("situation").GetProperty("medicalRegulation").GetBoolean());
        var structure = actor.TryGetProperty("structure", out var found) ? (Text(found, "system"), Text(found, "value")) : default;
        Assert.Equal((system, value), structure);
    }

    [Fact]
    public async Task SituationPage_ListsEachOnceEncodedAndBoundToItsBrowser()
    {
        using var browser = new Browser();
        var (status, page) = await browser.ReadPageAsync(Browser.AuthorizeUrl(rig, "paul"));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(3, Buttons().Count(page));
        Assert.Contains("CABINET &lt;B&gt;PAUL&lt;/B&gt;", page, StringComparison.Ordinal);
        Assert.Contains("Infirmier – sans structure déclarée", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        var handle = Handle().Match(page).Groups[1].Value;
        using var thief = new Browser();
        await AssertRefusedAsync(await thief.PostAsync(rig.Issuer + "/federation/situation", ("demande", handle), ("situation", "0")), "sign-in-unknown");
        using var chosen = await browser.PostAsync(rig.Issuer + "/federation/situation", ("demande", handle), ("situation", "1"));
        Assert.StartsWith(TestSandbox.WebRedirect, chosen.Headers.Location!.OriginalString, StringComparison.Ordinal);
        await AssertRefusedAsync(await browser.PostAsync(rig.Issuer + "/federation/situation", ("demande", handle), ("situation", "1")), "sign-in-unknown");
    }

    [Theory]
    [InlineData("3")]
    [InlineData("-1")]
    [InlineData("x")]
    public async Task Choice_OutsideTheList_IsRefused(string situation)
    {
        using var browser = new Browser();
        var (_, page) = await browser.ReadPageAsync(Browser.AuthorizeUrl(rig, "paul"));
        await AssertRefusedAsync(
            await browser.PostAsync(rig.Issuer + "/federation/situation", ("demande", Handle().Match(page).Groups[1].Value), ("situation", situation)), "situation-unknown");
    }

    [Theory]
    [InlineData("no-rpps", "professional-without-rpps")]
    [InlineData("no-situation", "professional-without-situation")]
    public async Task SignIn_WithoutRppsOrSituation_EndsOnAPage(string persona, string code)
    {
        using var browser = new Browser();
        var (status, page) = await browser.ReadPageAsync(Browser.AuthorizeUrl(rig, persona));
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains(code, page, StringComparison.Ordinal);
    }

    private async Task<JsonElement> ActorAsync(string persona, int? situation)
    {
        var token = await new SignIn(new Uri(rig.Issuer), rig.Sandbox.Client("web")).SignInAsync(rig.Sandbox.Persona(persona), situation, IdentityRig.Cancel);
        Assert.Equal("openid profile user/*.cruds", new JsonWebToken(token).GetPayloadValue<string>("scope"));
        return new JsonWebToken(token).GetPayloadValue<JsonElement>("actor");
    }

    private static string? Text(JsonElement holder, string member) => holder.GetProperty(member).GetString();

    private static async Task AssertRefusedAsync(HttpResponseMessage answer, string code)
    {
        using (answer)
        {
            Assert.Null(answer.Headers.Location);
            Assert.Contains($"<span class=\"code\">{code}</span>", await answer.Content.ReadAsStringAsync(IdentityRig.Cancel), StringComparison.Ordinal);
        }
    }

    [GeneratedRegex("<button name=\"situation\"")]
    private static partial Regex Buttons();

    [GeneratedRegex("name=\"demande\" value=\"([^\"]+)\"")]
    private static partial Regex Handle();
}
