using Microsoft.AspNetCore.Http;
using Sante.Fhir.Search;
using Sante.Kernel;
using Sante.Space.FhirApi;

namespace Sante.Space.Workbench;

/// <summary>
/// <c>GET [base]?_type=…</c> and <c>POST [base]/_search</c> (http://hl7.org/fhir/R4/http.html#search): several types at once, with the parameters that all of
/// them have.
/// </summary>
internal static class SystemSearch
{
    public static async Task<IResult> HandleAsync(WorkbenchCall call, HttpContext context) =>
        (await QueryText.ReadAsync(context.Request)).TryGet(out var parameters, out var unread)
            ? ReadingAnswer.Of(call, await FindAsync(call, parameters))
            : FhirProblem.Of(unread);

    public static async ValueTask<Outcome<Reading>> FindAsync(WorkbenchCall call, List<KeyValuePair<string, string>> parameters)
    {
        var cursor = QueryText.Take(parameters, Search.PageParameter);
        if (!SearchQuery.ParseSystem(parameters, call.SearchOptions(call.Prefer.Lenient)).TryGet(out var query, out var wrong))
            return wrong;
        foreach (var part in query.Parts)
        {
            if ((call.MayNot(part.Type, 's') ?? (part.Type == "AuditEvent" ? HttpRefusals.AuditPatient : null)) is { } refused)
                return refused;
        }

        var found = await call.Store.SearchAsync(call.Server, call.Actor, query, cursor, call.Cancel);
        return found.TryGet(out var page, out var refusal) ? Search.Answer(call, query, page, call.BaseUrl) : refusal;
    }
}
