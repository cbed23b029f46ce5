using Sante.Kernel;

namespace Sante.Ledger.Workbenches;

/// <summary>A stored date must lie in any of these.</summary>
public sealed record DateWindows(string Parameter, IReadOnlyList<DateBounds> AnyOf);

/// <summary>Its beginning in [LowFrom, LowTo], its end in [HighFrom, HighTo]; open sides are null.</summary>
public sealed record DateBounds(DateTimeOffset? LowFrom, DateTimeOffset? LowTo, DateTimeOffset? HighFrom, DateTimeOffset? HighTo);

/// <summary>Any of these beginnings of folded texts.</summary>
public sealed record TextCondition(string Parameter, IReadOnlyList<string> Prefixes);

/// <summary>Any of these ranges, each with the parameter that names its unit.</summary>
public sealed record NumberCondition(IReadOnlyList<(string Parameter, double Low, double High)> Ranges);

/// <summary>What candidates are sorted by; then by row id.</summary>
public enum RowOrder
{
    Id,
    /// <summary>By the earliest beginning (ascending) or the latest end (descending) of a date; those without one last.</summary>
    Date,
    LastUpdated,
}

/// <summary>Which present, undeleted resources of a type are wanted: all conditions hold on the index (AND).</summary>
public sealed record RowQuery(string Type)
{
    public IReadOnlyCollection<Guid>? Ids { get; init; }
    public IReadOnlyList<TokenCondition> Tokens { get; init; } = [];
    /// <summary>Tokens that hold of nearly all rows of the space asked: compared, not looked up.</summary>
    public IReadOnlyList<TokenCondition> CommonTokens { get; init; } = [];
    public IReadOnlyList<DateWindows> Dates { get; init; } = [];
    public IReadOnlyList<TextCondition> Texts { get; init; } = [];
    public IReadOnlyList<NumberCondition> Numbers { get; init; } = [];
    public RowOrder Order { get; init; }
    public string? OrderParameter { get; init; }
    public bool Descending { get; init; }
    /// <summary>Only those after this place; <c>At</c> null: among those without a date, or in the order of ids.</summary>
    public (DateTimeOffset? At, Guid Id)? After { get; init; }
    public int? Limit { get; init; }
}

/// <summary>A row of a workbench, opened. It must not leave without a <see cref="DisclosePermit"/> for its space.</summary>
public sealed record WorkbenchRow(SpaceId Space, Guid Id, int Version, DateTimeOffset At, bool Deleted, byte[] Body);
