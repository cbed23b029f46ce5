using System.Globalization;

namespace Sante.Fhir.FhirPath;

/// <summary>Last part that a date or time gives; a second and its fraction are one precision.</summary>
internal enum MomentPart : byte
{
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

/// <summary>
/// A System.Date, DateTime or Time with its precision. <paramref name="Ticks"/> are those of the written (local) time, absent parts at their least;
/// a Time counts from midnight.
/// </summary>
/// <param name="Kind">Date, DateTime or Time.</param>
/// <param name="Ticks">100 ns since 0001-01-01T00:00 as written.</param>
/// <param name="Part">Last part given.</param>
/// <param name="FractionDigits">Digits of the second's fraction as written, at most 7 kept.</param>
/// <param name="OffsetMinutes">Offset from UTC, null when none was given.</param>
/// <param name="Zulu">The offset was written as Z.</param>
internal sealed record Moment(FhirPathKind Kind, long Ticks, MomentPart Part, int FractionDigits, int? OffsetMinutes, bool Zulu)
{
    private const long FarthestEast = 14 * TimeSpan.TicksPerHour;
    private const long FarthestWest = 12 * TimeSpan.TicksPerHour;

    /// <summary>-1, 0 or 1; null when the precisions differ before a difference is found, or an absent offset leaves it open.</summary>
    public static int? Compare(Moment left, Moment right)
    {
        if (left.OffsetMinutes.HasValue == right.OffsetMinutes.HasValue)
        {
            return Compare(left.Utc, left.Part, right.Utc, right.Part);
        }

        // One has an offset: the other may be anywhere from UTC+14 to UTC-12. Only what holds at both ends is told.
        if (!left.OffsetMinutes.HasValue)
        {
            return -Compare(right, left);
        }

        var earliest = Compare(left.Utc, left.Part, Math.Max(0, right.Ticks - FarthestEast), right.Part);
        var latest = Compare(left.Utc, left.Part, Math.Min(DateTime.MaxValue.Ticks, right.Ticks + FarthestWest), right.Part);
        return earliest == latest && earliest != 0 ? earliest : null;
    }

    /// <summary>The value as a DateTime: what an implicit conversion of a Date gives.</summary>
    public Moment AsDateTime() => Kind == FhirPathKind.Date ? this with { Kind = FhirPathKind.DateTime } : this;

    public override string ToString()
    {
        if (Kind == FhirPathKind.Time)
        {
            return TimeText();
        }

        var at = new DateTime(Ticks);
        var date = at.ToString(Part switch { MomentPart.Year => "yyyy", MomentPart.Month => "yyyy-MM", _ => "yyyy-MM-dd" }, CultureInfo.InvariantCulture);
        return Part < MomentPart.Hour ? date : $"{date}T{TimeText()}{OffsetText()}";
    }

    private long Utc => OffsetMinutes is { } offset ? Ticks - (offset * TimeSpan.TicksPerMinute) : Ticks;

    private static int? Compare(long left, MomentPart leftPart, long right, MomentPart rightPart)
    {
        var part = leftPart < rightPart ? leftPart : rightPart;
        var order = Floor(left, part).CompareTo(Floor(right, part));
        return order != 0 ? Math.Sign(order) : leftPart == rightPart ? 0 : null;
    }

    private static long Floor(long ticks, MomentPart part)
    {
        if (part <= MomentPart.Month)
        {
            var at = new DateTime(Math.Clamp(ticks, 0, DateTime.MaxValue.Ticks));
            return part == MomentPart.Year ? at.Year : (at.Year * 12L) + at.Month;
        }

        var width = part switch
        {
            MomentPart.Day => TimeSpan.TicksPerDay,
            MomentPart.Hour => TimeSpan.TicksPerHour,
            MomentPart.Minute => TimeSpan.TicksPerMinute,
            _ => 1,
        };
        return ticks - (((ticks % width) + width) % width);
    }

    private string TimeText()
    {
        var time = TimeSpan.FromTicks(Ticks % TimeSpan.TicksPerDay);
        var text = time.ToString(Part switch { MomentPart.Hour => "hh", MomentPart.Minute => @"hh\:mm", _ => @"hh\:mm\:ss" }, CultureInfo.InvariantCulture);
        return FractionDigits == 0 || Part < MomentPart.Second ? text
            : string.Create(CultureInfo.InvariantCulture, $"{text}.{time.Ticks % TimeSpan.TicksPerSecond:D7}")[..(text.Length + 1 + FractionDigits)];
    }

    private string OffsetText()
    {
        if (OffsetMinutes is not { } offset)
        {
            return "";
        }

        var size = Math.Abs(offset);
        return Zulu ? "Z" : string.Create(CultureInfo.InvariantCulture, $"{(offset < 0 ? '-' : '+')}{size / 60:D2}:{size % 60:D2}");
    }
}
