using System.Collections.Concurrent;
using Sante.Fhir.Search;

namespace Sante.Fhir.Tests;

/// <summary>A source over a list: own order is that of ids, date orders when asked; counts what it opens. Candidates are narrowed as an index of all kinds would.</summary>
internal sealed class MemorySource(IEnumerable<SearchSubject> subjects, bool sortsByDate = false) : ISearchSource
{
    private readonly ConcurrentDictionary<FhirResource, IndexEntries> index = new();

    public List<SearchSubject> Subjects { get; } = [.. subjects];

    public int Opened { get; private set; }

    public bool CanOrder(string type, CandidateOrder order) => order.Kind == CandidateOrderKind.Own || sortsByDate;

    public Task<IReadOnlyList<SearchSubject>> CandidatesAsync(CandidateRequest request, CancellationToken cancel)
    {
        var found = Subjects.Where(subject => subject.Resource.Type == request.Type && request.Ids?.Contains(subject.Id) != false && IsCandidate(subject, request))
            .OrderBy(subject => (Key: KeyOf(subject, request.Order), subject.Id), Comparer<(long? Key, string Id)>.Create((left, right) => Compare(left, right, request.Order)))
            .Where(subject => request.After is not { } after || Compare((KeyOf(subject, request.Order), subject.Id), (after.Ticks, after.Id), request.Order) > 0)
            .Take(request.Limit ?? int.MaxValue).ToList();
        Opened += found.Count;
        return Task.FromResult<IReadOnlyList<SearchSubject>>(found);
    }

    public Task<IReadOnlyList<SearchSubject>> ReadAsync(IReadOnlyCollection<(string Type, string Id)> references, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<SearchSubject>>([.. Subjects.Where(subject => references.Contains((subject.Resource.Type, subject.Id)))]);

    private bool IsCandidate(SearchSubject subject, CandidateRequest request)
    {
        var entries = index.GetOrAdd(subject.Resource, IndexEntries.Of);
        return request.Narrowings.All(narrowing => SearchPropertyTests.Keeps(entries, narrowing));
    }

    private static long? KeyOf(SearchSubject subject, CandidateOrder order)
    {
        if (order.Kind == CandidateOrderKind.LastUpdated)
        {
            return subject.LastUpdatedAt.UtcTicks;
        }

        if (order.Kind == CandidateOrderKind.Own)
        {
            return null;
        }

        var dates = SearchIndex.Of(subject.Resource, SearchParameters.Of(subject.Resource.Type)[order.Parameter!]).OfType<DateValue>().ToList();
        return dates.Count == 0 ? null : order.Descending ? dates.Max(date => date.HighTicks) : dates.Min(date => date.LowTicks);
    }

    private static int Compare((long? Key, string Id) left, (long? Key, string Id) right, CandidateOrder order)
    {
        var byKey = left.Key is null || right.Key is null ? (left.Key is null ? 1 : 0) - (right.Key is null ? 1 : 0)
            : order.Descending ? right.Key.Value.CompareTo(left.Key.Value) : left.Key.Value.CompareTo(right.Key.Value);
        return byKey != 0 ? byKey : string.CompareOrdinal(left.Id, right.Id);
    }
}
