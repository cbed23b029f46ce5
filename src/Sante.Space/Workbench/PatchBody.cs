using Microsoft.AspNetCore.Http;
using Sante.Fhir;
using Sante.Fhir.Check;
using Sante.Fhir.Patch;
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

    private readonly Func<FhirResource, Outcome<byte[]>> apply;

    private PatchBody(Func<FhirResource, Outcome<byte[]>> apply) => this.apply = apply;

    /// <summary>Why the last result was refused, when it was for its content.</summary>
    public IReadOnlyList<FhirIssue>? Findings { get; private set; }

    /// <summary>Reads the request. Refused: 415, 413, 400.</summary>
    public static async ValueTask<(PatchBody? Patch, IResult? Refused)> ReadAsync(HttpContext context)
    {
        // A Content-Type of JSON Patch decides; all else must be FHIR.
        if (!FhirMedia.IsJsonPatch(context.Request))
        {
            var (body, unread) = await FhirBody.ReadAsync(context);
            return body is null ? (null, unread) : (OfParameters(body), null);
        }

        var bytes = await FhirBody.BytesAsync(context.Request, FhirBody.Limits.MaxBytes, context.RequestAborted);
        return (OfJsonPatch(bytes), null);
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
        if (!apply(present).TryGet(out var bytes, out var refusal))
            return refusal;
        var result = Checked(FhirJson.Parse(bytes, FhirBody.Limits), out var findings);
        Findings = findings;
        return result.Then<FhirResource>(next => next.Type != present.Type ? FhirRefusals.TypeDiffers : next.Id != present.Id ? FhirRefusals.IdDiffers : next);
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

    private static PatchBody OfParameters(FhirResource parameters) => new(present => FhirPathPatch.Apply(present, parameters));

    private static PatchBody OfJsonPatch(ReadOnlyMemory<byte> patch) => new(present => JsonPatch.Apply(present.Utf8, patch));
}
