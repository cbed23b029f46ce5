using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Sante.Kernel;

namespace Sante.Identity.Federation;

/// <summary>An identity provider and how it wants to be spoken to.</summary>
/// <param name="Key">In our URLs, and the value of <c>idp_hint</c>.</param>
/// <param name="Name">Shown to people.</param>
/// <param name="Kind">The kind of actor that signs in there.</param>
/// <param name="Settings">Section of the configuration.</param>
/// <param name="Scope">Scopes asked of it.</param>
/// <param name="AcrValues">Level asked of it.</param>
/// <param name="AcceptedAcr">Levels accepted in its answer.</param>
/// <param name="Metadata">Path of its discovery document below the issuer.</param>
/// <param name="IsUserinfoSigned">Userinfo is a JWT.</param>
internal sealed record ProviderProfile(
    string Key, string Name, ActorKind Kind, string Settings, string Scope, string AcrValues, string[] AcceptedAcr, string Metadata, bool IsUserinfoSigned);

/// <summary>The two providers (facts: FranceConnect v2 and Pro Santé Connect).</summary>
internal static class IdentityProviders
{
    public static ProviderProfile FranceConnect { get; } = new(
        "franceconnect", "FranceConnect", ActorKind.Citizen, "FranceConnect", "openid identite_pivot", "eidas1", ["eidas1", "eidas2", "eidas3"],
        "/.well-known/openid-configuration", IsUserinfoSigned: true);

    public static ProviderProfile ProSanteConnect { get; } = new(
        "pro-sante-connect", "Pro Santé Connect", ActorKind.Professional, "ProSanteConnect", "openid scope_all", "eidas1", ["eidas1"],
        "/.well-known/wallet-openid-configuration", IsUserinfoSigned: false);

    public static ProviderProfile[] All { get; } = [FranceConnect, ProSanteConnect];
}

/// <summary>What a provider asserted about a person. Personal: never logged, never stored in clear.</summary>
internal sealed record ProviderAnswer(string Subject, string Acr, JsonElement Claims);

