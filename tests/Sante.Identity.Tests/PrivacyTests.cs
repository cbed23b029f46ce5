using System.Text;
using Npgsql;
using Sante.Simulators.Story;

namespace Sante.Identity.Tests;

/// <summary>What a sign-in leaves behind: nothing of the person in logs, nothing in clear in the database.</summary>
public sealed class PrivacyTests(IdentityRig rig) : IClassFixture<IdentityRig>
{
    private static readonly string[] Personal =
    [
        TestSandbox.SentinelName, "Marie-Hélène", "1990-05-17", TestSandbox.ClairePatientId, "10100000017", "810100000017", "HOPITAL D'ESSAI", "DOUBLON",
        "état du client",
    ];

    [Fact]
    public async Task SignIns_LeaveNoPersonalDataAndNoSecretInLogsOrDatabase()
    {
        var secrets = await UseEverythingAsync();
        var logs = string.Join('\n', rig.Logs);
        Assert.Contains("/connect/token 200", logs, StringComparison.Ordinal);
        Assert.Contains("citizen-match-several", logs, StringComparison.Ordinal);
        Assert.Contains("client-assertion-invalid", logs, StringComparison.Ordinal);
        var rows = await DumpAsync();
        Assert.Contains("franceconnect", rows, StringComparison.Ordinal);
        foreach (var word in Personal.Concat(secrets))
        {
            Assert.DoesNotContain(word, logs, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(word, rows, StringComparison.OrdinalIgnoreCase);
            // bytea is dumped as hexadecimal.
            Assert.DoesNotContain(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(word)), rows, StringComparison.Ordinal);
        }
    }

    private async Task<string[]> UseEverythingAsync()
    {
        var signIn = new SignIn(new Uri(rig.Issuer), rig.Sandbox.Client("web"));
        var citizen = await signIn.EnterAsync(rig.Sandbox.Persona("claire"), cancel: IdentityRig.Cancel);
        var professional = await signIn.EnterAsync(rig.Sandbox.Persona("paul"), 1, IdentityRig.Cancel);
        using var browser = new Browser();
        // One waits at the page of situations, one is matched by several, one holds a code that nobody redeems.
        await browser.ReadPageAsync(Browser.AuthorizeUrl(rig, "paul"));
        await browser.ReadPageAsync(Browser.AuthorizeUrl(rig, "twice"));
        var code = await browser.CodeAsync(rig, "claire");
        var assertion = ClientAssertion.Create(rig.Sandbox.Client("hospital"), "https://elsewhere.example");
        await rig.TokenAsync(("grant_type", "client_credentials"), ("client_assertion_type", ClientAssertion.Type), ("client_assertion", assertion + "x"));
        return [citizen.AccessToken, citizen.IdToken!, professional.AccessToken, code, assertion];
    }

    private async Task<string> DumpAsync()
    {
        var text = new StringBuilder();
        await using var source = NpgsqlDataSource.Create(rig.Database.Identity);
        foreach (var table in (string[])["signing_keys", "clients", "sign_ins", "accounts", "sessions", "authorization_codes", "issued_tokens", "used_assertions"])
        {
            await using var command = source.CreateCommand($"SELECT r::text FROM {table} r");
            await using var reader = await command.ExecuteReaderAsync(IdentityRig.Cancel);
            while (await reader.ReadAsync(IdentityRig.Cancel))
            {
                text.Append(table).Append(' ').AppendLine(reader.GetString(0));
            }
        }
        return text.ToString();
    }
}
