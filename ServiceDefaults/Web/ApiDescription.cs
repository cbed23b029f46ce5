using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Sante.ServiceDefaults.Web;

/// <summary>The OpenAPI 3.1 document of a host, and the page that shows it.</summary>
public static class ApiDescription
{
    /// <summary>Where the document is served.</summary>
    public const string DocumentPath = "/api/openapi.json";

    /// <summary>Where the page is served, when its script was taken by the build.</summary>
    public const string PagePath = "/api/docs";

    private const string Script = "scalar.standalone.js";

    /// <param name="services">Of the host.</param>
    /// <param name="title">Title of the interface.</param>
    /// <param name="description">Markdown for its readers.</param>
    /// <param name="belongs">Which relative paths (without leading slash) the document lists; by default those under <c>api/</c>.</param>
    public static IServiceCollection AddApiDescription(
        this IServiceCollection services, string title, string description, Func<string, bool>? belongs = null) =>
        services.AddOpenApi("openapi", options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.ShouldInclude = api => (belongs ?? (path => path.StartsWith("api/", StringComparison.Ordinal)))(api.RelativePath ?? "");
            options.AddDocumentTransformer((document, _, _) =>
            {
                document.Info.Title = title;
                document.Info.Description = description;
                document.Info.Version = "1.0";
                // The address of the reader's own request is the right one, whichever front-end it was.
                document.Servers?.Clear();
                return Task.CompletedTask;
            });
        });

    /// <summary>Maps document and page; when the build could not take the page's script, the page's address leads to the plain document.</summary>
    public static void MapApiDescription(this IEndpointRouteBuilder app)
    {
        app.MapOpenApi("/api/{documentName}.json").AllowAnonymous();
        var script = Path.Combine(AppContext.BaseDirectory, Script);
        if (!File.Exists(script))
        {
            app.MapGet(PagePath, () => Results.Redirect(DocumentPath)).AllowAnonymous().ExcludeFromDescription();
            return;
        }

        app.MapGet(PagePath, Page).AllowAnonymous().ExcludeFromDescription();
        app.MapGet(PagePath + "/" + Script, () => Results.File(script, "text/javascript; charset=utf-8", lastModified: File.GetLastWriteTimeUtc(script)))
            .AllowAnonymous().ExcludeFromDescription();
    }

    private static IResult Page(HttpContext context)
    {
        // The page needs nothing from elsewhere, and may not fetch it.
        context.Response.Headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'";
        return Results.Content(
            $$"""
            <!doctype html>
            <html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Santé – API</title></head>
            <body>
            <script id="api-reference" data-url="{{DocumentPath}}" data-configuration='{"withDefaultFonts":false,"telemetry":false}'></script>
            <script src="{{PagePath}}/{{Script}}"></script>
            </body></html>
            """,
            "text/html; charset=utf-8");
    }
}
