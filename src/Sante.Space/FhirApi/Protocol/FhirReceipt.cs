using Microsoft.AspNetCore.Http;
using Sante.Fhir;
using Sante.Fhir.Bundles;

namespace Sante.Space.FhirApi;

/// <summary>
/// The answer to a create, update or patch: address, version, and as <see cref="Prefer"/> asks nothing, the findings, or by default the resource. What it
/// carries is what the caller itself sent (<see cref="Sent"/>) or what its permit lets out (<see cref="Body"/>). Findings that did not refuse are named
/// in the header <c>Warning</c>.
/// </summary>
internal sealed class FhirReceipt(string baseUrl, int status, string type, string id, int version, DateTimeOffset? at, IReadOnlyList<FhirIssue> remarks) : IResult
{
    /// <summary>What the caller sent, references and attachments rewritten; null when the answer is one given before.</summary>
    public FhirResource? Sent { get; init; }

    /// <summary>The stored resource, stamped; empty when there is none to show.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        FhirHeaders.Location(response, baseUrl, type, id, version);
        FhirHeaders.Version(response, FhirHeaders.ETag(version), at);
        FhirHeaders.Warnings(response, remarks);
        var body = Answer(Prefer.Of(httpContext.Request));
        if (body.IsEmpty)
            return Task.CompletedTask;
        if (PrettyJson.IsAsked(httpContext.Request))
            body = PrettyJson.Of(body.Span);
        response.ContentType = FhirMedia.Json;
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, httpContext.RequestAborted).AsTask();
    }

    private ReadOnlyMemory<byte> Answer(Prefer prefer) =>
        prefer.Return == PreferredReturn.Outcome ? OperationOutcomes.Write(remarks)
        : prefer.Return == PreferredReturn.Minimal ? default
        : !Body.IsEmpty ? Body
        : Sent is null || at is null ? default
        : StampPlaces.Of(Sent).Write(Sent.Utf8.Span, new FhirStamp(id, version, at.Value));
}
