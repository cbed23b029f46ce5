using System.Buffers;
using Microsoft.AspNetCore.Http;
using Sante.Fhir;
using Sante.Fhir.Bundles;
using Sante.Fhir.Search;
using Sante.Kernel;

namespace Sante.Space.FhirApi;

/// <summary>
/// <c>GET [base]/[type]?…</c> and <c>POST [base]/[type]/_search</c> (http://hl7.org/fhir/R4/http.html#search), in one citizen's space, who must be named
/// (PDSm ITI-66, ITI-67). What is hidden is nowhere: not in the entries, not in the total, not in includes.
/// </summary>
internal sealed class Search(FhirStore store, CitizenNames citizens, Disclosures disclosures, Ledger.World world)
{
    /// <summary>Id of the last resource of the page before.</summary>
    private const string PageParameter = "_page";

    /// <summary>What was found: the matches in all, this page of them, what they include.</summary>
    private sealed record Page(IReadOnlyList<StoredResource> Counted, IReadOnlyList<StoredResource> Matches, IReadOnlyList<StoredResource> Included, bool HasMore)
    {
        public int Total => Counted.Count;
    }

    public static async Task<IResult> HandleAsync(string type, HttpContext context, Search search)
    {
        if (!FhirCall.For(context, type, "search", 's').TryGet(out var asked, out var refusal))
            return FhirProblem.Of(refusal);
        if (!(await ParametersAsync(context)).TryGet(out var parameters, out var unread))
            return FhirProblem.Of(unread);
        var found = await search.FindAsync(asked.Call, asked.Type, parameters);
        return found.TryGet(out var answer, out var told) ? answer : FhirProblem.Of(told);
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

    private async Task<Outcome<IResult>> FindAsync(FhirCall call, RecordType type, List<KeyValuePair<string, string>> parameters)
    {
        if (!CitizenNames.InQuery(type.Type, parameters, call).TryGet(out var named, out var unnamed))
            return unnamed;
        var after = named.Others.FirstOrDefault(parameter => parameter.Key == PageParameter).Value;
        var lenient = Prefer.Of(call.Context.Request).Lenient;
        var options = new SearchOptions { BaseUrl = call.BaseUrl, Lenient = lenient, Now = world.PlatformNow };
        if (!SearchQuery.Parse(type.Type, named.Others.Where(parameter => parameter.Key != PageParameter), options).TryGet(out var query, out var wrong))
            return wrong;
        if (!(await citizens.FindSpaceAsync(named.Name, call.Cancel)).TryGet(out var space, out var refusal))
            return refusal;
        // Nobody by that name: the same question to the caller's own log gives the same refusal, and leaves the miss there.
        var asked = space ?? await store.OwnLogAsync(call.Actor, call.Cancel);
        var kind = $"{type.Type} par {string.Join(", ", parameters.Select(parameter => parameter.Key).Distinct())}";
        var ran = await disclosures.RunAsync<Page?>(asked, call.Ask(AccessAction.Search, type.Category), async evaluation =>
        {
            var page = await PageAsync(evaluation, query, after, call.Cancel);
            return (page, page is null ? Disclosure.Nothing(kind) : Leaving(page, type, kind));
        });
        if (!ran.TryGet(out var disclosed, out var told))
            return told;
        return disclosed.Found is { } found
            ? FhirAnswer.Of(call, store, disclosed.Permit, Bundle(call, type, query, found, parameters))
            : FhirRefusals.PageExpired;
    }

    /// <summary>
    /// What the line names. Of documents also those that were only counted: from whom one is hidden, his copy of the line must be able to leave it out
    /// of the total.
    /// </summary>
    private static Disclosure Leaving(Page page, RecordType type, string kind) => type.Category == Categories.Documents
        ? Disclosures.Leaving([.. page.Counted, .. page.Included], page.Total, kind)
        : Disclosures.Leaving([.. page.Matches, .. page.Included], page.Total, kind);

    private async Task<Page?> PageAsync(Evaluation evaluation, SearchQuery query, string? after, CancellationToken cancel)
    {
        var all = await store.SearchAsync(evaluation, query, cancel);
        if (query.CountOnly)
            return new Page(all, [], [], false);
        var start = after is null ? 0 : all.ToList().FindIndex(found => found.Id.ToString() == after) + 1;
        if (after is not null && start == 0)
            return null;
        var matches = all.Skip(start).Take(query.Count).ToList();
        return new Page(all, matches, await IncludedAsync(evaluation, query, matches, cancel), start + matches.Count < all.Count);
    }

    /// <summary>Includes of the searched category: what another consent would have to open is left out.</summary>
    private async Task<IReadOnlyList<StoredResource>> IncludedAsync(Evaluation evaluation, SearchQuery query, List<StoredResource> matches, CancellationToken cancel)
    {
        var seen = matches.Select(match => match.Id).ToHashSet();
        var included = new List<StoredResource>();
        var from = matches;
        for (var round = 0; round < 3 && from.Count > 0 && query.Includes.Any(include => round == 0 || include.Iterate); round++)
        {
            var found = new List<StoredResource>();
            foreach (var (type, id) in from.SelectMany(source => Targets(source, query, round)))
            {
                if (RecordTypes.Find(type) is { } held && evaluation.Request.Categories.HasFlag(held.Category) && seen.Add(id)
                    && await store.ReadAsync(evaluation, type, id, cancel) is { } target)
                    found.Add(target);
            }

            included.AddRange(found);
            from = found;
        }

        return included;
    }

    private static IEnumerable<(string Type, RecordId Id)> Targets(StoredResource source, SearchQuery query, int round)
    {
        FhirResource? parsed = null;
        foreach (var include in query.Includes.Where(include => include.Type == source.Header.Type && (round == 0 || include.Iterate)))
        {
            foreach (var reference in SearchIndex.Of(parsed ??= source.Parse(), include.Parameter).OfType<ReferenceValue>())
            {
                if (reference is { Type: { } type, Id: { } text } && (include.TargetType is null || include.TargetType == type) && RecordId.TryParse(text).TryGet(out var id, out _))
                    yield return (type, id);
            }
        }
    }

    private static ReadOnlyMemory<byte> Bundle(FhirCall call, RecordType type, SearchQuery query, Page page, List<KeyValuePair<string, string>> parameters)
    {
        var naming = string.Join('&', parameters.Where(IsNaming).Select(parameter => $"{parameter.Key}={Uri.EscapeDataString(parameter.Value)}"));
        var self = $"{call.BaseUrl}/{type.Type}?{naming}{(query.SelfQuery.Length > 0 ? "&" : "")}{query.SelfQuery}";
        var links = new List<(string, string)> { ("self", self) };
        if (page.HasMore && page.Matches.Count > 0)
            links.Add(("next", $"{self}&{PageParameter}={page.Matches[^1].Id}"));
        var output = new ArrayBufferWriter<byte>();
        using var bundle = new BundleWriter(output, "searchset", page.Total, links);
        foreach (var (resource, mode) in page.Matches.Select(match => (match, "match")).Concat(page.Included.Select(include => (include, "include"))))
            bundle.Add(new BundleEntry { FullUrl = $"{call.BaseUrl}/{resource.Header.Type}/{resource.Id}", Resource = resource.Stamped(), SearchMode = mode });
        bundle.End();
        return output.WrittenMemory;

        bool IsNaming(KeyValuePair<string, string> parameter) => CitizenNames.InQuery(type.Type, [parameter], call).Refusal is null;
    }
}
