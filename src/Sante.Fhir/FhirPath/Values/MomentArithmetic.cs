namespace Sante.Fhir.FhirPath;

/// <summary>Adding a duration to a date or time (http://hl7.org/fhirpath/N1/#datetime-arithmetic).</summary>
internal static class MomentArithmetic
{
    /// <summary>
    /// The moment so much later (or earlier), at the same precision: a finer duration counts in whole parts of it. Decimals count for seconds and
    /// milliseconds only. Null with <paramref name="wrongUnit"/> false when the result leaves the calendar.
    /// </summary>
    public static Moment? Add(Moment moment, Quantity duration, int sign, out bool wrongUnit)
    {
        var unit = CalendarUnit.OfDuration(duration);
        wrongUnit = unit is null || (moment.Kind == FhirPathKind.Time && unit.Months > 0);
        if (wrongUnit)
        {
            return null;
        }

        var amount = unit!.Ticks is > 0 and <= TimeSpan.TicksPerSecond ? duration.Value : decimal.Truncate(duration.Value);
        try
        {
            return unit.Months > 0 ? AddMonths(moment, sign * amount * unit.Months) : AddTicks(moment, decimal.Truncate(sign * amount * unit.Ticks));
        }
        catch (OverflowException)
        {
            // Decimal arithmetic has no other way to say that a result is out of range.
            return null;
        }
    }

    private static Moment? AddMonths(Moment moment, decimal months)
    {
        if (moment.Part == MomentPart.Year)
        {
            months = decimal.Truncate(months / 12) * 12;
        }

        var at = new DateTime(moment.Ticks);
        var target = (at.Year * 12m) + at.Month - 1 + months;
        return target < 12 || target >= 10_000 * 12 ? null : moment with { Ticks = at.AddMonths((int)months).Ticks };
    }

    private static Moment? AddTicks(Moment moment, decimal ticks)
    {
        if (moment.Part <= MomentPart.Month)
        {
            var days = decimal.Truncate(ticks / TimeSpan.TicksPerDay);
            return AddMonths(moment, moment.Part == MomentPart.Year ? decimal.Truncate(days / 365) * 12 : decimal.Truncate(days / 30));
        }

        var width = moment.Part switch
        {
            MomentPart.Day => TimeSpan.TicksPerDay,
            MomentPart.Hour => TimeSpan.TicksPerHour,
            MomentPart.Minute => TimeSpan.TicksPerMinute,
            _ => 1,
        };
        var sum = moment.Ticks + (decimal.Truncate(ticks / width) * width);
        if (moment.Kind == FhirPathKind.Time)
        {
            // A time of day goes round the clock.
            sum = ((sum % TimeSpan.TicksPerDay) + TimeSpan.TicksPerDay) % TimeSpan.TicksPerDay;
        }

        return sum < 0 || sum > DateTime.MaxValue.Ticks ? null : moment with { Ticks = (long)sum, FractionDigits = FractionAfter(moment, ticks) };
    }

    /// <summary>Adding milliseconds to whole seconds makes a fraction.</summary>
    private static int FractionAfter(Moment moment, decimal ticks) =>
        moment.Part < MomentPart.Second || ticks % TimeSpan.TicksPerSecond == 0 ? moment.FractionDigits
        : ticks % TimeSpan.TicksPerMillisecond == 0 ? Math.Max(moment.FractionDigits, 3) : 7;
}
