namespace Sante.Kernel;

/// <summary>
/// Civil dates of Europe/Paris, in which French delays and ages are counted. Instants come in and go out in UTC; pure, no clock.
/// A civil day begins at 00:00 and ends when the next begins (23 to 25 hours later).
/// </summary>
public static class CivilDate
{
    /// <summary>Age of majority in years: Code civil, art. 414.</summary>
    public const int MajorityYears = 18;

    /// <summary>Days left to refuse the opening of a space, six weeks: CSP R1111-28.</summary>
    public const int OppositionDays = 42;

    private static readonly TimeZoneInfo Paris = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");

    /// <summary>The civil date in Paris at an instant.</summary>
    public static DateOnly At(DateTimeOffset instant) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, Paris).DateTime);

    /// <summary>The first instant of a civil day, in UTC. The first day of the calendar begins with it: midnight in Paris would be before.</summary>
    public static DateTimeOffset StartOf(DateOnly date)
    {
        if (date == DateOnly.MinValue)
        {
            return DateTimeOffset.MinValue;
        }

        var midnight = date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Unspecified);
        return new DateTimeOffset(midnight, Paris.GetUtcOffset(midnight)).ToUniversalTime();
    }

    /// <summary>
    /// The instant at which a civil day is over (not part of it): something valid until that date ends here. The last day of the calendar ends with it.
    /// </summary>
    public static DateTimeOffset EndOf(DateOnly date) => date == DateOnly.MaxValue ? DateTimeOffset.MaxValue : StartOf(date.AddDays(1));

    /// <summary>
    /// Completed years of age on a date; negative before birth. Someone born on 29 February completes a year,
    /// in a year without that day, on 1 March: only then has the whole year passed.
    /// </summary>
    public static int AgeOn(DateOnly birth, DateOnly date)
    {
        var years = date.Year - birth.Year;
        return date < BirthdayIn(birth, date.Year) ? years - 1 : years;
    }

    /// <summary>Completed years of age at an instant, by the civil date in Paris.</summary>
    public static int AgeAt(DateOnly birth, DateTimeOffset instant) => AgeOn(birth, At(instant));

    /// <summary>The instant from which a person is of age: the start of the eighteenth birthday.</summary>
    public static DateTimeOffset MajorityAt(DateOnly birth) => StartOf(BirthdayIn(birth, birth.Year + MajorityYears));

    /// <summary>
    /// The instant at which the six weeks to refuse the opening are over. The day on which the person was told does not count,
    /// the forty-second day counts whole (the reckoning of delays of Code de procédure civile, art. 641 and 642, first paragraphs).
    /// </summary>
    public static DateTimeOffset OppositionEndAt(DateTimeOffset toldAt) => EndOf(At(toldAt).AddDays(OppositionDays));

    private static DateOnly BirthdayIn(DateOnly birth, int year) =>
        birth is { Month: 2, Day: 29 } && !DateTime.IsLeapYear(year) ? new DateOnly(year, 3, 1) : new DateOnly(year, birth.Month, birth.Day);
}
