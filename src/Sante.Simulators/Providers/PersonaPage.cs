using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.WebUtilities;

namespace Sante.Simulators.Providers;

/// <summary>The page on which a developer says which synthetic person signs in. Plain HTML, no script.</summary>
internal static class PersonaPage
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    public static IResult Choose(string provider, IEnumerable<SandboxPersona> personas, HttpRequest request)
    {
        var list = new StringBuilder("<p>Simulateur de développement : aucune de ces personnes n'existe. Choisissez qui se connecte.</p>\n<ul>\n");
        var query = request.Query.Where(pair => pair.Key != "login_hint").ToDictionary(pair => pair.Key, pair => (string?)pair.Value.ToString());
        foreach (var persona in personas)
        {
            query["login_hint"] = persona.Id;
            list.Append("<li><a href=\"").Append(Text(QueryHelpers.AddQueryString(request.Path, query))).Append("\">").Append(Text(persona.Name)).Append("</a></li>\n");
        }
        return Page(provider, list.Append("</ul>").ToString(), StatusCodes.Status200OK);
    }

    public static IResult Refused(string provider, string code) =>
        Page(provider, $"<p>La demande n'est pas acceptée.</p><p>Code : <span class=\"code\">{Text(code)}</span></p>", StatusCodes.Status400BadRequest);

    private static IResult Page(string title, string body, int status) => Results.Content(
        $"""
        <!doctype html>
        <html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{Text(title)}</title></head>
        <body><main><h1>{Text(title)}</h1>
        {body}
        </main></body></html>
        """,
        "text/html; charset=utf-8", Encoding.UTF8, status);

    private static string Text(string text) => Encoder.Encode(text);
}
