namespace Sante.Fhir.Search;

/// <summary>One page of a search.</summary>
/// <param name="Matches">The matches of this page, in order; empty when only the total was asked.</param>
/// <param name="Included">What <c>_include</c> and <c>_revinclude</c> add (mode <c>include</c>), each once, never a match of this page.</param>
/// <param name="Total">How many match over all pages; null when it was not asked and is not known.</param>
/// <param name="Next">Cursor of the next page, URL-safe; null on the last one.</param>
public sealed record SearchPage(IReadOnlyList<SearchSubject> Matches, IReadOnlyList<SearchSubject> Included, long? Total, string? Next)
{
    /// <summary>With <see cref="SearchBounds.KeepCounted"/>: every match that <see cref="Total"/> or <see cref="Matches"/> tells of.</summary>
    public IReadOnlyList<SearchSubject> Counted { get; init; } = Matches;
}

/// <summary>What one search may cost, and what is kept of it (ADR 0027).</summary>
public sealed record SearchBounds
{
    /// <summary>The usual bounds.</summary>
    public static readonly SearchBounds Default = new();

    /// <summary>Most resources that a chain, <c>_has</c> or <c>_revinclude</c> may find inside a search.</summary>
    public int MaxInner { get; init; } = 50_000;

    /// <summary>Most resources opened for one page.</summary>
    public int MaxOpened { get; init; } = 200_000;

    /// <summary>Most included resources of one page.</summary>
    public int MaxIncluded { get; init; } = 5_000;

    /// <summary>Most rounds of <c>:iterate</c>.</summary>
    public int MaxRounds { get; init; } = 5;

    /// <summary>Always tell the total, and keep what was counted (for a trace that must name it).</summary>
    public bool KeepCounted { get; init; }
}
