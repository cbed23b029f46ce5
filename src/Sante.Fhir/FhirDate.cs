namespace Sante.Fhir;

/// <summary>How precise a FHIR date is.</summary>
public enum FhirDatePrecision
{
    /// <summary>A year.</summary>
    Year,
    /// <summary>A month.</summary>
    Month,
    /// <summary>A day.</summary>
    Day,
    /// <summary>A minute (search values only).</summary>
    Minute,
    /// <summary>A second or less.</summary>
    Second,
}

/// <summary>
/// A date, dateTime or instant of FHIR as the half-open interval of instants that it names (http://hl7.org/fhir/R4/search.html#date).
/// Without a zone the interval is that of Europe/Paris (ADR 0021).
/// </summary>
/// <param name="LowTicks">First tick, UTC.</param>
/// <param name="HighTicks">Tick after the last, UTC.</param>
/// <param name="Precision">Last part given.</param>
/// <param name="HasZone">A zone or Z was given.</param>
public readonly record struct FhirDate(long LowTicks, long HighTicks, FhirDatePrecision Precision, bool HasZone)
{
    private static readonly TimeZoneInfo Paris = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");

    /// <summary>
    /// Reads <c>YYYY[-MM[-DD[Thh:mm[:ss[.f+]][zone]]]]</c> with a real calendar day, year 0001 to 9999, hour 00–23, second 00–60 (60 counts as the
    /// start of the next minute), zone Z or ±00:00 to ±14:00. False for anything else. Minutes without seconds are read; resources must refuse them.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out FhirDate date)
    {
        date = default;
        if (!Digits(text, 0, 4, out var year) || year == 0)
        {
            return false;
        }

        if (text.Length == 4)
        {
            return Whole(year, 1, 1, FhirDatePrecision.Year, out date);
        }

        if (text[4] != '-' || !Digits(text, 5, 2, out var month) || month is 0 or > 12)
        {
            return false;
        }

        if (text.Length == 7)
        {
            return Whole(year, month, 1, FhirDatePrecision.Month, out date);
        }

        if (text[7] != '-' || !Digits(text, 8, 2, out var day) || day == 0 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        return text.Length == 10 ? Whole(year, month, day, FhirDatePrecision.Day, out date)
            : text[10] == 'T' && Timed(text, new DateTime(year, month, day), out date);
    }

    private static bool Timed(ReadOnlySpan<byte> text, DateTime day, out FhirDate date)
    {
        date = default;
        if (!Digits(text, 11, 2, out var hour) || hour > 23 || text.Length < 16 || text[13] != ':' || !Digits(text, 14, 2, out var minute) || minute > 59)
        {
            return false;
        }

        var local = day.AddHours(hour).AddMinutes(minute).Ticks;
        var width = TimeSpan.TicksPerMinute;
        var at = 16;
        if (text.Length > 16 && text[16] == ':')
        {
            if (!Digits(text, 17, 2, out var second) || second > 60)
            {
                return false;
            }

            local += second * TimeSpan.TicksPerSecond;
            width = TimeSpan.TicksPerSecond;
            at = 19;
            if (!Fraction(text, ref at, ref local, ref width))
            {
                return false;
            }
        }

        return Zone(text[at..], local, width, out date);
    }

    private static bool Fraction(ReadOnlySpan<byte> text, ref int at, ref long local, ref long width)
    {
        if (at >= text.Length || text[at] != '.')
        {
            return true;
        }

        var from = ++at;
        for (; at < text.Length && char.IsAsciiDigit((char)text[at]); at++)
        {
            // Ticks are 100 ns; finer digits are read and dropped.
            if (at - from < 7)
            {
                width /= 10;
                local += (text[at] - '0') * width;
            }
        }

        return at > from;
    }

    private static bool Zone(ReadOnlySpan<byte> zone, long local, long width, out FhirDate date)
    {
        date = default;
        var precision = width == TimeSpan.TicksPerMinute ? FhirDatePrecision.Minute : FhirDatePrecision.Second;
        if (zone.IsEmpty)
        {
            var low = ParisToUtc(local);
            date = new FhirDate(low, low + width, precision, false);
            return true;
        }

        var offset = 0;
        if (!zone.SequenceEqual("Z"u8))
        {
            if (zone.Length != 6 || zone[0] is not ((byte)'+' or (byte)'-') || zone[3] != ':' || !Digits(zone, 1, 2, out var hours)
                || !Digits(zone, 4, 2, out var minutes) || minutes > 59 || (hours * 60) + minutes > 14 * 60)
            {
                return false;
            }

            offset = ((hours * 60) + minutes) * (zone[0] == '-' ? -1 : 1);
        }

        var utc = local - (offset * TimeSpan.TicksPerMinute);
        date = new FhirDate(utc, utc + width, precision, true);
        return true;
    }

    private static bool Whole(int year, int month, int day, FhirDatePrecision precision, out FhirDate date)
    {
        var first = new DateTime(year, month, day);
        // The year 9999 ends after the last DateTime: its end is that last tick.
        var next = precision switch
        {
            FhirDatePrecision.Year => year == 9999 ? DateTime.MaxValue : first.AddYears(1),
            FhirDatePrecision.Month => year == 9999 && month == 12 ? DateTime.MaxValue : first.AddMonths(1),
            _ => first == DateTime.MaxValue.Date ? DateTime.MaxValue : first.AddDays(1),
        };
        date = new FhirDate(ParisToUtc(first.Ticks), ParisToUtc(next.Ticks), precision, false);
        return true;
    }

    private static long ParisToUtc(long ticks)
    {
        var local = new DateTime(Math.Min(ticks, DateTime.MaxValue.Ticks), DateTimeKind.Unspecified);
        // In the spring gap the zone has no such hour: the offset before the gap is used, as ISO software does.
        var offset = Paris.IsInvalidTime(local) ? Paris.GetUtcOffset(local.AddHours(-1)) : Paris.GetUtcOffset(local);
        return ticks - offset.Ticks;
    }

    private static bool Digits(ReadOnlySpan<byte> text, int from, int count, out int value)
    {
        value = 0;
        if (text.Length < from + count)
        {
            return false;
        }

        foreach (var digit in text.Slice(from, count))
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            value = (value * 10) + (digit - '0');
        }

        return true;
    }
}
