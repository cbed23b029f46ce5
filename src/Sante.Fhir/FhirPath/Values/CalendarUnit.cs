namespace Sante.Fhir.FhirPath;

/// <summary>A duration keyword of FHIRPath: months, or ticks of 100 ns.</summary>
/// <param name="Name">Singular keyword.</param>
/// <param name="Months">Length in months, 0 when it is definite.</param>
/// <param name="Ticks">Length in ticks, 0 when it is in months.</param>
/// <param name="Ucum">The UCUM code of the definite duration.</param>
internal sealed record CalendarUnit(string Name, int Months, long Ticks, string Ucum)
{
    private static readonly CalendarUnit[] All =
    [
        new("year", 12, 0, "a"),
        new("month", 1, 0, "mo"),
        new("week", 0, 7 * TimeSpan.TicksPerDay, "wk"),
        new("day", 0, TimeSpan.TicksPerDay, "d"),
        new("hour", 0, TimeSpan.TicksPerHour, "h"),
        new("minute", 0, TimeSpan.TicksPerMinute, "min"),
        new("second", 0, TimeSpan.TicksPerSecond, "s"),
        new("millisecond", 0, TimeSpan.TicksPerMillisecond, "ms"),
    ];

    /// <summary>The unit of a keyword, singular or plural; null when it is none.</summary>
    public static CalendarUnit? Of(ReadOnlySpan<char> keyword)
    {
        foreach (var unit in All)
        {
            if (keyword.StartsWith(unit.Name) && (keyword.Length == unit.Name.Length || (keyword.Length == unit.Name.Length + 1 && keyword[^1] == 's')))
            {
                return unit;
            }
        }

        return null;
    }

    /// <summary>The unit by which a date may be moved: a keyword, or a definite UCUM duration up to weeks. Null for <c>'a'</c>, <c>'mo'</c> (means, not calendar lengths) and all else.</summary>
    public static CalendarUnit? OfDuration(Quantity quantity) =>
        Of(quantity.Unit) ?? Array.Find(All, unit => unit.Ticks > 0 && unit.Ucum == quantity.Unit);
}
