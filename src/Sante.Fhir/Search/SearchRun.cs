using Sante.Kernel;

namespace Sante.Fhir.Search;

/// <summary>
/// Carries out a query over a source: chains, candidates, exact match, order, page, includes. Pages are keysets (sort values and id), so that nothing is lost
/// or repeated while data is written. A source's order is used where it has one; other sorts keep the best of all matches in memory.
/// </summary>
public sealed class SearchRun
{
    private readonly IReadOnlyList<SearchQuery> parts;
    private readonly SearchQuery query;
    private readonly ISearchSource source;
    private readonly SearchBounds bounds;
    private readonly CandidateScan scan;
    private readonly SortOrder order;
    private readonly CandidateOrder candidateOrder;
    private readonly bool isSorted;
    private readonly uint mark;
    private readonly List<SearchSubject> counted = [];

    private SearchRun(SearchQuery query, IReadOnlyList<SearchQuery> parts, ISearchSource source, SearchBounds bounds)
    {
        (this.query, this.parts, this.source, this.bounds) = (query, parts, source, bounds);
        scan = new CandidateScan(source, bounds);
        order = new SortOrder(query.Sort);
        candidateOrder = OrderOf(query, source);
        isSorted = query.Sort.Count > 0 && candidateOrder.Kind == CandidateOrderKind.Own;
        mark = SearchCursor.MarkOf(query);
    }

    /// <summary>
    /// One page. Refusals: <c>cursor-invalid</c> (a cursor that this query never gave), <c>search-too-broad</c> (more inside the search than
    /// <paramref name="bounds"/> admit).
    /// </summary>
    /// <param name="query">What is asked.</param>
    /// <param name="source">Where from.</param>
    /// <param name="cursor"><see cref="SearchPage.Next"/> of the page before, or null for the first.</param>
    /// <param name="bounds">What it may cost.</param>
    /// <param name="cancel">Stops it.</param>
    public static async Task<Outcome<SearchPage>> RunAsync(SearchQuery query, ISearchSource source, string? cursor = null, SearchBounds? bounds = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(source);
        bounds ??= SearchBounds.Default;
        var after = cursor is null ? null : SearchCursor.Read(cursor, SearchCursor.MarkOf(query), query.Sort.Count);
        if (cursor is not null && after is null)
        {
            return new Refusal("cursor-invalid", RefusalKind.Invalid, "Ce curseur de page n’est pas de cette recherche.");
        }

        var chains = new ChainRun(source, bounds);
        var parts = new SearchQuery[Math.Max(1, query.Parts.Count)];
        for (var at = 0; at < parts.Length; at++)
        {
            if (!(await chains.BindAsync(query.Parts.Count == 0 ? query : query.Parts[at], cancel)).TryGet(out var bound, out var refusal))
            {
                return refusal;
            }

            parts[at] = bound;
        }

        return await new SearchRun(query, parts, source, bounds).PageAsync(after, cancel);
    }

    private async Task<Outcome<SearchPage>> PageAsync(SortPlace? after, CancellationToken cancel)
    {
        var wanted = query.CountOnly ? 0 : query.Count;
        var isCounting = query.CountOnly || bounds.KeepCounted || query.Total is "accurate" or "estimate";
        var found = query.CountOnly ? new Found([], null) : isSorted ? await SortedAsync(after, wanted, cancel) : await InOrderAsync(after, wanted, isCounting, cancel);
        if (!found.TryGet(out var matches, out var refusal))
        {
            return refusal;
        }

        var hasMore = matches.Subjects.Count > wanted;
        var page = hasMore ? matches.Subjects.GetRange(0, wanted) : matches.Subjects;
        var total = query.Total == "none" && !query.CountOnly && !bounds.KeepCounted ? null : matches.Total;
        if (total is null && isCounting)
        {
            if (!(await CountAsync(cancel)).TryGet(out var all, out var tooBroad))
            {
                return tooBroad;
            }

            total = all;
        }

        return (await new IncludeRun(query, source, bounds).IncludedAsync(page, cancel)).TryGet(out var included, out var tooMany)
            ? new SearchPage(page, included, total, hasMore ? SearchCursor.Write(mark, order.PlaceOf(page[^1])) : null) { Counted = bounds.KeepCounted ? counted : page }
            : tooMany;
    }

    /// <summary>Reads in the order of the answer until the page is full and one more match is known; the first page tells a total that it happens to see.</summary>
    private async Task<Outcome<Found>> InOrderAsync(SortPlace? after, int wanted, bool isCounting, CancellationToken cancel)
    {
        // A page asked without a cursor can be counted on the way; the others are counted apart.
        var countsAll = isCounting && after is null;
        List<SearchSubject> page = [];
        var count = 0;
        var ended = await ScanAsync(after, countsAll ? CandidateScan.MaxBatch : FirstBatch(wanted), subject =>
        {
            count++;
            if (page.Count <= wanted)
            {
                page.Add(subject);
            }

            if (countsAll && bounds.KeepCounted)
            {
                counted.Add(subject);
            }

            return countsAll || page.Count <= wanted;
        }, cancel);
        return ended.TryGet(out var atEnd, out var refusal) ? new Found(page, atEnd && after is null ? count : null) : refusal;
    }

