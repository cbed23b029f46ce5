using Microsoft.AspNetCore.Http;
using Sante.Fhir;
using Sante.Fhir.Check;
using Sante.Fhir.Search;
using Sante.Kernel;
using Sante.Space.FhirApi;

namespace Sante.Space.Workbench;

/// <summary><c>POST [base]/[type]</c> (http://hl7.org/fhir/R4/http.html#create), with <c>If-None-Exist</c> only when nothing answers the criteria.</summary>
internal static class Create
{
    public static async Task<IResult> HandleAsync(WorkbenchCall call, HttpContext context)
    {
        var type = (string)context.Request.RouteValues["type"]!;
        if (call.MayNot(type, 'c') is { } refused)
            return FhirProblem.Of(refused);
        if (!Preconditions.IfNoneExist(context.Request).TryGet(out var ifNoneExist, out var malformed))
            return FhirProblem.Of(malformed);
        var (resource, unread) = await FhirBody.ReadAsync(context);
        if (resource is null)
            return unread!;
        if (Written.Refused(resource, type) is { } wrong)
            return FhirProblem.Of(wrong);
        if (FhirBody.Check(resource, FhirInteraction.Create, [], out var remarks) is { } invalid)
            return invalid;
        SearchQuery? criteria = null;
        if (ifNoneExist is not null && !call.Criteria(type, ifNoneExist).TryGet(out criteria, out var unknown))
            return FhirProblem.Of(unknown);
        return await Written.AnswerAsync(call, new WorkbenchCreate(resource) { Criteria = criteria }, remarks);
    }
}

/// <summary>What all single writes share: the address, and the answer.</summary>
internal static class Written
{
    /// <summary>Why a resource may not be sent to this address. Refusals: <c>audit-not-writable</c>, <c>resource-type-differs</c>.</summary>
    public static Refusal? Refused(FhirResource resource, string type) =>
        type == "AuditEvent" ? HttpRefusals.AuditIsOurs : resource.Type != type ? FhirRefusals.TypeDiffers : null;

    /// <summary>Writes and answers as <c>Prefer</c> asks.</summary>
    public static async Task<IResult> AnswerAsync(WorkbenchCall call, WorkbenchWrite write, IReadOnlyList<FhirIssue> remarks)
    {
        var answer = await call.Store.WriteAsync(call.Server, call.Actor, [write], call.Cancel);
        return answer.Refused is { } refused ? FhirProblem.Of(refused.Refusal) : Receipt(call, answer.Written[0], remarks);
    }

    public static FhirReceipt Receipt(WorkbenchCall call, WorkbenchWritten written, IReadOnlyList<FhirIssue> remarks)
    {
        var resource = written.Resource ?? throw new InvalidOperationException("A write without a resource.");
        var status = written.Outcome == WorkbenchOutcome.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        return new FhirReceipt(call.BaseUrl, status, resource.Type, resource.Id, resource.Version, resource.At, remarks)
        {
            Body = call.Prefer.Return is PreferredReturn.Minimal or PreferredReturn.Outcome ? default : resource.Stamped(),
        };
    }
}
