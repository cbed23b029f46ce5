using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sante.Fhir.Bundles;
using Sante.Fhir.Search;
using Sante.Kernel;
using Sante.Ledger;
using Sante.Space.FhirApi;

namespace Sante.Space.Workbench;

/// <summary>
/// <c>GET [base]?_type=…</c> and <c>POST [base]/_search</c> (http://hl7.org/fhir/R4/http.html#search): several types at once, with the parameters that all of
/// them have. Answered type after type; the cursor says at which one the page ended.
/// </summary>
internal static class SystemSearch
{
    /// <summary>Most types of one search.</summary>
    private const int MostTypes = 20;

    private static readonly Refusal TypesMissing = new("search-types-missing", RefusalKind.Invalid, "Une recherche sur tout l'atelier nomme ses types : « _type=Patient,Practitioner ».");
    private static readonly Refusal SortRefused = new("search-sort-over-types", RefusalKind.Invalid, "Une recherche sur plusieurs types ne se trie pas.");
    private static readonly Refusal CursorInvalid = new("cursor-invalid", RefusalKind.Invalid, "Ce curseur de page n'est pas de cette recherche.");

    public static async Task<IResult> HandleAsync(WorkbenchCall call, HttpContext context) =>
        (await QueryText.ReadAsync(context.Request)).TryGet(out var parameters, out var unread)
            ? ReadingAnswer.Of(call, await FindAsync(call, parameters))
            : FhirProblem.Of(unread);

    public static async ValueTask<Outcome<Reading>> FindAsync(WorkbenchCall call, List<KeyValuePair<string, string>> parameters)
    {
        var types = (QueryText.Take(parameters, "_type") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Distinct().ToArray();
        if (types.Length is 0 or > MostTypes)
            return TypesMissing;
        var (first, cursor) = Place(QueryText.Take(parameters, Search.PageParameter));
        if (first < 0 || first >= types.Length)
            return CursorInvalid;
        if (!Queries(call, types, parameters).TryGet(out var queries, out var wrong))
            return wrong;
        var run = new Run(call, queries);
        if (await run.FillAsync(first, cursor) is { } refusal)
            return refusal;
        var self = $"_type={string.Join(',', types)}{(queries[0].SelfQuery.Length == 0 ? "" : "&" + queries[0].SelfQuery)}";
        return Reading.Bundle(run.Permit, "searchset", run.Total, Search.Links(call.BaseUrl, self, run.Next), bundle =>
        {
            foreach (var (resource, mode, query) in run.Found)
                Search.Add(bundle, call, resource, query, mode);
        });
    }

    private static Outcome<List<SearchQuery>> Queries(WorkbenchCall call, string[] types, List<KeyValuePair<string, string>> parameters)
    {
        List<SearchQuery> queries = [];
        foreach (var type in types)
        {
            if (type == "AuditEvent")
                return HttpRefusals.AuditPatient;
            if (call.MayNot(type, 's') is { } refused)
                return refused;
            if (!SearchQuery.Parse(type, parameters, call.SearchOptions(call.Prefer.Lenient)).TryGet(out var query, out var wrong))
                return wrong;
            if (query.Sort.Count > 0)
                return SortRefused;
            queries.Add(query);
        }

        return queries;
    }

    /// <summary><c>2.abc</c>: the third type, after its own cursor <c>abc</c>.</summary>
    private static (int Type, string? Cursor) Place(string? cursor)
    {
        if (cursor is null)
            return (0, null);
        var dot = cursor.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && int.TryParse(cursor[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var type)
            ? (type, dot + 1 < cursor.Length ? cursor[(dot + 1)..] : null)
            : (-1, null);
    }

    /// <summary>Searches type after type until the page is full.</summary>
    private sealed class Run(WorkbenchCall call, List<SearchQuery> queries)
    {
        private int matches;

        public List<(WorkbenchResource Resource, string Mode, SearchQuery Query)> Found { get; } = [];

        /// <summary>The permit of the first line: the one that is oldest when the answer leaves.</summary>
        public DisclosePermit? Permit { get; private set; }

        public long? Total { get; private set; }

        public string? Next { get; private set; }

        public async Task<Refusal?> FillAsync(int first, string? cursor)
        {
            Total = first == 0 && cursor is null ? 0 : null;
            for (var at = first; at < queries.Count; at++, cursor = null)
            {
                var found = await call.Store.SearchAsync(call.Server, call.Actor, queries[at], cursor, call.Cancel);
                if (!found.TryGet(out var page, out var refusal))
                    return refusal;
                Take(page, queries[at]);
                if (page.Next is not null || (matches >= queries[0].Count && !queries[0].CountOnly && at + 1 < queries.Count))
                {
                    Next = page.Next is null ? $"{at + 1}." : $"{at}.{page.Next}";
                    Total = null;
                    return null;
                }
            }

            return null;
        }

        private void Take(WorkbenchPage page, SearchQuery query)
        {
            Permit ??= page.Permit;
            Total += page.Total;
            matches += page.Matches.Count;
            foreach (var match in page.Matches)
                Found.Add((match, "match", query));
            foreach (var include in page.Included)
                Found.Add((include, "include", query));
        }
    }
}
