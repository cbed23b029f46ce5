using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Sante.Space.FhirApi;

/// <summary>Media types of FHIR R4 (http://hl7.org/fhir/R4/http.html#mime-type): JSON only.</summary>
internal static class FhirMedia
{
    /// <summary>What every FHIR answer is sent as.</summary>
    public const string Json = "application/fhir+json; fhirVersion=4.0";

    /// <summary>Whether the caller takes FHIR JSON; <c>_format</c> overrides the header.</summary>
    public static bool IsAcceptable(HttpRequest request)
    {
        if (request.Query["_format"] is [{ } format, ..])
            return IsJson(format.Replace(' ', '+').Split(';')[0]) || format == "json";
        var accepted = request.Headers.Accept;
        return accepted.Count == 0 || (MediaTypeHeaderValue.TryParseList(accepted, out var ranges) && ranges.Any(Takes));
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
    public static bool IsFhirBody(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && IsJson(type.MediaType.Value) && IsOurVersion(type);

    private static bool Takes(MediaTypeHeaderValue range) =>
        range.Quality != 0 && IsOurVersion(range) && (range.MatchesAllTypes || range.MediaType == "application/*" || IsJson(range.MediaType.Value));

    private static bool IsJson(string? mediaType) => mediaType is "application/fhir+json" or "application/json" or "text/json" or "application/json+fhir";

    private static bool IsOurVersion(MediaTypeHeaderValue type) =>
        type.Parameters.FirstOrDefault(parameter => parameter.Name.Equals("fhirVersion", StringComparison.OrdinalIgnoreCase))?.Value.Value is null or "4.0" or "4.0.1" or "\"4.0\"";
}
