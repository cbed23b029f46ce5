namespace Sante.Fhir.FhirPath;

/// <summary>Reads dates, dateTimes and times at any precision.</summary>
internal ref struct MomentText
{
    private const int KeptDigits = 7;
    private readonly ReadOnlySpan<char> text;
    private int at;

    private MomentText(ReadOnlySpan<char> text) => this.text = text;

    /// <summary><c>YYYY[-MM[-DD]]</c>, for a DateTime also <c>T[hh[:mm[:ss[.f+]]][Z|±hh:mm]]</c>; null for anything else, impossible days included.</summary>
    public static Moment? Date(ReadOnlySpan<char> text, FhirPathKind kind)
    {
        var reader = new MomentText(text);
        var moment = reader.Date(kind);
        return reader.at == text.Length ? moment : null;
    }

    /// <summary><c>hh[:mm[:ss[.f+]]]</c>.</summary>
    public static Moment? Time(ReadOnlySpan<char> text)
    {
        var reader = new MomentText(text);
        return reader.Clock(out var ticks, out var part, out var digits) && reader.at == text.Length
            ? new Moment(FhirPathKind.Time, ticks % TimeSpan.TicksPerDay, part, digits, null, false) : null;
    }

    private Moment? Date(FhirPathKind kind)
    {
        if (!Digits(4, 1, 9999, out var year))
        {
            return null;
        }

        var (month, day, part) = (1, 1, MomentPart.Year);
        if (Take('-'))
        {
            part = MomentPart.Month;
            if (!Digits(2, 1, 12, out month))
            {
                return null;
            }

            if (Take('-'))
            {
                part = MomentPart.Day;
                if (!Digits(2, 1, DateTime.DaysInMonth(year, month), out day))
                {
                    return null;
                }
            }
        }

        var ticks = new DateTime(year, month, day).Ticks;
        return kind != FhirPathKind.DateTime || !Take('T') || at == text.Length ? new Moment(kind, ticks, part, 0, null, false)
            : part == MomentPart.Day ? Timed(ticks) : null;
    }

    private Moment? Timed(long date)
    {
        if (!Clock(out var ticks, out var part, out var digits) || !Offset(out var offset, out var zulu) || date + ticks > DateTime.MaxValue.Ticks)
        {
            return null;
        }

        return new Moment(FhirPathKind.DateTime, date + ticks, part, digits, offset, zulu);
    }

    private bool Clock(out long ticks, out MomentPart part, out int digits)
    {
        (ticks, part, digits) = (0, MomentPart.Hour, 0);
        if (!Digits(2, 0, 23, out var hour))
        {
            return false;
        }

        ticks = hour * TimeSpan.TicksPerHour;
        if (!Take(':'))
        {
            return true;
        }

        part = MomentPart.Minute;
        if (!Digits(2, 0, 59, out var minute))
        {
            return false;
        }

        ticks += minute * TimeSpan.TicksPerMinute;
        if (!Take(':'))
        {
            return true;
        }

        part = MomentPart.Second;
        if (!Digits(2, 0, 60, out var second))
        {
            return false;
        }

        ticks += second * TimeSpan.TicksPerSecond;
        return !Take('.') || Fraction(ref ticks, out digits);
    }

    private bool Fraction(ref long ticks, out int digits)
    {
        var from = at;
        var width = TimeSpan.TicksPerSecond;
        for (; at < text.Length && char.IsAsciiDigit(text[at]); at++)
        {
            // Ticks are 100 ns; finer digits are read and dropped.
            if (at - from < KeptDigits)
            {
                width /= 10;
                ticks += (text[at] - '0') * width;
            }
        }

        digits = Math.Min(at - from, KeptDigits);
        return at > from;
    }

    private bool Offset(out int? minutes, out bool zulu)
    {
        (minutes, zulu) = (null, Take('Z'));
        if (zulu)
        {
            minutes = 0;
            return true;
        }

        var sign = Take('+') ? 1 : Take('-') ? -1 : 0;
        if (sign == 0)
        {
            return true;
        }

        if (!Digits(2, 0, 14, out var hours) || !Take(':') || !Digits(2, 0, 59, out var rest))
        {
            return false;
        }

        minutes = sign * ((hours * 60) + rest);
        return true;
    }

    private bool Digits(int count, int least, int most, out int value)
    {
        value = 0;
        if (at + count > text.Length)
        {
            return false;
        }

        for (var end = at + count; at < end; at++)
        {
            if (!char.IsAsciiDigit(text[at]))
            {
                return false;
            }

            value = (value * 10) + (text[at] - '0');
        }

        return value >= least && value <= most;
    }

    private bool Take(char wanted)
    {
        if (at >= text.Length || text[at] != wanted)
        {
            return false;
        }

        at++;
        return true;
    }
}
