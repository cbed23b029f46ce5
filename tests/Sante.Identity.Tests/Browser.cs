using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Sante.Identity.Protocol;

namespace Sante.Identity.Tests;

/// <summary>What a browser holds: cookies, and where the next redirect leads. Stops before leaving for an address that nobody serves.</summary>
internal sealed class Browser : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });

    public static string Verifier { get; } = new('v', 43);

    /// <summary>One request; redirects are not followed.</summary>
    public Task<HttpResponseMessage> GetAsync(string url) => http.GetAsync(new Uri(url), IdentityRig.Cancel);

    public Task<HttpResponseMessage> PostAsync(string url, params (string Name, string Value)[] fields) =>
        http.PostAsync(new Uri(url), new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))), IdentityRig.Cancel);

    /// <summary>Follows redirects until one leads to an address that begins so (given back), or a page comes (exception with its text).</summary>
    public async Task<string> FollowAsync(string url, string until)
    {
        for (var step = 0; step < 15; step++)
        {
            using var answer = await GetAsync(url);
            if (answer.Headers.Location is not { } location)
            {
                throw new InvalidOperationException($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(IdentityRig.Cancel)}");
            }
            url = new Uri(new Uri(url), location).AbsoluteUri;
            if (url.StartsWith(until, StringComparison.Ordinal))
            {
                return url;
            }
        }
        throw new InvalidOperationException("The redirects do not end.");
    }

    /// <summary>Follows redirects until a page comes.</summary>
    public async Task<(HttpStatusCode Status, string Page)> ReadPageAsync(string url)
    {
        for (var step = 0; step < 15; step++)
        {
            using var answer = await GetAsync(url);
            if (answer.Headers.Location is not { } location)
            {
                return (answer.StatusCode, await answer.Content.ReadAsStringAsync(IdentityRig.Cancel));
            }
            url = new Uri(new Uri(url), location).AbsoluteUri;
        }
        throw new InvalidOperationException("The redirects do not end.");
    }

    public static string AuthorizeUrl(IdentityRig rig, string persona, Action<Dictionary<string, string?>>? change = null)
    {
        var isProfessional = rig.Sandbox.Persona(persona).IsProfessional;
        var parameters = new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = "web",
            ["redirect_uri"] = TestSandbox.WebRedirect,
            ["scope"] = isProfessional ? "openid profile user/*.cruds" : "openid profile patient/*.rs space/*",
            ["state"] = "état du client",
            ["nonce"] = "nonce-du-client",
            ["code_challenge"] = Pkce.ChallengeOf(Verifier),
            ["code_challenge_method"] = "S256",
            ["login_hint"] = persona,
            ["idp_hint"] = isProfessional ? "pro-sante-connect" : "franceconnect",
        };
        change?.Invoke(parameters);
        return QueryHelpers.AddQueryString(rig.Issuer + "/connect/authorize", parameters.Where(parameter => parameter.Value is not null));
    }

    /// <summary>The whole way for a persona with one actor; gives the code.</summary>
    public async Task<string> CodeAsync(IdentityRig rig, string persona, Action<Dictionary<string, string?>>? change = null) =>
        Query(await FollowAsync(AuthorizeUrl(rig, persona, change), TestSandbox.WebRedirect))["code"];

    public static Dictionary<string, string> Query(string url) =>
        QueryHelpers.ParseQuery(new Uri(url).Query).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());

    public void Dispose() => http.Dispose();
}

/// <summary>The token endpoint from a client's side.</summary>
internal static class TokenCalls
{
    public static async Task<(HttpStatusCode Status, JsonElement Body)> TokenAsync(this IdentityRig rig, params (string Name, string Value)[] fields) =>
        await rig.TokenAtAsync(rig.Issuer, fields);

    public static async Task<(HttpStatusCode Status, JsonElement Body)> TokenAtAsync(this IdentityRig rig, string address, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var answer = await rig.Http.PostAsync(new Uri(address + "/connect/token"), form, IdentityRig.Cancel);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync(IdentityRig.Cancel)).RootElement);
    }

    public static Task<(HttpStatusCode Status, JsonElement Body)> RedeemAsync(
        this IdentityRig rig, string code, string? verifier = null, string client = "web", string redirectUri = TestSandbox.WebRedirect) => rig.TokenAsync(
            ("grant_type", "authorization_code"), ("code", code), ("client_id", client), ("redirect_uri", redirectUri), ("code_verifier", verifier ?? Browser.Verifier));

    public static void AssertRefused((HttpStatusCode Status, JsonElement Body) answer, string error, string code)
    {
        Assert.Equal(code, answer.Body.GetProperty("code").GetString());
        Assert.Equal(error, answer.Body.GetProperty("error").GetString());
        Assert.Equal(error == "invalid_client" ? HttpStatusCode.Unauthorized : HttpStatusCode.BadRequest, answer.Status);
        Assert.False(answer.Body.TryGetProperty("access_token", out _));
    }
}
