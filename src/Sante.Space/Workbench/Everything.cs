using Microsoft.AspNetCore.Http;
using Sante.Kernel;
using Sante.Space.FhirApi;

namespace Sante.Space.Workbench;

/// <summary>
/// <c>Patient/[id]/$everything</c> (http://hl7.org/fhir/R4/patient-operation-everything.html): the patient, its compartment and what they refer to, in pages,
/// with <c>_since</c>, <c>_type</c> and <c>_count</c>. <c>start</c> and <c>end</c> (dates of care) are refused: each type would need a date of its own.
/// </summary>
internal static class Everything
{
    public static async Task<IResult> HandleAsync(WorkbenchCall call, HttpContext context)
    {
        var (input, unread) = await OperationInput.ReadAsync(context, QueryText.Read(context.Request.QueryString.Value));
        if (input is null)
            return unread!;
        if (!input.AsQuery().TryGet(out var parameters, out var wrong))
            return FhirProblem.Of(wrong);
        return ReadingAnswer.Of(call, await FindAsync(call, (string)context.Request.RouteValues["id"]!, parameters));
    }

    public static async ValueTask<Outcome<Reading>> FindAsync(WorkbenchCall call, string id, List<KeyValuePair<string, string>> parameters)
    {
        if ((call.MayNot("Patient", 'r') ?? (call.Holder.Scopes.Allows("*", 'r') ? null : FhirRefusals.ScopeInsufficient)) is { } refused)
            return refused;
        if (!WorkbenchCall.IsId(id))
            return WorkbenchRefusals.ResourceUnknown;
        if (!PageAsk.Read(parameters, call.Prefer.Lenient, "_since", "_type").TryGet(out var ask, out var wrong))
            return wrong;
        var found = await call.Store.EverythingAsync(
            call.Server, call.Actor, new WorkbenchEverythingQuery(id, ask.Types, ask.Since, ask.Count, ask.Cursor), call.Cancel);
        if (!found.TryGet(out var page, out var refusal))
            return refusal;
        return Reading.Bundle(page.Permit, "searchset", page.Total, Search.Links($"{call.BaseUrl}/Patient/{id}/$everything", ask.SelfQuery, page.Next), bundle =>
        {
            foreach (var match in page.Matches)
                Search.Add(bundle, call, match, null, "match");
            foreach (var include in page.Included)
                Search.Add(bundle, call, include, null, "include");
        });
    }
}
