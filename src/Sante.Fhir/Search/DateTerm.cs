namespace Sante.Fhir.Search;

/// <summary>A date with its prefix; <see cref="ApproximationTicks"/> widens <c>ap</c>.</summary>
internal sealed record DateTerm(SearchPrefix Prefix, long Low, long High, long ApproximationTicks) : SearchTerm
{
    public override bool Matches(IndexValue value) => value is DateValue date && Prefix switch
    {
        SearchPrefix.Eq => IsWithin(date),
        SearchPrefix.Ne => !IsWithin(date),
        SearchPrefix.Gt => date.HighTicks > High,
        SearchPrefix.Lt => date.LowTicks < Low,
        SearchPrefix.Ge => date.HighTicks > High || IsWithin(date),
        SearchPrefix.Le => date.LowTicks < Low || IsWithin(date),
        SearchPrefix.Sa => date.LowTicks >= High,
        SearchPrefix.Eb => date.HighTicks <= Low,
        _ => date.LowTicks < High + ApproximationTicks && date.HighTicks > Low - ApproximationTicks,
    };

    public override bool Narrow(SearchParameter parameter, string code, NarrowingList into)
    {
        if (Window() is not { } window)
        {
            return false;
        }

        into.Windows.Add(window);
        if (Prefix is SearchPrefix.Ge or SearchPrefix.Le)
        {
            into.Windows.Add(Within);
        }

        // Each value in the window matches, but for the edges of ap.
        into.IsExact &= Prefix != SearchPrefix.Ap;
        return true;
    }

    private DateWindow Within => new(Low, long.MaxValue, long.MinValue, High);

    /// <summary>A window that every matching value lies in; of ge and le those that do not lie <see cref="Within"/>.</summary>
    private DateWindow? Window() => Prefix switch
    {
        SearchPrefix.Eq => Within,
        SearchPrefix.Gt or SearchPrefix.Ge => new DateWindow(long.MinValue, long.MaxValue, High + 1, long.MaxValue),
        SearchPrefix.Lt or SearchPrefix.Le => new DateWindow(long.MinValue, Low - 1, long.MinValue, long.MaxValue),
        SearchPrefix.Sa => new DateWindow(High, long.MaxValue, long.MinValue, long.MaxValue),
        SearchPrefix.Eb => new DateWindow(long.MinValue, long.MaxValue, long.MinValue, Low),
        SearchPrefix.Ap => new DateWindow(long.MinValue, High + ApproximationTicks - 1, Low - ApproximationTicks + 1, long.MaxValue),
        _ => null,
    };

    private bool IsWithin(DateValue date) => Low <= date.LowTicks && date.HighTicks <= High;
}

/// <summary>Bounds in ticks, all inclusive: first tick of a value in [LowFrom, LowTo], tick after its last in [HighFrom, HighTo].</summary>
/// <param name="LowFrom">Least first tick.</param>
/// <param name="LowTo">Greatest first tick.</param>
/// <param name="HighFrom">Least tick after the last.</param>
/// <param name="HighTo">Greatest tick after the last.</param>
public readonly record struct DateWindow(long LowFrom, long LowTo, long HighFrom, long HighTo)
{
    /// <summary>What lies in both; a bound above its other when nothing does.</summary>
    internal DateWindow Meet(DateWindow other) =>
        new(Math.Max(LowFrom, other.LowFrom), Math.Min(LowTo, other.LowTo), Math.Max(HighFrom, other.HighFrom), Math.Min(HighTo, other.HighTo));
}
