using Microsoft.AspNetCore.Http;
using Sante.Fhir.Check;
using Sante.Kernel;
using Sante.Space.FhirApi;

namespace Sante.Space.Workbench;

/// <summary>
/// <c>PUT [base]/[type]/[id]</c> (http://hl7.org/fhir/R4/http.html#update): a new version, or the first one under the client's id. <c>If-Match</c> says which
/// version is meant, <c>If-None-Match: *</c> that there must be none. <c>PUT [base]/[type]?criteria</c> is the conditional one.
/// </summary>
internal static class Update
{
    public static Task<IResult> HandleAsync(WorkbenchCall call, HttpContext context)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        return WorkbenchCall.IsId(id) ? HandleAsync(call, context, id, null)
            : Task.FromResult(FhirProblem.Of(id.StartsWith('$') ? HttpRefusals.OperationUnknown : HttpRefusals.IdInvalid));
    }

    public static Task<IResult> HandleConditionalAsync(WorkbenchCall call, HttpContext context) =>
        HandleAsync(call, context, null, context.Request.QueryString.Value ?? "");

    private static async Task<IResult> HandleAsync(WorkbenchCall call, HttpContext context, string? id, string? criteria)
    {
        var type = (string)context.Request.RouteValues["type"]!;
        if (call.MayNot(type, 'u') is { } refused)
            return FhirProblem.Of(refused);
        if (!Preconditions.IfMatch(context.Request).TryGet(out var ifMatch, out var malformed))
            return FhirProblem.Of(malformed);
        var (resource, unread) = await FhirBody.ReadAsync(context);
        if (resource is null)
            return unread!;
        if (Written.Refused(resource, type) is { } wrong)
            return FhirProblem.Of(wrong);
        if (id is not null && resource.Id != id)
            return FhirProblem.Of(FhirRefusals.IdDiffers);
        if (FhirBody.Check(resource, FhirInteraction.Update, [], out var remarks) is { } invalid)
            return invalid;
        var write = new WorkbenchUpdate(resource, id, context.Request.Headers.IfNoneMatch is ["*"]) { IfMatch = ifMatch };
        if (criteria is not null)
        {
            if (!call.Criteria(type, criteria).TryGet(out var query, out var unknown))
                return FhirProblem.Of(unknown);
            write = write with { Criteria = query };
        }

        return await Written.AnswerAsync(call, write, remarks);
    }
}
