namespace Sante.Fhir.Search;

/// <summary>
/// Where a search gets its candidates: a space as one caller may see it, a workbench, a list in memory. Visibility applies in here, so that matches,
/// chains, <c>_has</c>, includes, totals and refusals never tell of what is hidden. Deleted resources are not candidates.
/// </summary>
public interface ISearchSource
{
    /// <summary>
    /// Present versions of the type for which every narrowing may hold, in <see cref="CandidateRequest.Order"/>, those after <see cref="CandidateRequest.After"/>.
    /// Necessary, not sufficient: more may come than match, never fewer; kinds of narrowing that the source does not index are ignored. Fewer than
    /// <see cref="CandidateRequest.Limit"/> means that there are no more: a source that hides some goes on until it has enough or is at its end.
    /// </summary>
    Task<IReadOnlyList<SearchSubject>> CandidatesAsync(CandidateRequest request, CancellationToken cancel);

    /// <summary>The present versions of these resources that exist and are shown, in any order.</summary>
    Task<IReadOnlyList<SearchSubject>> ReadAsync(IReadOnlyCollection<(string Type, string Id)> references, CancellationToken cancel);

    /// <summary>True when candidates can come in this order; the others are sorted in memory. <see cref="CandidateOrderKind.Own"/> is always asked for.</summary>
    bool CanOrder(string type, CandidateOrder order) => order.Kind == CandidateOrderKind.Own;

    /// <summary>
    /// True when the source keeps to every narrowing of the request exactly: then candidates of an exact request are matches, and none is opened to compare.
    /// </summary>
    bool IsExact(CandidateRequest request) => false;

    /// <summary>How many candidates there are, without opening any, or null when the source cannot tell. Only asked when every narrowing is exact.</summary>
    Task<long?> CountAsync(CandidateRequest request, CancellationToken cancel) => Task.FromResult<long?>(null);
}

/// <summary>What is asked of a source.</summary>
/// <param name="Type">Resource type.</param>
/// <param name="Ids">When not null, only these ids (the narrowings hold as well).</param>
/// <param name="Narrowings">All must hold.</param>
/// <param name="Order">The order of the answer.</param>
/// <param name="After">The last candidate of the batch before, or null for the beginning.</param>
/// <param name="Limit">Most candidates wanted; null for all.</param>
public sealed record CandidateRequest(
    string Type, IReadOnlyList<string>? Ids, IReadOnlyList<Narrowing> Narrowings, CandidateOrder Order, CandidatePosition? After, int? Limit)
{
    /// <summary>Windows over the instant of the present version, all of which must hold (<c>_lastUpdated</c>); may be ignored as well.</summary>
    public IReadOnlyList<Narrowing> Updated { get; init; } = [];

    /// <summary>Every condition is exact on the index: all candidates match.</summary>
    public bool IsExact { get; init; }
}

/// <summary>The orders that a source may have an index for.</summary>
public enum CandidateOrderKind
{
    /// <summary>The source's own stable order over ids (a resource keeps its place for life), so that paging loses and repeats nothing.</summary>
    Own,
    /// <summary>By a date parameter: ascending by the first tick of the earliest value, descending by the last tick of the latest; without a value last; then own order.</summary>
    Date,
    /// <summary>By the instant of the present version, then own order.</summary>
    LastUpdated,
}

/// <summary>An order of candidates.</summary>
/// <param name="Kind">What orders.</param>
/// <param name="Parameter">Code of the date parameter, for <see cref="CandidateOrderKind.Date"/>.</param>
/// <param name="Descending">Latest first.</param>
public readonly record struct CandidateOrder(CandidateOrderKind Kind, string? Parameter = null, bool Descending = false);

/// <summary>Where a batch ended. The source compares at the grain of its own index, as it sorts.</summary>
/// <param name="Ticks">The value sorted by, UTC ticks; null without a value (those come last), and for <see cref="CandidateOrderKind.Own"/>.</param>
/// <param name="Id">The resource's id; it need not exist any more.</param>
public readonly record struct CandidatePosition(long? Ticks, string Id);
