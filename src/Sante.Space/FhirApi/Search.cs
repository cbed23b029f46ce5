using Microsoft.AspNetCore.Http;
using Sante.Kernel;

namespace Sante.Space.FhirApi;

/// <summary>
/// <c>GET [base]/[type]?…</c>, <c>POST [base]/[type]/_search</c>, <c>GET [base]/Patient/[id]/[type]?…</c> and <c>GET [base]?_type=…</c>
/// (http://hl7.org/fhir/R4/http.html#search), in one citizen's space, who must be named (PDSm ITI-66, ITI-67). What is hidden is nowhere: not in the
/// entries, not in the total, not in what a chain or an include finds.
/// </summary>
internal sealed class Search(FhirStore store, CitizenNames citizens, SpaceSearch search)
{
    private const string TypesParameter = "_type";

    /// <summary>One type.</summary>
    public static async Task<IResult> HandleAsync(string type, HttpContext context, Search search)
    {
        if (!FhirCall.For(context, type, "search", 's').TryGet(out var asked, out var refusal))
            return FhirProblem.Of(refusal);
        return await search.AnswerAsync(asked.Call, [asked.Type], type, null);
    }

    /// <summary>One type in the compartment of the patient of the URL.</summary>
    public static async Task<IResult> CompartmentAsync(string id, string type, HttpContext context, Search search)
    {
        if (!FhirCall.For(context, type, "search", 's').TryGet(out var asked, out var refusal))
            return FhirProblem.Of(refusal);
        return type == "Patient" || asked.Type.Category == Categories.Agenda
            ? FhirProblem.Of(FhirRefusals.TypeNotHeld)
            : await search.AnswerAsync(asked.Call, [asked.Type], $"Patient/{id}/{type}", new CitizenName(CitizenNameKind.PatientId, "", id));
    }

    /// <summary>Several types, named by <c>_type</c>; all of those that the token opens when it names none.</summary>
    public static async Task<IResult> SystemAsync(HttpContext context, Search search)
    {
        if (!FhirCall.Of(context).TryGet(out var call, out var refusal))
            return FhirProblem.Of(refusal);
        if (!(await ParametersAsync(context)).TryGet(out var parameters, out var unread))
            return FhirProblem.Of(unread);
        if (!TypesOf(parameters, call).TryGet(out var types, out var unheld))
            return FhirProblem.Of(unheld);
        return await search.AnswerAsync(call, types, "", null);
    }

    /// <summary>The parameters of the URL and, of a <c>_search</c>, of the form. Refusals: <c>unsupported-media-type</c>, <c>search-too-complex</c>.</summary>
    public static async Task<Outcome<List<KeyValuePair<string, string>>>> ParametersAsync(HttpContext context)
    {
        var parameters = context.Request.Query.SelectMany(pair => pair.Value.Select(value => KeyValuePair.Create(pair.Key, value ?? ""))).ToList();
        if (HttpMethods.IsPost(context.Request.Method))
        {
            if (!context.Request.HasFormContentType)
                return FhirRefusals.UnsupportedMediaType;
            try
            {
                var form = await context.Request.ReadFormAsync(context.RequestAborted);
                parameters.AddRange(form.SelectMany(pair => pair.Value.Select(value => KeyValuePair.Create(pair.Key, value ?? ""))));
            }
            catch (InvalidDataException)
            {
                // The framework's own bounds on forms: too many fields, or too long ones.
                return FhirRefusals.FormTooComplex;
            }
        }

        return parameters;
    }

