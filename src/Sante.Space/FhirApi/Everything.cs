using Microsoft.AspNetCore.Http;
using Sante.Kernel;

namespace Sante.Space.FhirApi;

/// <summary>
/// <c>GET [base]/Patient/[id]/$everything</c> (http://hl7.org/fhir/R4/patient-operation-everything.html): all of one citizen's record that the caller may see,
/// each category as far as it is opened to it, type after type. <c>_since</c>, <c>_type</c>, <c>_count</c>. Contents (Binary) stay at their address.
/// </summary>
internal static class Everything
{
    private static readonly HashSet<string> Known = ["_since", "_type", "_count", "_format", "_pretty", SpaceSearch.CursorParameter];

    public static async Task<IResult> HandleAsync(string id, HttpContext context, FhirStore store, CitizenNames citizens, SpaceSearch search)
    {
        if (!FhirCall.For(context, "Patient", "search", 'r').TryGet(out var asked, out var refusal))
            return FhirProblem.Of(refusal);
        if (!(await Search.ParametersAsync(context)).TryGet(out var parameters, out var unread))
            return FhirProblem.Of(unread);
        return (await FindAsync(asked.Call, id, parameters, store, citizens, search)).TryGet(out var answer, out var told) ? answer : FhirProblem.Of(told);
    }

    private static async Task<Outcome<IResult>> FindAsync(
        FhirCall call, string id, List<KeyValuePair<string, string>> parameters, FhirStore store, CitizenNames citizens, SpaceSearch search)
    {
        if (parameters.Any(parameter => !Known.Contains(parameter.Key)))
            return SearchRefusals.EverythingParameter;
        if (!Search.TypesOf(parameters, call).TryGet(out var types, out var unheld))
            return unheld;
        if (types.Count == 0)
            return FhirRefusals.ScopeInsufficient;
        var read = parameters.Where(parameter => parameter.Key is "_count")
            .Concat(parameters.Where(parameter => parameter.Key is "_since").Select(parameter => KeyValuePair.Create("_lastUpdated", "ge" + parameter.Value))).ToList();
        var ask = new SearchAsk([.. types.Select(type => type.Type)], read, Categories.None,
            types.Aggregate(Categories.None, (all, type) => all | type.Category), "Patient par $everything")
        {
            Cursor = parameters.FirstOrDefault(parameter => parameter.Key == SpaceSearch.CursorParameter).Value,
        };
        if (!search.Parse(ask, call).TryGet(out var queries, out var wrong))
            return wrong;
        if (!(await citizens.FindSpaceAsync(new CitizenName(CitizenNameKind.PatientId, "", id), call.Cancel)).TryGet(out var space, out var malformed))
            return malformed;
        if (!(await search.FindAsync(space ?? await store.OwnLogAsync(call.Actor, call.Cancel), ask, queries, call)).TryGet(out var found, out var told))
            return told;
        var kept = parameters.Where(parameter => parameter.Key is "_type" or "_since" or "_count");
        return Outcome.Of<IResult>(FhirAnswer.Of(call, store, found.Permit, SearchBundle.Write(call, $"Patient/{id}/$everything", kept, null, found.Page)));
    }
}