    /// <summary>One more than the page where the index answers every condition, even if a little too widely; else some room for what does not match.</summary>
    private int FirstBatch(int wanted) => parts.All(part => part.Conditions.Count <= part.Narrowings.Count + (part.Ids is null ? 0 : 1)) ? wanted + 1 : wanted + (wanted / 4) + 4;

    /// <summary>Reads everything and keeps the best after the cursor: in memory are the page and one batch.</summary>
    private async Task<Outcome<Found>> SortedAsync(SortPlace? after, int wanted, CancellationToken cancel)
    {
        var worstFirst = Comparer<SortPlace>.Create((left, right) => order.Compare(right, left));
        var best = new PriorityQueue<SearchSubject, SortPlace>(worstFirst);
        var count = 0;
        var ended = await ScanAsync(null, CandidateScan.MaxBatch, subject =>
        {
            count++;
            if (bounds.KeepCounted)
            {
                counted.Add(subject);
            }

            var place = order.PlaceOf(subject);
            if (after is not null && order.Compare(place, after) <= 0)
            {
                return true;
            }

            best.Enqueue(subject, place);
            if (best.Count > wanted + 1)
            {
                best.Dequeue();
            }

            return true;
        }, cancel);
        if (!ended.TryGet(out _, out var refusal))
        {
            return refusal;
        }

        var subjects = new SearchSubject[best.Count];
        for (var at = subjects.Length - 1; at >= 0; at--)
        {
            subjects[at] = best.Dequeue();
        }

        return new Found([.. subjects], count);
    }

    private async Task<Outcome<long>> CountAsync(CancellationToken cancel)
    {
        if (!bounds.KeepCounted && await CountOnIndexAsync(cancel) is { } known)
        {
            return known;
        }

        var count = 0L;
        counted.Clear();
        var ended = await ScanAsync(null, CandidateScan.MaxBatch, subject =>
        {
            count++;
            if (bounds.KeepCounted)
            {
                counted.Add(subject);
            }

            return true;
        }, cancel);
        return ended.TryGet(out _, out var refusal) ? count : refusal;
    }

    private async Task<long?> CountOnIndexAsync(CancellationToken cancel)
    {
        long? sum = 0;
        foreach (var part in parts)
        {
            var request = CandidateScan.Request(part, default, null, CandidateScan.MaxBatch) with { Limit = null };
            sum += request.Ids is { Count: 0 } || request.Narrowings.Any(CandidateScan.CannotHold) ? 0 : request.IsExact ? await source.CountAsync(request, cancel) : null;
        }

        return sum;
    }

    /// <summary>Gives every match after a place to <paramref name="take"/>, type after type, until it says no (false) or there are no more (true).</summary>
    private async Task<Outcome<bool>> ScanAsync(SortPlace? after, int limit, Func<SearchSubject, bool> take, CancellationToken cancel)
    {
        var position = after is null ? (CandidatePosition?)null : PositionOf(after);
        foreach (var part in parts)
        {
            if (after is not null && position is not null && part.Type != after.Type)
            {
                continue;
            }

            var ended = await scan.RunAsync(CandidateScan.Request(part, candidateOrder, position, limit), part, take, cancel);
            if (!ended.TryGet(out var atEnd, out var refusal) || !atEnd)
            {
                return refusal is null ? false : refusal;
            }

            position = null;
        }

        return true;
    }

    private CandidatePosition PositionOf(SortPlace place) => candidateOrder.Kind == CandidateOrderKind.Own ? new CandidatePosition(null, place.Id)
        : new CandidatePosition(place.Values[0].Kind == SortValueKind.Missing ? null : place.Values[0].Ticks, place.Id);

    private static CandidateOrder OrderOf(SearchQuery query, ISearchSource source)
    {
        if (query.Sort is not [var only] || query.Parts.Count > 1)
        {
            return default;
        }

        var order = only.Parameter.Code == "_lastUpdated" ? new CandidateOrder(CandidateOrderKind.LastUpdated, null, only.Descending)
            : only.Parameter.Type == SearchType.Date ? new CandidateOrder(CandidateOrderKind.Date, only.Parameter.IndexedAs.Code, only.Descending) : default;
        return order.Kind != CandidateOrderKind.Own && source.CanOrder(query.Parts is [var one] ? one.Type : query.Type, order) ? order : default;
    }

    private sealed record Found(List<SearchSubject> Subjects, long? Total);
}
