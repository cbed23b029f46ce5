using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sante.Fhir;
using Sante.Fhir.Bundles;
using Sante.Kernel;

namespace Sante.Space.FhirApi;

/// <summary>
/// The answer to a create or update: address, version, and as <c>Prefer</c> asks (http://hl7.org/fhir/R4/http.html#ops) nothing, the findings, or by
/// default what the caller itself sent, stamped. Nothing read from the store is in it, so it needs no permit. Findings that did not refuse
/// are named in the header <c>Warning</c>: never a silent pass.
/// </summary>
internal sealed class FhirReceipt(FhirCall call, int status, string type, RecordId id, int version, DateTimeOffset? at, IReadOnlyList<FhirIssue> remarks) : IResult
{
    /// <summary>What the caller sent, references and attachments rewritten; null when the answer is one given before.</summary>
    public FhirResource? Sent { get; init; }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        response.Headers.Location = string.Create(CultureInfo.InvariantCulture, $"{call.BaseUrl}/{type}/{id}/_history/{version}");
        response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"W/\"{version}\"");
        if (at is { } stored)
            response.Headers.LastModified = stored.UtcDateTime.ToString("R", null);
        foreach (var code in remarks.Where(remark => remark.Severity == FhirSeverity.Warning).Select(remark => remark.Code).Distinct())
            response.Headers.Append("Warning", $"299 sante \"{code}\"");
        if (Body(httpContext.Request) is { } body)
        {
            response.ContentType = FhirMedia.Json;
            response.ContentLength = body.Length;
            await response.Body.WriteAsync(body, httpContext.RequestAborted);
        }
    }

    private byte[]? Body(HttpRequest request)
    {
        var prefer = request.Headers["Prefer"].ToString();
        return prefer.Contains("return=OperationOutcome", StringComparison.OrdinalIgnoreCase) ? OperationOutcomes.Write(remarks)
            : Sent is null || at is null || prefer.Contains("return=minimal", StringComparison.OrdinalIgnoreCase) ? null
            : StampPlaces.Of(Sent).Write(Sent.Utf8.Span, new FhirStamp(id.ToString(), version, at.Value));
    }
}
