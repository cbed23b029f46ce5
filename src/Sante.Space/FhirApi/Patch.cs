using Microsoft.AspNetCore.Http;
using Sante.Fhir;
using Sante.Fhir.Bundles;
using Sante.Kernel;
using Sante.Space.Workbench;

namespace Sante.Space.FhirApi;

/// <summary>
/// <c>PATCH [base]/[type]/[id]</c> (http://hl7.org/fhir/R4/http.html#patch), JSON Patch or FHIRPath Patch: PDSm's update of metadata. What the patch makes of the
/// present version is stored by the rules of an update.
/// </summary>
internal static class Patch
{
    public static async Task<IResult> HandleAsync(string type, string id, HttpContext context, Amending amending)
    {
        if (!FhirCall.For(context, type, "patch", 'u').TryGet(out var asked, out var refusal))
            return FhirProblem.Of(refusal);
        return await PatchAsync(asked.Call, asked.Type, id, amending);
    }

    internal static async Task<IResult> PatchAsync(FhirCall call, RecordType type, string id, Amending amending)
    {
        if (!Preconditions.IfMatch(call.Context.Request).TryGet(out var expected, out var unmatched))
            return FhirProblem.Of(unmatched);
        var (patch, unread) = await PatchBody.ReadAsync(call.Context);
        if (patch is null)
            return unread!;
        var stored = await amending.AmendAsync(call, type, id, expected, FhirRefusals.OnlyOwn, present => Next(patch, present));
        return stored.TryGet(out var version, out var told) ? await ReceiptAsync(call, type, version, patch.Findings ?? [], amending)
            : told == PatchBody.ResultInvalid && patch.Findings is { } findings ? FhirProblem.Of(StatusCodes.Status422UnprocessableEntity, findings)
            : FhirProblem.Of(told);
    }

    /// <summary>The answer, with what is stored now for who may read it.</summary>
    private static async Task<IResult> ReceiptAsync(FhirCall call, RecordType type, Amended version, IReadOnlyList<FhirIssue> remarks, Amending amending) =>
        new FhirReceipt(call.BaseUrl, StatusCodes.Status200OK, type.Type, version.Id.ToString(), version.Version, version.At, remarks)
        {
            Disclosed = await amending.ShowAsync(call, type, version, found => found.Stamped()),
        };

    private static Outcome<FhirResource> Next(PatchBody patch, StoredResource present)
    {
        var served = FhirJson.Parse(present.Stamped()).Resource ?? throw new InvalidDataException("A stored resource cannot be parsed.");
        return patch.Next(served).Then<FhirResource>(next =>
            next.Type != served.Type ? FhirRefusals.TypeDiffers : next.Id != served.Id ? FhirRefusals.IdDiffers : next);
    }
}
