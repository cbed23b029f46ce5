using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sante.Kernel;

namespace Sante.Space.FhirApi;

/// <summary>The preconditions of RFC 9110 as FHIR uses them (http://hl7.org/fhir/R4/http.html#concurrency, #cread): ETags are weak and hold the version.</summary>
internal static class Preconditions
{
    /// <summary>The value of <see cref="IfMatch"/> for <c>*</c>: any version, but one must be there.</summary>
    public const int AnyVersion = 0;

    /// <summary>The version of <c>If-Match</c>, <see cref="AnyVersion"/> for <c>*</c>, null without the header. Refusal <c>if-match-invalid</c>.</summary>
    public static Outcome<int?> IfMatch(HttpRequest request) =>
        request.Headers.IfMatch is { Count: > 0 } values ? IfMatch(values.Count == 1 ? values[0] : null) : (int?)null;

    /// <summary>The same for the text of a header or of <c>Bundle.entry.request.ifMatch</c>. Refusal <c>if-match-invalid</c>.</summary>
    public static Outcome<int?> IfMatch(string? text) =>
        text == "*" ? AnyVersion : VersionOf(text) is { } version ? version : FhirRefusals.IfMatchInvalid;

    /// <summary>Criteria of <c>If-None-Exist</c>, without a leading <c>?</c>; null without the header. Refusal <c>if-none-exist-invalid</c> when empty or said twice.</summary>
    public static Outcome<string?> IfNoneExist(HttpRequest request)
    {
        var values = request.Headers["If-None-Exist"];
        if (values.Count == 0)
            return (string?)null;
        // Some clients send the type too: only what is after the question mark counts.
        var text = values.Count == 1 ? values[0] ?? "" : "";
        text = text[(text.IndexOf('?', StringComparison.Ordinal) + 1)..].Trim();
        return text.Length == 0 ? FhirRefusals.IfNoneExistInvalid : text;
    }

    /// <summary>
    /// Whether the caller's copy is still good, so that 304 may be answered: <c>If-None-Match</c> names the ETag (weak comparison) or, without that header,
    /// <c>If-Modified-Since</c> is not before the last change (whole seconds, as the header can tell).
    /// </summary>
    public static bool IsKnown(HttpRequest request, string? etag, DateTimeOffset? lastModifiedAt)
    {
        var tags = request.Headers.IfNoneMatch;
        if (tags.Count > 0)
            return etag is not null && Names(tags, etag);
        return lastModifiedAt is { } at && request.Headers.IfModifiedSince.Count > 0
            && request.GetTypedHeaders().IfModifiedSince is { } since && at.ToUnixTimeSeconds() <= since.ToUnixTimeSeconds();
    }

    /// <summary>The number in <c>W/"3"</c> or <c>"3"</c>, from 1; null for every other text.</summary>
    public static int? VersionOf(string? tag)
    {
        var opaque = Opaque(tag.AsSpan().Trim());
        return opaque is ['"', _, .., '"'] && int.TryParse(opaque[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0
            ? version
            : null;
    }

    private static bool Names(Microsoft.Extensions.Primitives.StringValues tags, string etag)
    {
        foreach (var value in tags)
        {
            foreach (var range in value.AsSpan().Split(','))
            {
                var tag = value.AsSpan()[range].Trim();
                if (tag is "*" || Opaque(tag).SequenceEqual(Opaque(etag)))
                    return true;
            }
        }

        return false;
    }

    private static ReadOnlySpan<char> Opaque(ReadOnlySpan<char> tag) => tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag;
}
