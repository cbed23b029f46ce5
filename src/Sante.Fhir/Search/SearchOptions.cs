namespace Sante.Fhir.Search;

/// <summary>How queries are read, and their bounds (ours, ADR 0020).</summary>
public sealed record SearchOptions
{
    /// <summary>Strict, no base URL.</summary>
    public static readonly SearchOptions Default = new();

    /// <summary><c>Prefer: handling=lenient</c>: unknown and unsupported parameters are dropped instead of refused; <c>self</c> shows what was used.</summary>
    public bool Lenient { get; init; }

    /// <summary>Page size when the query names none.</summary>
    public int DefaultCount { get; init; } = 50;

    /// <summary>Largest page; a larger <c>_count</c> is taken as this.</summary>
    public int MaxCount { get; init; } = 500;

    /// <summary>Most parameters of one query.</summary>
    public int MaxParameters { get; init; } = 40;

    /// <summary>Most alternatives (comma) in one query, over all parameters.</summary>
    public int MaxAlternatives { get; init; } = 500;

    /// <summary>Longest value, in characters.</summary>
    public int MaxValueLength { get; init; } = 8192;

    /// <summary>Most links of a chain: <c>a.b.c</c> has two.</summary>
    public int MaxChain { get; init; } = 3;

    /// <summary>The present instant, for the prefix <c>ap</c> only.</summary>
    public DateTimeOffset Now { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>Our base URL: references under it are relative ones.</summary>
    public string? BaseUrl { get; init; }
}
