using Sante.Kernel;

namespace Sante.Fhir.Search;

/// <summary>
/// Carries out a query over a source: candidates, exact match, order, page, includes. Pages are keysets (sort values and id), so that nothing is lost or
/// repeated while data is written. A source's order is used where it has one; other sorts keep the best of all matches in memory.
/// </summary>
public sealed class SearchRun
{
    private const int MaxBatch = 500;

    private readonly SearchQuery query;
    private readonly ISearchSource source;
    private readonly SearchBounds bounds;
    private readonly SortOrder order;
    private readonly CandidateOrder candidateOrder;
    private readonly bool isSorted;
    private readonly uint mark;
    private readonly List<SearchSubject> counted = [];
    private int opened;

    private SearchRun(SearchQuery query, ISearchSource source, SearchBounds bounds)
    {
        (this.query, this.source, this.bounds) = (query, source, bounds);
        order = new SortOrder(query.Sort);
        candidateOrder = OrderOf(query, source);
        isSorted = query.Sort.Count > 0 && candidateOrder.Kind == CandidateOrderKind.Own;
        mark = Json.Utf8Hash.Of(System.Text.Encoding.UTF8.GetBytes($"{query.Type}?{string.Join(',', query.Sort.Select(sort => $"{sort.Descending}{sort.Parameter.Code}"))}"));
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
        var run = new SearchRun(query, source, bounds ?? SearchBounds.Default);
        var after = cursor is null ? null : SearchCursor.Read(cursor, run.mark, query.Sort.Count);
        if (cursor is not null && after is null)
        {
            return new Refusal("cursor-invalid", RefusalKind.Invalid, "Ce curseur de page n’est pas de cette recherche.");
        }

        return await run.PageAsync(after, cancel);
    }

    private async Task<Outcome<SearchPage>> PageAsync(SortPlace? after, CancellationToken cancel)
    {
        var wanted = query.CountOnly ? 0 : query.Count;
        var isCounting = query.CountOnly || bounds.KeepCounted || query.Total is "accurate" or "estimate";
        var found = isSorted ? await SortedAsync(after, wanted, cancel) : await InOrderAsync(after, wanted, isCounting, cancel);
        if (!found.TryGet(out var matches, out var refusal))
        {
            return refusal;
        }

        var hasMore = matches.Subjects.Count > wanted;
        var page = hasMore ? matches.Subjects.GetRange(0, wanted) : matches.Subjects;
        var total = query.Total == "none" && !query.CountOnly ? null : matches.Total;
        if (total is null && isCounting)
        {
            if (!(await CountAsync(cancel)).TryGet(out var all, out var tooBroad))
            {
                return tooBroad;
            }

            total = all;
        }

        return (await new IncludeRun(query, source, bounds).IncludedAsync(page, cancel)).TryGet(out var included, out var tooMany)
            ? new SearchPage(page, included, total, hasMore && wanted > 0 ? SearchCursor.Write(mark, order.PlaceOf(page[^1])) : null) { Counted = bounds.KeepCounted ? counted : page }
            : tooMany;
    }

    /// <summary>Reads in the order of the answer until the page is full and one more match is known; the first page tells a total that it happens to see.</summary>
    private async Task<Outcome<Found>> InOrderAsync(SortPlace? after, int wanted, bool isCounting, CancellationToken cancel)
    {
        // A page asked without a cursor can be counted on the way; the others are counted apart.
        var countsAll = isCounting && after is null;
        List<SearchSubject> page = [];
        var count = 0;
        var ended = await ScanAsync(after is null ? null : PositionOf(after), countsAll ? MaxBatch : wanted + (wanted / 4) + 4, subject =>
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

    /// <summary>Reads everything and keeps the best after the cursor: in memory are the page and one batch.</summary>
    private async Task<Outcome<Found>> SortedAsync(SortPlace? after, int wanted, CancellationToken cancel)
    {
        var worstFirst = Comparer<SortPlace>.Create((left, right) => order.Compare(right, left));
        var best = new PriorityQueue<SearchSubject, SortPlace>(worstFirst);
        var count = 0;
        var ended = await ScanAsync(null, MaxBatch, subject =>
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
        var request = Request(null, null);
        if (request.IsExact && !bounds.KeepCounted && await source.CountAsync(request, cancel) is { } known)
        {
            return known;
        }

        var count = 0L;
        counted.Clear();
        var ended = await ScanAsync(null, MaxBatch, subject =>
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

    /// <summary>Gives every match after a position to <paramref name="take"/> until it says no (false) or there are no more (true).</summary>
    private async Task<Outcome<bool>> ScanAsync(CandidatePosition? after, int limit, Func<SearchSubject, bool> take, CancellationToken cancel)
    {
        limit = Math.Min(limit, MaxBatch);
        while (true)
        {
            var batch = await source.CandidatesAsync(Request(after, limit), cancel);
            foreach (var subject in batch)
            {
                if (query.Matches(subject) && !take(subject))
                {
                    return false;
                }
            }

            if (batch.Count < limit)
            {
                return true;
            }

            if ((opened += batch.Count) > bounds.MaxOpened)
            {
                return TooBroad();
            }

            after = PositionOf(order.PlaceOf(batch[^1]));
            limit = Math.Min(MaxBatch, limit * 2);
        }
    }

    private CandidateRequest Request(CandidatePosition? after, int? limit) => new(query.Type, query.Ids, query.Narrowings, candidateOrder, after, limit);

    private CandidatePosition PositionOf(SortPlace place) => candidateOrder.Kind == CandidateOrderKind.Own ? new CandidatePosition(null, place.Id)
        : new CandidatePosition(place.Values[0].Kind == SortValueKind.Missing ? null : place.Values[0].Ticks, place.Id);

    private static CandidateOrder OrderOf(SearchQuery query, ISearchSource source)
    {
        if (query.Sort is not [var only])
        {
            return default;
        }

        var order = only.Parameter.Code == "_lastUpdated" ? new CandidateOrder(CandidateOrderKind.LastUpdated, null, only.Descending)
            : only.Parameter.Type == SearchType.Date ? new CandidateOrder(CandidateOrderKind.Date, only.Parameter.Code, only.Descending) : default;
        return source.CanOrder(query.Type, order) ? order : default;
    }

    internal static Refusal TooBroad() => new("search-too-broad", RefusalKind.Invalid, "Cette recherche porte sur trop de ressources : précisez-la.");

    private sealed record Found(List<SearchSubject> Subjects, long? Total);
}
