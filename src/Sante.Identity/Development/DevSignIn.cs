using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Sante.Identity.Clients;
using Sante.Identity.Federation;
using Sante.Identity.Keys;
using Sante.Identity.Pages;
using Sante.Identity.Protocol;
using Sante.Identity.Sessions;
using Sante.Kernel;

namespace Sante.Identity.Development;

/// <summary>
/// Sign-in links of one line for developers: <c>GET /dev/sign-in/{persona}</c> goes through the whole code flow and ends on a page that says
/// who holds the token and gives one to copy. Exists in Development on loopback only (see <see cref="IdentityServer"/>).
/// </summary>
internal sealed class DevSignIn(
    SandboxClients sandbox, ClientStore clients, SessionStore sessions, BrowserCookies cookies, AuthorizationCodes codes, IdentitySettings settings)
{
    private const string VerifierCookie = "sante-dev-verifier";

    private string RedirectUri => settings.Issuer + "/dev/signed-in";

    public IResult Start(HttpContext context, string persona)
    {
        if (sandbox.FindPersona(persona) is not { } known)
        {
            return new Page("Persona inconnue", "<p>Ce nom n'est pas dans le fichier <code>sandbox.json</code>.</p>", StatusCodes.Status404NotFound);
        }
        var verifier = Secret.New();
        context.Response.Cookies.Append(VerifierCookie, verifier, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/dev" });
        var provider = known.IsProfessional ? IdentityProviders.ProSanteConnect : IdentityProviders.FranceConnect;
        return new RedirectResult(QueryHelpers.AddQueryString(settings.Issuer + "/connect/authorize", new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = SandboxClients.SignInClientId,
            ["redirect_uri"] = RedirectUri,
            ["scope"] = ScopeFor(provider.Kind),
            ["code_challenge"] = Pkce.ChallengeOf(verifier),
            ["code_challenge_method"] = "S256",
            ["prompt"] = "login",
            ["login_hint"] = known.Id,
            ["idp_hint"] = provider.Key,
        }));
    }

    public async Task<IResult> FinishAsync(HttpContext context, string? code, string? error)
    {
        var verifier = context.Request.Cookies[VerifierCookie];
        context.Response.Cookies.Delete(VerifierCookie, new CookieOptions { Path = "/dev" });
        var client = await clients.FindAsync(SandboxClients.SignInClientId, context.RequestAborted);
        if (client is null || code is null)
        {
            return new Page("Connexion impossible", $"<p>Code : <span class=\"code\">{Page.Text(error ?? "code-missing")}</span></p>", StatusCodes.Status400BadRequest);
        }
        var (grant, refused) = await codes.RedeemAsync(client, code, RedirectUri, verifier, context.RequestAborted);
        if (grant is null)
        {
            return new Page("Connexion impossible", $"<p>Code : <span class=\"code\">{refused!.Code}</span></p>", StatusCodes.Status400BadRequest);
        }
        return new Page("Connexion réussie", $"""
            {Describe(grant)}
            <form method="post" action="/dev/token">
            <button>Obtenir un jeton d'accès à copier (5 minutes)</button>
            </form>
            """);
    }

    /// <summary>A fresh token of the browser's session: a page to copy from, or JSON for a program that asks for it.</summary>
    public async Task<IResult> TokenAsync(HttpContext context)
    {
        var cancel = context.RequestAborted;
        var session = cookies.Session(context) is { } cookie ? await sessions.FindByCookieAsync(cookie, cancel) : null;
        var client = await clients.FindAsync(SandboxClients.SignInClientId, cancel);
        if (session is null || client is null)
        {
            return new Page("Pas de session", "<p>Ouvrez d'abord un lien de connexion.</p>", StatusCodes.Status401Unauthorized);
        }
        var verifier = Secret.New();
        var scope = ScopeSet.Parse(ScopeFor(session.Actor.Actor.Kind));
        var request = new AuthorizeRequest(client.ClientId, RedirectUri, scope.ToString(), null, null, Pkce.ChallengeOf(verifier), null, null, null, null);
        var (grant, refused) = await codes.RedeemAsync(client, await codes.IssueAsync(request, session, scope, cancel), RedirectUri, verifier, cancel);
        if (grant is null)
        {
            return refused!.ToResult(context);
        }
        OAuthErrors.NoStore(context.Response);
        return context.Request.Headers.Accept.ToString().Contains("application/json", StringComparison.Ordinal)
            ? Results.Json(new { access_token = grant.Token.Value, token_type = "Bearer", expires_in = TokenIssuer.LifeSeconds })
            : new Page("Jeton d'accès", $"""
                {Describe(grant)}
                <p><label for="token">Jeton, à mettre dans l'en-tête <code>Authorization: Bearer …</code></label></p>
                <textarea id="token" rows="10" readonly>{Page.Text(grant.Token.Value)}</textarea>
                <form method="post" action="/dev/token"><button>Un autre jeton</button></form>
                """);
    }

    private static string ScopeFor(ActorKind kind) => kind == ActorKind.Professional ? "openid profile user/*.cruds" : "openid profile patient/*.cruds space/*";

    private static string Describe(CodeGrant grant)
    {
        var actor = grant.Session.Actor.Actor;
        var text = new StringBuilder("<dl>\n");
        Add(text, "Qui", actor.Name);
        Add(text, "Identifiant", actor.Identifier.Value);
        if (actor.Situation is { } situation)
        {
            Add(text, "Profession", Professions.LabelOf(situation.Profession));
        }
        if (actor.Structure is { } structure)
        {
            Add(text, "Structure", structure.Name);
        }
        Add(text, "Portées", grant.Scope.ToString());
        return text.Append("</dl>").ToString();
    }

    private static void Add(StringBuilder text, string term, string value) =>
        text.Append("<dt>").Append(Page.Text(term)).Append("</dt><dd>").Append(Page.Text(value)).Append("</dd>\n");
}
