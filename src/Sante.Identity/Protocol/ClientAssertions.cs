using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Npgsql;
using Sante.Identity.Clients;
using Sante.Identity.Keys;

namespace Sante.Identity.Protocol;

/// <summary>
/// Client authentication by <c>private_key_jwt</c> (RFC 7523 §3; SMART Backend Services): RS384, ES384, ES256 or PS256; issuer and subject
/// are the client; audience is the token endpoint or the issuer; at most 5 minutes; each <c>jti</c> once, over all instances.
/// </summary>
internal sealed class ClientAssertions(ClientStore clients, NpgsqlDataSource database, IdentitySettings settings, TimeProvider time)
{
    public const string Type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    public static readonly string[] Algorithms =
        [SecurityAlgorithms.RsaSha384, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.RsaSsaPssSha256];

    private const int LongestJtiCharacters = 256;
    private static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(5);
    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = RequestParameters.LongestCharacters };

    /// <summary>The client that this request authenticates: by assertion, or by name alone for a client without keys.</summary>
    public async ValueTask<(Client? Client, OAuthError? Error)> AuthenticateAsync(HttpRequest request, RequestParameters asked, CancellationToken cancel)
    {
        if (request.Headers.Authorization.Count > 0 || asked["client_secret"] is not null)
        {
            return (null, OAuthErrors.ClientMethod);
        }
        if (asked["client_assertion"] is { } assertion)
        {
            return asked["client_assertion_type"] == Type ? await CheckAsync(assertion, asked["client_id"], cancel) : (null, OAuthErrors.ClientMethod);
        }
        if (asked["client_id"] is not { } clientId || await clients.FindAsync(clientId, cancel) is not { } client)
        {
            return (null, OAuthErrors.ClientUnknown);
        }
        return client.IsConfidential ? (null, OAuthErrors.ClientUnauthenticated) : (client, null);
    }

    private async ValueTask<(Client? Client, OAuthError? Error)> CheckAsync(string assertion, string? clientId, CancellationToken cancel)
    {
        if (!handler.CanReadToken(assertion) || Read(assertion) is not { } token || clientId is not null && clientId != token.Issuer)
        {
            return (null, OAuthErrors.AssertionInvalid);
        }
        // An unknown client and a bad signature answer alike.
        var client = await clients.FindAsync(token.Issuer, cancel);
        var keys = client?.PublicKeys.For(token.Alg, token.Kid) ?? [];
        if (client is null || keys.Count == 0 || !await IsSignedAsync(assertion, keys)
            || token.Subject != token.Issuer || !token.TryGetValue<string>("jti", out var jti) || jti.Length is 0 or > LongestJtiCharacters)
        {
            return (null, OAuthErrors.AssertionInvalid);
        }
        if (!token.Audiences.Any(audience => audience == settings.Issuer || audience == settings.Issuer + "/connect/token"))
        {
            return (null, OAuthErrors.AssertionAudience);
        }
        if (!IsNow(token))
        {
            return (null, OAuthErrors.AssertionLifetime);
        }
        var isNew = await database.ExecuteAsync(
            "INSERT INTO used_assertions (client_id, token_hash, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            cancel, client.ClientId, Secret.HashOf(jti), new DateTimeOffset(token.ValidTo) + Skew) == 1;
        return isNew ? (client, null) : (null, OAuthErrors.AssertionReplayed);
    }

    private static JsonWebToken? Read(string assertion)
    {
        try
        {
            var token = new JsonWebToken(assertion);
            return token.Issuer.Length > 0 && Algorithms.Contains(token.Alg) ? token : null;
        }
        catch (Exception malformed) when (malformed is ArgumentException or SecurityTokenException)
        {
            return null;
        }
    }

    // Audience and lifetime are checked by us, for their own error codes.
    private async Task<bool> IsSignedAsync(string assertion, IReadOnlyList<SecurityKey> keys) => (await handler.ValidateTokenAsync(assertion, new TokenValidationParameters
    {
        IssuerSigningKeys = keys,
        ValidAlgorithms = Algorithms,
        TryAllIssuerSigningKeys = true,
        ValidateIssuer = false,
        ValidateAudience = false,
        ValidateLifetime = false,
    })).IsValid;

    private bool IsNow(JsonWebToken token)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return token.TryGetPayloadValue<long>("exp", out _)
            && token.ValidTo > now - Skew && token.ValidTo <= now + LongestLife + Skew
            && token.ValidFrom <= now + Skew && token.IssuedAt <= now + Skew;
    }
}