/// <summary>The relying party's side of OpenID Connect with one provider: code flow, state, nonce, signed id_token, userinfo.</summary>
internal sealed class IdentityProvider(ProviderProfile profile, string issuer, IdentitySettings settings, HttpClient http, TimeProvider time)
{
    // Without a configured secret (development) each process has its own; the simulators know no registry of partners.
    private readonly string clientSecret = settings.ClientAt(profile.Settings).Secret ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
    private readonly string clientId = settings.ClientAt(profile.Settings).ClientId;
    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false };
    private readonly OpenIdConnectConfigurationRetriever documents = new();
    private readonly HttpDocumentRetriever transport = new(http) { RequireHttps = issuer.StartsWith("https:", StringComparison.Ordinal) };
    private ConfigurationManager<OpenIdConnectConfiguration>? manager;

    // Made once; two made at the same moment do no harm.
    private ConfigurationManager<OpenIdConnectConfiguration> Metadata => manager ??= new(issuer + profile.Metadata, documents, transport);

    public ProviderProfile Profile => profile;

    private string RedirectUri => $"{settings.Issuer}/federation/{profile.Key}/callback";

    /// <summary>A nonce as FranceConnect wants it: 32 random bytes, 64 hexadecimal characters.</summary>
    public static string NewNonce() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>Where to send the browser. Refusal: <c>provider-unavailable</c>.</summary>
    public async Task<Outcome<string>> AuthorizeUrlAsync(string state, string nonce, string? loginHint, CancellationToken cancel)
    {
        if (await MetadataAsync(cancel) is not { } document)
        {
            return SignInRefusals.ProviderUnavailable;
        }
        var parameters = new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = clientId,
            ["redirect_uri"] = RedirectUri,
            ["scope"] = profile.Scope,
            ["acr_values"] = profile.AcrValues,
            ["state"] = state,
            ["nonce"] = nonce,
            ["login_hint"] = loginHint,
        };
        return QueryHelpers.AddQueryString(document.AuthorizationEndpoint, parameters.Where(pair => pair.Value is not null));
    }

    /// <summary>Turns the code into what the provider asserts. Refusals: <c>provider-unavailable</c>, <c>provider-answer-invalid</c>.</summary>
    public async Task<Outcome<ProviderAnswer>> AnswerAsync(string code, string nonce, CancellationToken cancel)
    {
        if (await MetadataAsync(cancel) is not { } document)
        {
            return SignInRefusals.ProviderUnavailable;
        }
        try
        {
            if (await ExchangeAsync(document, code, cancel) is not var (idToken, accessToken)
                || await CheckAsync(document, idToken, cancel) is not { } identity
                || !identity.TryGetPayloadValue<string>("nonce", out var sent) || sent != nonce
                || !identity.TryGetPayloadValue<string>("acr", out var acr) || !profile.AcceptedAcr.Contains(acr)
                || await UserinfoAsync(document, accessToken, identity.Subject, cancel) is not { } claims)
            {
                return SignInRefusals.ProviderAnswer;
            }
            return new ProviderAnswer(identity.Subject, acr, claims);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            return SignInRefusals.ProviderUnavailable;
        }
        catch (JsonException)
        {
            return SignInRefusals.ProviderAnswer;
        }
    }

    private async Task<OpenIdConnectConfiguration?> MetadataAsync(CancellationToken cancel)
    {
        try
        {
            return await Metadata.GetConfigurationAsync(cancel);
        }
        catch (InvalidOperationException)
        {
            // What ConfigurationManager throws when the document cannot be read.
            return null;
        }
    }

    private async Task<(string IdToken, string AccessToken)?> ExchangeAsync(OpenIdConnectConfiguration document, string code, CancellationToken cancel)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = RedirectUri,
            ["client_id"] = clientId,
            ["client_secret"] = clientSecret,
        });
        using var answer = await http.PostAsync(new Uri(document.TokenEndpoint), form, cancel);
        if (!answer.IsSuccessStatusCode)
        {
            return null;
        }
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancel));
        return Text(json.RootElement, "id_token") is { } idToken && Text(json.RootElement, "access_token") is { } accessToken ? (idToken, accessToken) : null;
    }

    private async Task<JsonElement?> UserinfoAsync(OpenIdConnectConfiguration document, string accessToken, string subject, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, document.UserInfoEndpoint);
        request.Headers.Authorization = new("Bearer", accessToken);
        using var answer = await http.SendAsync(request, cancel);
        if (!answer.IsSuccessStatusCode)
        {
            return null;
        }
        var text = await answer.Content.ReadAsStringAsync(cancel);
        if (profile.IsUserinfoSigned)
        {
            if (await CheckAsync(document, text, cancel) is not { } token)
            {
                return null;
            }
            text = Base64UrlEncoder.Decode(token.EncodedPayload);
        }
        using var json = JsonDocument.Parse(text);
        // OpenID Connect Core §5.3.2: another subject is an attack.
        return Text(json.RootElement, "sub") == subject ? json.RootElement.Clone() : null;
    }

    private async Task<JsonWebToken?> CheckAsync(OpenIdConnectConfiguration document, string token, CancellationToken cancel)
    {
        var result = await ValidateAsync(document, token);
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            // The provider turned its keys since the document was read.
            Metadata.RequestRefresh();
            IConfigurationRetriever<OpenIdConnectConfiguration> retriever = documents;
            result = await ValidateAsync(await retriever.GetConfigurationAsync(issuer + profile.Metadata, transport, cancel), token);
        }
        return result.IsValid ? (JsonWebToken)result.SecurityToken : null;
    }

    private Task<TokenValidationResult> ValidateAsync(OpenIdConnectConfiguration document, string token) => handler.ValidateTokenAsync(token, new TokenValidationParameters
    {
        ValidIssuer = issuer,
        ValidAudience = clientId,
        ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSsaPssSha256],
        IssuerSigningKeys = document.SigningKeys,
        // Userinfo need not end (OpenID Connect Core §5.3.2); the id_token before it did.
        LifetimeValidator = (_, until, _, _) => until is null || until > time.GetUtcNow().UtcDateTime.AddSeconds(-5),
        RequireExpirationTime = false,
    });

    private static string? Text(JsonElement holder, string member) =>
        holder.ValueKind == JsonValueKind.Object && holder.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
