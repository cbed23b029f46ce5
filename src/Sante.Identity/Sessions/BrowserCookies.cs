using Sante.Identity.Keys;

namespace Sante.Identity.Sessions;

/// <summary>
/// The two cookies: the session, and the browser in which a sign-in began (so that an answer of the provider counts in that browser only).
/// HttpOnly, SameSite=Lax; with an https issuer also Secure and <c>__Host-</c>.
/// </summary>
internal sealed class BrowserCookies(IdentitySettings settings)
{
    private bool IsSecure => settings.Issuer.StartsWith("https:", StringComparison.Ordinal);

    public string? Session(HttpContext context) => context.Request.Cookies[Named("sante-session")];

    public string? Browser(HttpContext context) => context.Request.Cookies[Named("sante-browser")];

    /// <summary>The browser's value, made and sent when it has none.</summary>
    public string BrowserOrNew(HttpContext context)
    {
        if (Browser(context) is { Length: > 0 } known)
        {
            return known;
        }
        var value = Secret.New();
        Append(context, "sante-browser", value);
        return value;
    }

    public void SetSession(HttpContext context, string value) => Append(context, "sante-session", value);

    public void DropSession(HttpContext context) => context.Response.Cookies.Delete(Named("sante-session"), Options());

    private void Append(HttpContext context, string name, string value) => context.Response.Cookies.Append(Named(name), value, Options());

    private string Named(string name) => IsSecure ? "__Host-" + name : name;

    private CookieOptions Options() => new() { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = IsSecure, Path = "/", IsEssential = true };
}
