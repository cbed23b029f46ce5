using Microsoft.AspNetCore.Http;
using Sante.Fhir;
using Sante.Fhir.Search;
using Sante.Space.FhirApi;

namespace Sante.Space.Workbench;

/// <summary>
/// <c>DELETE [base]/[type]/[id]</c> and <c>DELETE [base]/[type]?criteria</c>, of one at most (http://hl7.org/fhir/R4/http.html#delete). What is not there, or
/// not there any more, is deleted already: a success.
/// </summary>
internal static class Delete
{
    public static async Task<IResult> HandleAsync(WorkbenchCall call, HttpContext context)
    {
        var type = (string)context.Request.RouteValues["type"]!;
        var id = (string?)context.Request.RouteValues["id"];
        if (call.MayNot(type, 'd') is { } refused)
            return FhirProblem.Of(refused);
        if (type == "AuditEvent")
            return FhirProblem.Of(HttpRefusals.AuditIsOurs);
        if (id is not null && !WorkbenchCall.IsId(id))
            return FhirProblem.Of(WorkbenchRefusals.ResourceUnknown);
        if (!Preconditions.IfMatch(context.Request).TryGet(out var ifMatch, out var malformed))
            return FhirProblem.Of(malformed);
        SearchQuery? criteria = null;
        if (id is null && !call.Criteria(type, context.Request.QueryString.Value ?? "").TryGet(out criteria, out var unknown))
            return FhirProblem.Of(unknown);
        var answer = await call.Store.WriteAsync(call.Server, call.Actor, [new WorkbenchDelete(type, id) { Criteria = criteria, IfMatch = ifMatch }], call.Cancel);
        return answer.Refused is { } not ? FhirProblem.Of(not.Refusal) : new Gone(call.Prefer, answer.Written[0]);
    }

    /// <summary>204, or 200 with an outcome when that is preferred.</summary>
    private sealed class Gone(Prefer prefer, WorkbenchWritten written) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            if (written.Resource is { } resource)
                FhirHeaders.Version(response, FhirHeaders.ETag(resource.Version), resource.At);
            if (prefer.Return == PreferredReturn.Outcome)
                return FhirProblem.Of(StatusCodes.Status200OK, []).ExecuteAsync(httpContext);
            response.StatusCode = StatusCodes.Status204NoContent;
            response.Headers.CacheControl = "no-store";
            return Task.CompletedTask;
        }
    }
}
