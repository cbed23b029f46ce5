using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sante.Fhir.Bundles;
using Sante.Foundations.Directories.Search;
using Sante.Kernel;

namespace Sante.Foundations.RppsDirectory;

/// <summary>
/// <c>/directory/fhir/Practitioner</c> and <c>/PractitionerRole</c>: search (GET, POST _search) and read; <c>/metadata</c>. Public data, no token asked.
/// Needs <see cref="DirectorySearch"/> among the services.
/// </summary>
public static class RppsEndpoints
{
    internal const string Root = "/directory/fhir";
    private const string FhirJson = "application/fhir+json; charset=utf-8";

    public static IEndpointRouteBuilder MapRpps(this IEndpointRouteBuilder app)
    {
        MapType(app, "Practitioner");
        MapType(app, "PractitionerRole");
        app.MapGet(Root + "/metadata", Metadata).AllowAnonymous().WithTags("Annuaire");
        return app;
    }

    internal static void MapType(IEndpointRouteBuilder app, string type)
    {
        app.MapGet($"{Root}/{type}", (HttpContext context, DirectorySearch search) => SearchAsync(context, search, type, Pairs(context.Request.Query)))
            .AllowAnonymous().WithTags("Annuaire");
        app.MapPost($"{Root}/{type}/_search", async (HttpContext context, DirectorySearch search) =>
                await SearchAsync(context, search, type, [.. Pairs(context.Request.Query), .. await FormAsync(context.Request)]))
            .AllowAnonymous().WithTags("Annuaire");
        app.MapGet($"{Root}/{type}/{{id}}", (HttpContext context, DirectorySearch search, string id) => ReadAsync(context, search, type, id))
            .AllowAnonymous().WithTags("Annuaire");
    }

    private static IResult Metadata()
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(4096);
        using (var json = new System.Text.Json.Utf8JsonWriter(buffer))
        {
            DirectoryMetadata.Write(json);
        }

        return Results.Bytes(buffer.WrittenSpan.ToArray(), FhirJson);
    }

    private static async Task SearchAsync(HttpContext context, DirectorySearch search, string type, List<KeyValuePair<string, string>> asked)
    {
        var request = context.Request;
        context.Response.ContentType = FhirJson;
        var refusal = await search.SearchAsync(
            type, asked, $"{request.Scheme}://{request.Host}{request.PathBase}{Root}", context.Response.BodyWriter, context.RequestAborted);
        if (refusal is not null)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, refusal);
            return;
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static async Task ReadAsync(HttpContext context, DirectorySearch search, string type, string id)
    {
        if (await search.ReadAsync(type, id, context.RequestAborted) is not { } read)
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, new Refusal("not-found", RefusalKind.Unknown, "Inconnu de l'annuaire."));
            return;
        }

        context.Response.ContentType = FhirJson;
        context.Response.Headers.ETag = $"W/\"{read.Version}\"";
        await context.Response.Body.WriteAsync(read.Json, context.RequestAborted);
    }

    private static async Task RefuseAsync(HttpContext context, int status, Refusal refusal)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = FhirJson;
        await context.Response.Body.WriteAsync(OperationOutcomes.Write(refusal), context.RequestAborted);
    }

    private static async Task<List<KeyValuePair<string, string>>> FormAsync(HttpRequest request) =>
        request.HasFormContentType ? Pairs(await request.ReadFormAsync(request.HttpContext.RequestAborted)) : [];

    private static List<KeyValuePair<string, string>> Pairs(IEnumerable<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>> values) =>
        [.. values.SelectMany(pair => pair.Value.Select(value => KeyValuePair.Create(pair.Key, value ?? "")))];
}
