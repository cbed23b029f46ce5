using Microsoft.AspNetCore.Http;
using Sante.Fhir.Search;
using Sante.Kernel;
using Sante.Space.FhirApi;

namespace Sante.Space.Workbench;

/// <summary>
/// <c>PATCH [base]/[type]/[id]</c> and <c>PATCH [base]/[type]?criteria</c> (http://hl7.org/fhir/R4/http.html#patch), by JSON Patch or FHIRPath Patch. What comes out is
/// checked as an update is.
/// </summary>
internal static class Patch
{
    public static async Task<IResult> HandleAsync(WorkbenchCall call, HttpContext context)
    {
        var (type, id) = ((string)context.Request.RouteValues["type"]!, (string?)context.Request.RouteValues["id"]);
        if ((call.MayNot(type, 'u') ?? (type == "AuditEvent" ? HttpRefusals.AuditIsOurs : null)) is { } refused)
            return FhirProblem.Of(refused);
        if (id is not null && !WorkbenchCall.IsId(id))
            return FhirProblem.Of(WorkbenchRefusals.ResourceUnknown);
        if (!Preconditions.IfMatch(context.Request).TryGet(out var ifMatch, out var malformed))
            return FhirProblem.Of(malformed);
        SearchQuery? criteria = null;
        if (id is null && !call.Criteria(type, context.Request.QueryString.Value ?? "").TryGet(out criteria, out var unknown))
            return FhirProblem.Of(unknown);
        var (patch, unread) = await PatchBody.ReadAsync(context);
        if (patch is null)
            return unread!;
        var answer = await call.Store.WriteAsync(call.Server, call.Actor, [new WorkbenchPatch(type, id, patch.Next) { Criteria = criteria, IfMatch = ifMatch }], call.Cancel);
        return answer.Refused is { } not
            ? patch.Findings is { } findings && not.Refusal == PatchBody.ResultInvalid ? FhirProblem.Of(findings) : FhirProblem.Of(not.Refusal)
            : Written.Receipt(call, answer.Written[0], []);
    }
}
