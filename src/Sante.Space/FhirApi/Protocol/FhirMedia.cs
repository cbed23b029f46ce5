using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Sante.Space.FhirApi;

/// <summary>
/// Media types of FHIR R4 (http://hl7.org/fhir/R4/http.html#mime-type): JSON only. XML and all else are 406 when asked for by <c>Accept</c> or
/// <c>_format</c>, 415 when sent.
/// </summary>
internal static class FhirMedia
{
    /// <summary>What every FHIR answer is sent as.</summary>
    public const string Json = "application/fhir+json; fhirVersion=4.0";

    private const string Plain = "application/fhir+json";

    /// <summary>JSON Patch (RFC 6902).</summary>
    private const string JsonPatch = "application/json-patch+json";

    /// <summary>Whether the caller takes FHIR JSON; <c>_format</c> overrides the header.</summary>
    public static bool IsAcceptable(HttpRequest request)
    {
        if (request.QueryString.HasValue && request.Query["_format"] is [{ } format, ..])
            return format.Equals("json", StringComparison.OrdinalIgnoreCase) || IsJson(format.Replace(' ', '+').Split(';')[0].Trim());
        var accepted = request.Headers.Accept;
        // The words that nearly all clients send need no parsing.
        return accepted.Count == 0 || accepted is [Plain or "*/*" or "application/json"]
            || (MediaTypeHeaderValue.TryParseList(accepted, out var ranges) && ranges.Any(Takes));
    }

    /// <summary>Whether FHIR JSON was asked for by name, rather than anything at all: decides the form of a Binary.</summary>
    public static bool AsksForFhir(HttpRequest request) =>
        request.Query.ContainsKey("_format")
        || (MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var ranges) && ranges.Any(range => IsJson(range.MediaType.Value) && Takes(range)));

    /// <summary>Whether the caller takes this media type.</summary>
    public static bool Accepts(HttpRequest request, string mediaType) =>
        request.Headers.Accept.Count == 0
        || (MediaTypeHeaderValue.TryParse(mediaType, out var type)
            && MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var ranges)
            && ranges.Any(range => range.Quality != 0 && new MediaTypeHeaderValue(type.MediaType).IsSubsetOf(new MediaTypeHeaderValue(range.MediaType))));

    /// <summary>Whether a body says that it is FHIR JSON.</summary>
    public static bool IsFhirBody(HttpRequest request) => (request.ContentType == Plain || IsFhirType(request.ContentType)) && IsUncoded(request);

    /// <summary>Whether a body says that it is JSON Patch.</summary>
    public static bool IsJsonPatch(HttpRequest request) => IsJsonPatch(request.ContentType) && IsUncoded(request);

    /// <summary>The same of a media type, as of a Binary in a Bundle.</summary>
    public static bool IsJsonPatch(string? mediaType) =>
        MediaTypeHeaderValue.TryParse(mediaType, out var type) && type.MediaType.Equals(JsonPatch, StringComparison.OrdinalIgnoreCase);

    /// <summary>Bodies are taken as they are: what a coded one unpacks to has no bound (record 0036).</summary>
    private static bool IsUncoded(HttpRequest request) => request.Headers.ContentEncoding is [] or ["identity"];

    private static bool IsFhirType(string? mediaType) =>
        MediaTypeHeaderValue.TryParse(mediaType, out var type) && IsJson(type.MediaType.Value) && IsOurVersion(type);

    private static bool Takes(MediaTypeHeaderValue range) =>
        range.Quality != 0 && IsOurVersion(range) && (range.MatchesAllTypes || range.MediaType == "application/*" || IsJson(range.MediaType.Value));

    private static bool IsJson(string? mediaType) => mediaType is Plain or "application/json" or "text/json" or "application/json+fhir";

    private static bool IsOurVersion(MediaTypeHeaderValue type) =>
        type.Parameters.FirstOrDefault(parameter => parameter.Name.Equals("fhirVersion", StringComparison.OrdinalIgnoreCase))?.Value.Value is null or "4.0" or "4.0.1" or "\"4.0\"";
}
