using Microsoft.AspNetCore.Http;
using Sante.Fhir.Check;

namespace Sante.Space.FhirApi;

/// <summary>
/// <c>PUT [base]/[type]/[id]</c> (http://hl7.org/fhir/R4/http.html#update): a new version of what the caller itself fed. An id that leads to nothing of its
/// own is 405 <c>client-ids-not-accepted</c>, whatever it leads to. <c>If-Match</c> says which version was read; without it the present one is meant.
/// </summary>
internal static class Update
{
    public static async Task<IResult> HandleAsync(string type, string id, HttpContext context, Amending amending)
    {
        if (!FhirCall.For(context, type, "update", 'u').TryGet(out var asked, out var refusal))
            return FhirProblem.Of(refusal);
        if (!Preconditions.IfMatch(context.Request).TryGet(out var expected, out var unmatched))
            return FhirProblem.Of(unmatched);
        var (resource, unread) = await FhirBody.ReadAsync(context);
        if (resource is null)
            return unread!;
        if (resource.Type != type)
            return FhirProblem.Of(FhirRefusals.TypeDiffers);
        if (resource.Id != id)
            return FhirProblem.Of(FhirRefusals.IdDiffers);
        if (FhirBody.Check(resource, FhirInteraction.Update, [], out var remarks) is { } wrong)
            return wrong;
        var stored = await amending.AmendAsync(asked.Call, asked.Type, id, expected, FhirRefusals.ClientIds, _ => resource);
        return stored.TryGet(out var version, out var told)
            ? new FhirReceipt(asked.Call.BaseUrl, StatusCodes.Status200OK, type, id, version.Version, version.At, remarks) { Sent = resource }
            : FhirProblem.Of(told);
    }
}
