using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Sante.Simulators.Story;

/// <summary>What a person's sign-in gives to the application.</summary>
public sealed record SignedIn(string AccessToken, string? IdToken, string Scope);

/// <summary>
/// A person's browser and application in one: authorization code with PKCE through the redirects, the provider's persona and, when there are
/// several, the page of situations. Each sign-in is a browser of its own.
/// </summary>
/// <param name="identity">Address of the authorization server.</param>
/// <param name="client">A demo client with a redirect URI (kind web or native).</param>
public sealed partial class SignIn(Uri identity, SandboxClient client)
{
    private const int MostSteps = 15;

    /// <summary>The access token of this persona.</summary>
    /// <param name="situationIndex">Which situation, in the order of the page; needed when there are several.</param>
    /// <exception cref="InvalidOperationException">The sign-in was refused; the message has the stable code.</exception>
    public async Task<string> SignInAsync(SandboxPersona persona, int? situationIndex = null, CancellationToken cancel = default) =>
        (await EnterAsync(persona, situationIndex, cancel)).AccessToken;

    /// <summary>As <see cref="SignInAsync"/>, with the id_token.</summary>
    public async Task<SignedIn> EnterAsync(SandboxPersona persona, int? situationIndex = null, CancellationToken cancel = default)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });
        var (verifier, state, nonce) = (NewSecret(), NewSecret(), NewSecret());
        var answer = await WalkAsync(browser, AuthorizeUrl(persona, verifier, state, nonce), situationIndex, cancel);
        if (answer.GetValueOrDefault("state") != state || answer.GetValueOrDefault("iss") != identity.GetLeftPart(UriPartial.Authority))
        {
            throw new InvalidOperationException("The answer is not to this request.");
        }
        return await RedeemAsync(browser, answer.GetValueOrDefault("code") ?? throw Refused(answer.GetValueOrDefault("error_description")), verifier, nonce, cancel);
    }

    private Uri AuthorizeUrl(SandboxPersona persona, string verifier, string state, string nonce)
    {
        var unwanted = persona.IsProfessional ? (string[])["patient/", "space/", "system/"] : ["user/", "system/"];
        var scopes = client.Scopes.Split(' ').Where(scope => !unwanted.Any(prefix => scope.StartsWith(prefix, StringComparison.Ordinal)));
        return new Uri(QueryHelpers.AddQueryString(new Uri(identity, "/connect/authorize").AbsoluteUri, new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = client.ClientId,
            ["redirect_uri"] = client.RedirectUris[0],
            ["scope"] = string.Join(' ', scopes),
            ["state"] = state,
            ["nonce"] = nonce,
            ["code_challenge"] = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))),
            ["code_challenge_method"] = "S256",
            ["login_hint"] = persona.Id,
            ["idp_hint"] = persona.IsProfessional ? "pro-sante-connect" : "franceconnect",
        }));
    }

    // Follows redirects and the one form until the browser would leave for the application.
    private async Task<Dictionary<string, string>> WalkAsync(HttpClient browser, Uri start, int? situationIndex, CancellationToken cancel)
    {
        var (here, fields) = (start, default(Dictionary<string, string>));
        for (var step = 0; step < MostSteps; step++)
        {
            using var request = new HttpRequestMessage(fields is null ? HttpMethod.Get : HttpMethod.Post, here);
            request.Content = fields is null ? null : new FormUrlEncodedContent(fields);
            using var answer = await browser.SendAsync(request, cancel);
            if (answer.Headers.Location is not { } location)
            {
                (here, fields) = FillForm(await answer.Content.ReadAsStringAsync(cancel), here, answer.StatusCode, situationIndex);
                continue;
            }
            (here, fields) = (new Uri(here, location), null);
            if (here.AbsoluteUri.StartsWith(client.RedirectUris[0], StringComparison.Ordinal))
            {
                return QueryHelpers.ParseQuery(here.Query).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
            }
        }
        throw new InvalidOperationException("The sign-in does not end.");
    }

    private static (Uri Here, Dictionary<string, string> Fields) FillForm(string page, Uri here, HttpStatusCode status, int? situationIndex)
    {
        var form = Form().Match(page);
        if (status != HttpStatusCode.OK || !form.Success)
        {
            throw Refused(Code().Match(page) is { Success: true } code ? code.Groups[1].Value : ((int)status).ToString(CultureInfo.InvariantCulture));
        }
        if (situationIndex is not { } index)
        {
            throw new InvalidOperationException("This professional has several situations: say which.");
        }
        var fields = HiddenField().Matches(page).ToDictionary(field => field.Groups[1].Value, field => WebUtility.HtmlDecode(field.Groups[2].Value));
        fields["situation"] = index.ToString(CultureInfo.InvariantCulture);
        return (new Uri(here, WebUtility.HtmlDecode(form.Groups[1].Value)), fields);
    }

    private async Task<SignedIn> RedeemAsync(HttpClient browser, string code, string verifier, string nonce, CancellationToken cancel)
    {
        var endpoint = new Uri(identity, "/connect/token");
        var fields = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = client.RedirectUris[0],
            ["client_id"] = client.ClientId,
            ["code_verifier"] = verifier,
        };
        if (client.PrivateJwk is not null)
        {
            (fields["client_assertion_type"], fields["client_assertion"]) = (ClientAssertion.Type, ClientAssertion.Create(client, endpoint.AbsoluteUri));
        }
        using var form = new FormUrlEncodedContent(fields);
        using var answer = await browser.PostAsync(endpoint, form, cancel);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancel));
        if (!answer.IsSuccessStatusCode)
        {
            throw Refused(json.RootElement.GetProperty("code").GetString());
        }
        var idToken = json.RootElement.TryGetProperty("id_token", out var value) ? value.GetString() : null;
        if (idToken is not null && new JsonWebToken(idToken).GetPayloadValue<string>("nonce") != nonce)
        {
            throw new InvalidOperationException("The id_token is not for this request.");
        }
        return new SignedIn(json.RootElement.GetProperty("access_token").GetString()!, idToken, json.RootElement.GetProperty("scope").GetString()!);
    }

    private static InvalidOperationException Refused(string? code) => new($"Sign-in refused: {code ?? "without a code"}.");

    private static string NewSecret() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));

    [GeneratedRegex("<form method=\"post\" action=\"([^\"]+)\"")]
    private static partial Regex Form();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex HiddenField();

    [GeneratedRegex("<span class=\"code\">([^<]+)</span>")]
    private static partial Regex Code();
}
