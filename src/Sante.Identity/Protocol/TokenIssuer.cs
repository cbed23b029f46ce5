using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Sante.Identity.Keys;
using Sante.Identity.Sessions;
using Sante.Kernel;

namespace Sante.Identity.Protocol;

/// <summary>An access token just made. <paramref name="TokenId"/> is its <c>jti</c>.</summary>
internal sealed record AccessToken(string Value, string TokenId, DateTimeOffset ExpiresAt);

/// <summary>Makes access tokens (RFC 9068, type <c>at+jwt</c>) and id tokens, ES256, five minutes.</summary>
internal sealed class TokenIssuer(SigningKeys keys, IdentitySettings settings, TimeProvider time)
{
    public const int LifeSeconds = 300;
    public const string Audience = "urn:sante:api";
    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };

    public Task<AccessToken> AccessForPersonAsync(Session session, string clientId, ScopeSet scope, CancellationToken cancel) =>
        AccessAsync(session.AccountId.ToString("N"), clientId, scope, session.Actor, session.SessionId, cancel);

    public Task<AccessToken> AccessForClientAsync(string clientId, ScopeSet scope, ActorClaim actor, CancellationToken cancel) =>
        AccessAsync(clientId, clientId, scope, actor, sessionId: null, cancel);

    /// <summary>OpenID Connect Core §2. <c>name</c> only with the scope <c>profile</c>.</summary>
    public async Task<string> IdTokenAsync(Session session, string clientId, ScopeSet scope, string? nonce, CancellationToken cancel)
    {
        var claims = Claims(clientId, session.AccountId.ToString("N"), out _);
        claims["auth_time"] = session.AuthenticatedAt.ToUnixTimeSeconds();
        claims["acr"] = session.Acr;
        claims["sid"] = session.SessionId.ToString("N");
        if (nonce is not null)
        {
            claims["nonce"] = nonce;
        }
        if (scope.Contains(ScopeSet.Profile))
        {
            claims["name"] = session.Actor.Actor.Name;
        }
        return await SignAsync(claims, "JWT", cancel);
    }

    private async Task<AccessToken> AccessAsync(
        string subject, string clientId, ScopeSet scope, ActorClaim actor, Guid? sessionId, CancellationToken cancel)
    {
        var claims = Claims(Audience, subject, out var endsAt);
        var tokenId = Secret.New();
        claims["jti"] = tokenId;
        claims["client_id"] = clientId;
        claims["scope"] = scope.ToString();
        if (sessionId is { } session)
        {
            claims["sid"] = session.ToString("N");
        }
        using var document = JsonDocument.Parse(actor.ToUtf8Json());
        claims[ActorClaim.Name] = document.RootElement;
        return new AccessToken(await SignAsync(claims, "at+jwt", cancel), tokenId, endsAt);
    }

    private Dictionary<string, object> Claims(string audience, string subject, out DateTimeOffset endsAt)
    {
        var now = time.GetUtcNow();
        endsAt = now.AddSeconds(LifeSeconds);
        return new Dictionary<string, object>
        {
            ["iss"] = settings.Issuer,
            ["aud"] = audience,
            ["sub"] = subject,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = endsAt.ToUnixTimeSeconds(),
        };
    }

    private async Task<string> SignAsync(Dictionary<string, object> claims, string type, CancellationToken cancel) => handler.CreateToken(new SecurityTokenDescriptor
    {
        Claims = claims,
        TokenType = type,
        SigningCredentials = (await keys.GetAsync(cancel)).Credentials,
    });
}
