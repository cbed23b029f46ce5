using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sante.Fhir;

namespace Sante.Space.FhirApi;

/// <summary>The headers of FHIR answers.</summary>
internal static class FhirHeaders
{
    private const int KnownVersions = 64;
    private static readonly string[] ETags = [.. Enumerable.Range(0, KnownVersions).Select(Written)];

    /// <summary>The weak ETag of a version: <c>W/"3"</c>.</summary>
    public static string ETag(int version) => (uint)version < KnownVersions ? ETags[version] : Written(version);

    /// <summary><c>ETag</c> and <c>Last-Modified</c> of a version.</summary>
    public static void Version(HttpResponse response, string? etag, DateTimeOffset? lastModifiedAt)
    {
        if (etag is not null)
            response.Headers.ETag = etag;
        if (lastModifiedAt is { } at)
            response.Headers.LastModified = at.UtcDateTime.ToString("R", CultureInfo.InvariantCulture);
    }

    /// <summary><c>Location</c> of a version (http://hl7.org/fhir/R4/http.html#create).</summary>
    public static void Location(HttpResponse response, string baseUrl, string type, string id, int version) =>
        response.Headers.Location = string.Create(CultureInfo.InvariantCulture, $"{baseUrl}/{type}/{id}/_history/{version}");

    /// <summary>Findings that did not refuse, by their codes in the header <c>Warning</c>: never a silent pass.</summary>
    public static void Warnings(HttpResponse response, IReadOnlyList<FhirIssue> remarks)
    {
        HashSet<string>? said = null;
        foreach (var remark in remarks)
        {
            if (remark.Severity == FhirSeverity.Warning && (said ??= []).Add(remark.Code))
                response.Headers.Append("Warning", $"299 sante \"{remark.Code}\"");
        }
    }

    private static string Written(int version) => string.Create(CultureInfo.InvariantCulture, $"W/\"{version}\"");
}
