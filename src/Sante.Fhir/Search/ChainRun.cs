using Sante.Kernel;

namespace Sante.Fhir.Search;

/// <summary>Carries out the searches inside a search: chains become sets of references, <c>_has</c> becomes a set of ids.</summary>
internal sealed class ChainRun(ISearchSource source, SearchBounds bounds)
{
    private readonly CandidateScan scan = new(source, bounds);
    private int found;

    /// <summary>The query with every chain and <c>_has</c> found. Refusals: <c>search-too-broad</c>.</summary>
    public async Task<Outcome<SearchQuery>> BindAsync(SearchQuery query, CancellationToken cancel)
    {
        if (!query.Conditions.Any(IsOpen))
        {
            return query;
        }

        var bound = new SearchCondition[query.Conditions.Count];
        for (var at = 0; at < bound.Length; at++)
        {
            if (!(await BindAsync(query.Type, query.Conditions[at], cancel)).TryGet(out var one, out var refusal))
            {
                return refusal;
            }

            bound[at] = one;
        }

        return query.With(bound);
    }

    private static bool IsOpen(SearchCondition condition) => condition.Chain.Count > 0 || condition.Reverse is not null;

    private async Task<Outcome<SearchCondition>> BindAsync(string type, SearchCondition condition, CancellationToken cancel) =>
        condition.Reverse is { } reverse ? await ReverseAsync(type, condition, reverse, cancel)
        : condition.Chain.Count > 0 ? await ChainAsync(condition, cancel)
        : condition;

    private async Task<Outcome<SearchCondition>> ChainAsync(SearchCondition condition, CancellationToken cancel)
    {
        var references = new HashSet<string>(StringComparer.Ordinal);
        List<(string, SearchCondition)> links = [];
        foreach (var (type, inner) in condition.Chain)
        {
            if (!(await BindAsync(type, inner, cancel)).TryGet(out var bound, out var refusal))
            {
                return refusal;
            }

            links.Add((type, bound));
            var ended = await EachAsync(type, bound, subject => references.Add($"{type}/{subject.Id}"), cancel);
            if (ended.Refusal is { } tooBroad)
            {
                return tooBroad;
            }
        }

        return new SearchCondition(condition.Parameter, condition.Modifier, []) { Chain = links, Identifiers = condition.Identifiers, Found = references };
    }

    private async Task<Outcome<SearchCondition>> ReverseAsync(string on, SearchCondition condition, (string Type, SearchParameter Parameter, SearchCondition Condition) reverse, CancellationToken cancel)
    {
        if (!(await BindAsync(reverse.Type, reverse.Condition, cancel)).TryGet(out var bound, out var refusal))
        {
            return refusal;
        }

        var ids = new HashSet<string>(StringComparer.Ordinal);
        var ended = await EachAsync(reverse.Type, bound, subject =>
        {
            foreach (var value in SearchIndex.Of(subject.Resource, reverse.Parameter))
            {
                if (value is ReferenceValue { IsLocal: true } reference && reference.Type == on)
                {
                    ids.Add(reference.Id!);
                }
            }
        }, cancel);
        return ended.Refusal is { } tooBroad ? tooBroad
            : new SearchCondition(condition.Parameter, condition.Modifier, []) { Reverse = (reverse.Type, reverse.Parameter, bound), Found = ids };
    }

    private async Task<Outcome<bool>> EachAsync(string type, SearchCondition condition, Action<SearchSubject> take, CancellationToken cancel)
    {
        var inner = new SearchQuery(type) { Conditions = [condition] };
        var ended = await scan.RunAsync(CandidateScan.Request(inner, default, null, CandidateScan.MaxBatch), inner, subject =>
        {
            take(subject);
            return ++found <= bounds.MaxInner;
        }, cancel);
        return ended.TryGet(out var atEnd, out var refusal) ? atEnd ? true : CandidateScan.TooBroad() : refusal;
    }
}
