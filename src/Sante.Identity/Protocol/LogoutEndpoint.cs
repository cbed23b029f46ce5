using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Sante.Identity.Clients;
using Sante.Identity.Keys;
using Sante.Identity.Pages;
using Sante.Identity.Sessions;

namespace Sante.Identity.Protocol;

/// <summary>
/// <c>GET|POST /connect/logout</c> (OpenID Connect RP-Initiated Logout 1.0). With an id_token of the browser's own session the session ends at
/// once; otherwise the person is asked. The browser goes back only to a registered redirect URI of the client of the id_token.
/// </summary>
internal sealed class LogoutEndpoint(SigningKeys keys, SessionStore sessions, ClientStore clients, BrowserCookies cookies, IdentitySettings settings)
{
    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = RequestParameters.LongestCharacters };

    public async Task<IResult> HandleAsync(HttpContext context)
    {
        var cancel = context.RequestAborted;
        var isPost = HttpMethods.IsPost(context.Request.Method);
        var asked = isPost ? await RequestParameters.FromFormAsync(context.Request, cancel) : new RequestParameters(context.Request.Query);
        var session = cookies.Session(context) is { } cookie ? await sessions.FindByCookieAsync(cookie, cancel) : null;
        var hint = asked?["id_token_hint"] is { } token ? await ReadHintAsync(token, cancel) : null;
        // SameSite=Lax keeps the cookie from another site's POST, so a POST with a session is the person's own form.
        var isOwnForm = isPost && asked?["confirmation"] == "oui";
        if (session is not null)
        {
            if (!isOwnForm && hint?.SessionId != session.SessionId)
            {
                return SignInPages.ConfirmLogout();
            }
            await sessions.EndAsync(session.SessionId, cancel);
            cookies.DropSession(context);
        }
        return await GoBackAsync(asked, hint, cancel);
    }

    private async Task<IResult> GoBackAsync(RequestParameters? asked, Hint? hint, CancellationToken cancel)
    {
        var client = hint is null ? null : await clients.FindAsync(hint.ClientId, cancel);
        if (asked?["post_logout_redirect_uri"] is { } target && client?.RedirectUris.Contains(target, StringComparer.Ordinal) == true)
        {
            return new RedirectResult(asked["state"] is { } state ? QueryHelpers.AddQueryString(target, "state", state) : target);
        }
        return SignInPages.LoggedOut();
    }

    // An expired hint is still a hint (§4); a forged one is none.
    private async Task<Hint?> ReadHintAsync(string token, CancellationToken cancel)
    {
        var result = await handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = settings.Issuer,
            ValidateAudience = false,
            ValidateLifetime = false,
            ValidTypes = ["JWT"],
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            IssuerSigningKeys = (await keys.GetAsync(cancel)).Published,
        });
        return result is { IsValid: true, SecurityToken: JsonWebToken { } read } && read.TryGetPayloadValue<string>("sid", out var sid)
            && Guid.TryParseExact(sid, "N", out var sessionId) && read.Audiences.FirstOrDefault() is { } clientId
            ? new Hint(sessionId, clientId) : null;
    }

    private sealed record Hint(Guid SessionId, string ClientId);
}
