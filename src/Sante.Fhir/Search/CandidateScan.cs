using Sante.Kernel;

namespace Sante.Fhir.Search;

/// <summary>Reads candidates in batches and keeps those that match; counts what one search opens.</summary>
internal sealed class CandidateScan(ISearchSource source, SearchBounds bounds)
{
    public const int MaxBatch = 500;

    private int opened;

    /// <summary>Gives every match after a position to <paramref name="take"/> until it says no (false) or there are no more (true). Refusals: <c>search-too-broad</c>.</summary>
    public async Task<Outcome<bool>> RunAsync(CandidateRequest request, SearchQuery query, Func<SearchSubject, bool> take, CancellationToken cancel)
    {
        if (request.Ids is { Count: 0 } || request.Narrowings.Any(CannotHold))
        {
            return true;
        }

        var trusted = request.IsExact && source.IsExact(request);
        while (true)
        {
            var batch = await source.CandidatesAsync(request, cancel);
            for (var at = 0; at < batch.Count; at++)
            {
                if ((trusted || query.Matches(batch[at])) && !take(batch[at]))
                {
                    return false;
                }
            }

            if (batch.Count < request.Limit)
            {
                return true;
            }

            if ((opened += batch.Count) > bounds.MaxOpened)
            {
                return TooBroad();
            }

            request = request with { After = PositionOf(batch[^1], request), Limit = Math.Min(MaxBatch, request.Limit!.Value * 2) };
        }
    }

    /// <summary>What is asked of the source for a query.</summary>
    public static CandidateRequest Request(SearchQuery query, CandidateOrder order, CandidatePosition? after, int limit) =>
        new(query.Type, query.Ids, query.Joined, order, after, Math.Min(limit, MaxBatch)) { Updated = query.Updated, IsExact = query.IsExact };

    public static Refusal TooBroad() => new("search-too-broad", RefusalKind.Invalid, "Cette recherche porte sur trop de ressources : précisez-la.");

    /// <summary>No alternative of any kind: nothing can match (a chain that found nothing).</summary>
    public static bool CannotHold(Narrowing narrowing) => narrowing.Keys.Count + narrowing.Windows.Count + narrowing.Prefixes.Count + narrowing.Numbers.Count == 0;

    private static CandidatePosition PositionOf(in SearchSubject last, CandidateRequest request)
    {
        if (request.Order.Kind == CandidateOrderKind.Own)
        {
            return new CandidatePosition(null, last.Id);
        }

        var parameter = SearchParameters.Table(request.Type).ByCode[request.Order.Parameter ?? "_lastUpdated"];
        var value = SortOrder.ValueOf(last, new SearchSort(parameter, request.Order.Descending));
        return new CandidatePosition(value.Kind == SortValueKind.Missing ? null : value.Ticks, last.Id);
    }
}