    /// <summary>Types named by <c>_type</c>. Refusals: <c>type-not-held</c>, <c>interaction-not-supported</c>, <c>scope-insufficient</c>.</summary>
    internal static Outcome<IReadOnlyList<RecordType>> TypesOf(IEnumerable<KeyValuePair<string, string>> parameters, FhirCall call)
    {
        var names = parameters.Where(parameter => parameter.Key == TypesParameter).SelectMany(parameter => parameter.Value.Split(',')).Distinct().ToList();
        if (names.Count == 0)
            return Outcome.Of<IReadOnlyList<RecordType>>([.. RecordTypes.All.Where(held => IsSearched(held) && call.Holder.Scopes.Allows(held.Type, 's'))]);
        var types = new List<RecordType>();
        foreach (var name in names)
        {
            if (RecordTypes.Find(name) is not { } held)
                return FhirRefusals.TypeNotHeld;
            if (!IsSearched(held))
                return FhirRefusals.InteractionNotSupported;
            if (!call.Holder.Scopes.Allows(name, 's'))
                return FhirRefusals.ScopeInsufficient;
            types.Add(held);
        }

        return types;
    }

    /// <summary>The agenda is not of the record: it is read by itself.</summary>
    private static bool IsSearched(RecordType held) => held.Allows("search") && held.Category != Categories.Agenda;

    private async Task<IResult> AnswerAsync(FhirCall call, IReadOnlyList<RecordType> types, string path, CitizenName? owner)
    {
        if (!(await ParametersAsync(call.Context)).TryGet(out var parameters, out var unread))
            return FhirProblem.Of(unread);
        var found = await FindAsync(call, types, path, parameters, owner);
        return found.TryGet(out var answer, out var told) ? answer : FhirProblem.Of(told);
    }

    private async Task<Outcome<IResult>> FindAsync(
        FhirCall call, IReadOnlyList<RecordType> types, string path, List<KeyValuePair<string, string>> parameters, CitizenName? owner)
    {
        if (types.Count == 0)
            return FhirRefusals.ScopeInsufficient;
        var single = types is [var only] ? only.Type : "";
        if (!CitizenNames.InQuery(single, parameters, call, owner).TryGet(out var named, out var unnamed))
            return unnamed;
        var ask = new SearchAsk([.. types.Select(type => type.Type)], [.. named.Others.Where(parameter => parameter.Key is not (SpaceSearch.CursorParameter or TypesParameter))],
            types is [var one] ? one.Category : Categories.None,
            types.Aggregate(QueryTypes.Beside(single, parameters), (all, type) => all | type.Category), KindOf(types, parameters, owner))
        {
            Cursor = parameters.FirstOrDefault(parameter => parameter.Key == SpaceSearch.CursorParameter).Value,
        };
        if (!search.Parse(ask, call).TryGet(out var queries, out var wrong))
            return wrong;
        if (types.Count > 1 && queries.Any(query => query.Sort.Count > 0))
            return SearchRefusals.SortOfSeveral;
        if (!(await citizens.FindSpaceAsync(named.Name, call.Cancel)).TryGet(out var space, out var refusal))
            return refusal;
        // Nobody by that name: the same question to the caller's own log gives the same refusal, and leaves the miss there.
        var asked = space ?? await store.OwnLogAsync(call.Actor, call.Cancel);
        if (!(await search.FindAsync(asked, ask, queries, call)).TryGet(out var found, out var told))
            return told;
        var kept = parameters.Where(parameter => parameter.Key == TypesParameter || (owner is null && CitizenNames.InQuery(single, [parameter], call).Refusal is null));
        return Outcome.Of<IResult>(FhirAnswer.Of(call, store, found.Permit, SearchBundle.Write(call, path, kept, queries[0], found.Page)));
    }

    /// <summary>For the line: types and names of parameters, no value.</summary>
    private static string KindOf(IReadOnlyList<RecordType> types, List<KeyValuePair<string, string>> parameters, CitizenName? owner)
    {
        var names = parameters.Select(parameter => parameter.Key).Where(name => name != SpaceSearch.CursorParameter).Distinct().ToList();
        return $"{string.Join(", ", types.Select(type => type.Type))} par {string.Join(", ", owner is null ? names : names.Prepend("patient"))}";
    }
}
