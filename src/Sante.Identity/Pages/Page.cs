using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Sante.Identity.Protocol;

namespace Sante.Identity.Pages;

/// <summary>A plain French HTML page: no script, no third party, never stored, never framed.</summary>
/// <param name="title">Of the page and its first heading.</param>
/// <param name="body">HTML; what comes from outside has gone through <see cref="Text"/>.</param>
/// <param name="status">HTTP status.</param>
/// <param name="formTarget">Where a form may lead besides this site: the client's redirect URI after the choice of a situation.</param>
internal sealed class Page(string title, string body, int status = StatusCodes.Status200OK, string? formTarget = null) : IResult
{
    public const string StylePath = "/pages.css";

    /// <summary>Readable without colour, at 200 %, with a visible focus (RGAA 4.1, themes 3 and 10).</summary>
    public const string Style = """
        :root { color-scheme: light dark; font: 1.125rem/1.6 system-ui, sans-serif; }
        body { max-width: 40rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.5rem; line-height: 1.25; }
        ul.choices { list-style: none; padding: 0; }
        ul.choices li { margin: 0.75rem 0; }
        a.choice, button { display: block; width: 100%; box-sizing: border-box; padding: 0.75rem 1rem; font: inherit; text-align: left;
          color: inherit; background: transparent; border: 2px solid currentColor; border-radius: 0.5rem; text-decoration: none; cursor: pointer; }
        a:focus-visible, button:focus-visible, textarea:focus-visible { outline: 3px solid #0a76f6; outline-offset: 2px; }
        textarea { width: 100%; box-sizing: border-box; font: 0.875rem/1.4 monospace; }
        .code { font-family: monospace; }
        """;

    // Accents stay readable in the source; what has a meaning in HTML is encoded whatever the range.
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>Encodes a text for HTML content and attributes.</summary>
    public static string Text(string text) => Encoder.Encode(text);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        OAuthErrors.NoStore(response);
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; style-src 'self'; form-action 'self'{FormSource()}; frame-ancestors 'none'; base-uri 'none'";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        var html = new StringBuilder()
            .Append("<!doctype html>\n<html lang=\"fr\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
            .Append(Text(title)).Append(" – Santé</title>\n<link rel=\"stylesheet\" href=\"").Append(StylePath).Append("\">\n</head>\n<body>\n<main>\n<h1>")
            .Append(Text(title)).Append("</h1>\n").Append(body).Append("\n</main>\n</body>\n</html>\n");
        await response.WriteAsync(html.ToString(), httpContext.RequestAborted);
    }

    // Browsers apply form-action to the redirects that follow a form.
    private string FormSource() => !Uri.TryCreate(formTarget, UriKind.Absolute, out var target) ? ""
        : target.Scheme is "http" or "https" ? " " + target.GetLeftPart(UriPartial.Authority) : $" {target.Scheme}:";
}
