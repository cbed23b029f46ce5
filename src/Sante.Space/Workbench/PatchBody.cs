using Microsoft.AspNetCore.Http;
using Sante.Fhir;
using Sante.Fhir.Check;
using Sante.Kernel;
using Sante.Space.FhirApi;

namespace Sante.Space.Workbench;

/// <summary>
/// A patch as sent: JSON Patch (<c>application/json-patch+json</c>, RFC 6902; in a bundle a Binary of that type) or FHIRPath Patch (a Parameters resource,
/// http://hl7.org/fhir/R4/fhirpatch.html).
/// </summary>
internal sealed class PatchBody
{
    /// <summary>What the patch makes may not be stored; <see cref="Findings"/> say why.</summary>
    public static readonly Refusal ResultInvalid = new("patch-result-invalid", RefusalKind.Invalid, "La ressource modifiée ne serait plus conforme.");

    private readonly Func<FhirResource, Outcome<FhirParsed>> apply;

    private PatchBody(Func<FhirResource, Outcome<FhirParsed>> apply) => this.apply = apply;

    /// <summary>Why the last result was refused, when it was for its content.</summary>
    public IReadOnlyList<FhirIssue>? Findings { get; private set; }

    /// <summary>Reads the request. Refused: 415, 413, 400.</summary>
    public static async ValueTask<(PatchBody? Patch, IResult? Refused)> ReadAsync(HttpContext context)
    {
        if (!FhirMedia.IsJsonPatch(context.Request))
        {
            var (body, unread) = await FhirBody.ReadAsync(context);
            return body is null ? (null, unread) : OfParameters(body).TryGet(out var patch, out var refusal) ? (patch, null) : (null, FhirProblem.Of(refusal));
        }

        var bytes = await FhirBody.BytesAsync(context.Request, FhirBody.Limits.MaxBytes, context.RequestAborted);
        return OfJsonPatch(bytes).TryGet(out var read, out var wrong) ? (read, null) : (null, FhirProblem.Of(wrong));
    }

    /// <summary>The patch in an entry of a bundle.</summary>
    public static Outcome<PatchBody> OfEntry(FhirResource resource)
    {
        if (resource.Type != "Binary")
            return OfParameters(resource);
        if (!FhirMedia.IsJsonPatch(resource.Root["contentType"u8].Text))
            return FhirRefusals.UnsupportedMediaType;
        var text = resource.Root["data"u8].Text ?? "";
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? OfJsonPatch(bytes.AsMemory(0, length)) : FhirRefusals.UnsupportedMediaType;
    }

    /// <summary>The next resource from the present one, checked. Refusals: <c>patch-result-invalid</c>, those of the patch.</summary>
    public Outcome<FhirResource> Next(FhirResource present)
    {
        Findings = null;
        if (!apply(present).TryGet(out var parsed, out var refusal))
            return refusal;
        var result = Checked(parsed, out var findings);
        Findings = findings;
        return result;
    }

    /// <summary>A changed resource when it may be stored. Refusal <c>patch-result-invalid</c>.</summary>
    public static Outcome<FhirResource> Checked(FhirParsed parsed) => Checked(parsed, out _);

    private static Outcome<FhirResource> Checked(FhirParsed parsed, out IReadOnlyList<FhirIssue>? findings)
    {
        if (!parsed.TryGet(out var resource, out var issues))
        {
            findings = issues;
            return ResultInvalid;
        }

        findings = FhirCheck.Check(resource, new FhirCheckOptions { Interaction = FhirInteraction.Update, Limits = FhirBody.Limits });
        return findings.Any(issue => issue.Refuses) ? ResultInvalid : resource;
    }

    private static Outcome<PatchBody> OfParameters(FhirResource parameters) => FhirRefusals.UnsupportedMediaType;

    private static Outcome<PatchBody> OfJsonPatch(ReadOnlyMemory<byte> patch) => FhirRefusals.UnsupportedMediaType;
}
