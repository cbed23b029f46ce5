using System.Net;
using System.Text.Json;

namespace Sante.Simulators.Story;

/// <summary>A backend system (hospital, laboratory, editor, booking platform) that takes access tokens by client credentials; told 503 with Retry-After it comes back. Thread-safe.</summary>
/// <param name="identity">Address of the authorization server.</param>
/// <param name="client">A demo client with a private key.</param>
/// <param name="http">Any client; no base address needed.</param>
public sealed class BackendClient(Uri identity, SandboxClient client, HttpClient http) : IDisposable
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly SemaphoreSlim gate = new(1, 1);
    private (string Token, DateTimeOffset EndsAt)? held;

    /// <summary>A token with at least 30 s of life, a new one when the held one is older.</summary>
    /// <exception cref="InvalidOperationException">The authorization server refused; the message has its stable code.</exception>
    public async Task<string> TokenAsync(CancellationToken cancel = default)
    {
        await gate.WaitAsync(cancel);
        try
        {
            if (held is not { } known || known.EndsAt - Margin <= TimeProvider.System.GetUtcNow())
            {
                held = await AskAsync(cancel);
            }
            return held.Value.Token;
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private async Task<(string Token, DateTimeOffset EndsAt)> AskAsync(CancellationToken cancel)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using var answer = await SendAsync(cancel);
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable && answer.Headers.RetryAfter?.Delta is { } wait && TimeProvider.System.GetElapsedTime(since) < Patience)
            {
                await Task.Delay(wait, cancel);
                continue;
            }

            using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancel));
            if (!answer.IsSuccessStatusCode)
            {
                throw new InvalidOperationException($"Token refused to {client.ClientId}: {json.RootElement.GetProperty("code").GetString()}.");
            }

            return (json.RootElement.GetProperty("access_token").GetString()!,
                TimeProvider.System.GetUtcNow().AddSeconds(json.RootElement.GetProperty("expires_in").GetInt32()));
        }
    }

    private async Task<HttpResponseMessage> SendAsync(CancellationToken cancel)
    {
        var endpoint = new Uri(identity, "/connect/token");
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_assertion_type"] = ClientAssertion.Type,
            ["client_assertion"] = ClientAssertion.Create(client, endpoint.AbsoluteUri),
        });
        return await http.PostAsync(endpoint, form, cancel);
    }
}
