using Microsoft.AspNetCore.Http;
using Sante.Fhir;
using Sante.Fhir.Bundles;
using Sante.Ledger;

namespace Sante.Space.FhirApi;

/// <summary>
/// The answer to a create, update or patch: address, version, and as <see cref="Prefer"/> asks nothing, the findings, or by default the resource. What it
/// carries is what the caller itself sent (<see cref="Sent"/>), what a permit lets out of a space (<see cref="Disclosed"/>) or what belongs to nobody (<see cref="Body"/>). Findings that did not refuse are named
/// in the header <c>Warning</c>.
/// </summary>
internal sealed class FhirReceipt(string baseUrl, int status, string type, string id, int version, DateTimeOffset? at, IReadOnlyList<FhirIssue> remarks) : IResult
{
    /// <summary>What the caller sent, references and attachments rewritten; null when the answer is one given before.</summary>
    public FhirResource? Sent { get; init; }

    /// <summary>Content of a space, with the permit of its own reading; null when the caller may not read it.</summary>
    public FhirAnswer? Disclosed { get; init; }

    /// <summary>Under which <see cref="Disclosed"/> leaves; null when the answer holds nothing of a space.</summary>
    public DisclosePermit? Permit => Disclosed?.Permit;

    /// <summary>The stored resource of a workbench server, stamped; empty when there is none to show. Never content of a space.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        FhirHeaders.Location(response, baseUrl, type, id, version);
        FhirHeaders.Version(response, FhirHeaders.ETag(version), at);
        FhirHeaders.Warnings(response, remarks);
        var prefer = Prefer.Of(httpContext.Request);
        if (Disclosed is not null && prefer.IsOfResource)
            return Disclosed.SendAsync(httpContext);
        var body = Answer(prefer);
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
