using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Sante.Identity.Keys;
using Sante.Identity.Sessions;

namespace Sante.Identity.Protocol;

/// <summary><c>GET|POST /connect/userinfo</c> (OpenID Connect Core §5.3): <c>sub</c>, and <c>name</c> with the scope <c>profile</c>. Looks at revocation each time.</summary>
internal sealed class UserinfoEndpoint(SigningKeys keys, AuthorizationCodes codes, SessionStore sessions, IdentitySettings settings, TimeProvider time)
{
    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = RequestParameters.LongestCharacters };

    public async Task<IResult> HandleAsync(HttpContext context)
    {
        var cancel = context.RequestAborted;
        if (context.Request.Headers.Authorization is not [{ } header] || !header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            || await CheckAsync(header["Bearer ".Length..].Trim(), cancel) is not { } token
            || !token.TryGetPayloadValue<string>("sid", out var sid) || !Guid.TryParseExact(sid, "N", out var sessionId)
            || !await codes.IsLiveAsync(token.Id, cancel)
            || await sessions.FindAsync(sessionId, cancel) is not { } session)
        {
            return OAuthErrors.TokenInvalid.ToResult(context);
        }
        var scope = ScopeSet.Parse(token.TryGetPayloadValue<string>("scope", out var words) ? words : "");
        if (!scope.Contains(ScopeSet.OpenId))
        {
            return OAuthErrors.TokenScope.ToResult(context);
        }
        OAuthErrors.NoStore(context.Response);
        var claims = new Dictionary<string, string> { ["sub"] = token.Subject };
        if (scope.Contains(ScopeSet.Profile))
        {
            claims["name"] = session.Actor.Actor.Name;
        }
        return Results.Json(claims);
    }

    private async Task<JsonWebToken?> CheckAsync(string token, CancellationToken cancel)
    {
        var result = await handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = settings.Issuer,
            ValidAudience = TokenIssuer.Audience,
            ValidTypes = ["at+jwt"],
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            IssuerSigningKeys = (await keys.GetAsync(cancel)).Published,
            LifetimeValidator = (_, until, _, _) => until > time.GetUtcNow().UtcDateTime,
        });
        return result.IsValid ? (JsonWebToken)result.SecurityToken : null;
    }
}
