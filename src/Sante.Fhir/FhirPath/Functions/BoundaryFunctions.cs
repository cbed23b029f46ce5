namespace Sante.Fhir.FhirPath;

/// <summary>lowBoundary, highBoundary, precision, comparable (FHIRPath 2.1, used by R4's own period invariant since its correction).</summary>
internal static class BoundaryFunctions
{
    private const int DefaultDigits = 8;
    private const int MostDigits = 28;
    private const int FarthestEast = 14 * 60;
    private const int FarthestWest = -12 * 60;

    public static readonly PathFunctionEntry[] All =
    [
        new("lowBoundary", 0, 1, static (PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output) => Boundary(run, call, focus, input, output, false)),
        new("highBoundary", 0, 1, static (PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output) => Boundary(run, call, focus, input, output, true)),
        new("precision", 0, 0, Precision),
        new("comparable", 1, 1, Comparable),
    ];

    private static void Boundary(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output, bool high)
    {
        var value = call.Input(run, input);
        var wanted = call.Whole(run, focus, 0);
        var made = value.Kind switch
        {
            FhirPathKind.None => default,
            FhirPathKind.Integer or FhirPathKind.Decimal => Number(value.Number, wanted, high) is { } number ? FhirPathValue.Of(number) : default,
            FhirPathKind.Quantity => Number(value.Quantity.Value, wanted, high) is { } number ? FhirPathValue.Of(value.Quantity with { Value = number }) : default,
            FhirPathKind.Date or FhirPathKind.DateTime or FhirPathKind.Time => Bound(value.Moment, wanted, high) is { } moment ? FhirPathValue.Of(moment) : default,
            _ => Unfit(run, call),
        };
        if (made.Exists)
        {
            output.Add(made);
        }
    }

    private static FhirPathValue Unfit(PathRun run, CallNode call)
    {
        run.Fail(PathFaults.Type(call.Name));
        return default;
    }

    /// <summary>Half a unit of the last digit down or up, then cut (low) or raised (high) to the digits wanted.</summary>
    private static decimal? Number(decimal value, int? wanted, bool high)
    {
        var digits = wanted ?? DefaultDigits;
        if (digits is < 0 or > MostDigits || value.Scale >= MostDigits)
        {
            return null;
        }

        try
        {
            var half = new decimal(5, 0, 0, false, (byte)(value.Scale + 1));
            var edge = high ? value + half : value - half;
            // With fewer digits than the number has, the boundary is the next number of that many digits outside.
            var rounded = Math.Round(edge, digits, high ? MidpointRounding.ToPositiveInfinity : MidpointRounding.ToNegativeInfinity);
            return rounded + new decimal(0, 0, 0, false, (byte)digits);
        }
        catch (OverflowException)
        {
            // Decimal arithmetic has no other way to say that a result is out of range.
            return null;
        }
    }

    private static Moment? Bound(Moment moment, int? wanted, bool high)
    {
        if (PartOf(moment.Kind, wanted) is not { } part)
        {
            return null;
        }

        // An hour alone is no FHIR time: it is read as its first minute.
        var given = moment.Part == MomentPart.Hour ? MomentPart.Minute : moment.Part;
        var ticks = high ? End(moment, given) : moment.Ticks;
        var offset = part < MomentPart.Hour || moment.Kind == FhirPathKind.Time ? (int?)null : moment.OffsetMinutes ?? (high ? FarthestWest : FarthestEast);
        return new Moment(moment.Kind, ticks, part, part == MomentPart.Second ? 3 : 0, offset, moment.Zulu && offset is not null);
    }

    /// <summary>The precision for a number of digits: 4, 6, 8 a date, 10, 12, 14 or 17 a dateTime, 2, 4, 6, 9 a time; the finest when none is asked.</summary>
    private static MomentPart? PartOf(FhirPathKind kind, int? digits) => (kind, digits) switch
    {
        (FhirPathKind.Date, null or 8) or (FhirPathKind.DateTime, 8) => MomentPart.Day,
        (FhirPathKind.Date or FhirPathKind.DateTime, 4) => MomentPart.Year,
        (FhirPathKind.Date or FhirPathKind.DateTime, 6) => MomentPart.Month,
        (FhirPathKind.DateTime, 10) or (FhirPathKind.Time, 2) => MomentPart.Hour,
        (FhirPathKind.DateTime, 12) or (FhirPathKind.Time, 4) => MomentPart.Minute,
        (FhirPathKind.DateTime, null or 14 or 17) or (FhirPathKind.Time, null or 6 or 9) => MomentPart.Second,
        _ => null,
    };

    /// <summary>The last millisecond that the written precision leaves open.</summary>
    private static long End(Moment moment, MomentPart given)
    {
        var from = new DateTime(moment.Ticks);
        var width = given switch
        {
            MomentPart.Year => TimeSpan.FromDays(DateTime.IsLeapYear(from.Year) ? 366 : 365).Ticks,
            MomentPart.Month => TimeSpan.FromDays(DateTime.DaysInMonth(from.Year, from.Month)).Ticks,
            MomentPart.Day => TimeSpan.TicksPerDay,
            MomentPart.Minute => TimeSpan.TicksPerMinute,
            _ => moment.FractionDigits switch
            {
                0 => TimeSpan.TicksPerSecond,
                1 => TimeSpan.TicksPerSecond / 10,
                2 => TimeSpan.TicksPerSecond / 100,
                _ => TimeSpan.TicksPerMillisecond,
            },
        };
        return moment.Ticks + width - TimeSpan.TicksPerMillisecond;
    }

    private static void Precision(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        var value = call.Input(run, input);
        switch (value.Kind)
        {
            case FhirPathKind.Integer:
                output.Add(FhirPathValue.Of(0));
                break;
            case FhirPathKind.Decimal:
                output.Add(FhirPathValue.Of((int)value.Number.Scale));
                break;
            case FhirPathKind.Date or FhirPathKind.DateTime:
                output.Add(FhirPathValue.Of(value.Moment.Part switch { MomentPart.Year => 4, MomentPart.Month => 6, MomentPart.Day => 8, MomentPart.Hour => 10, MomentPart.Minute => 12, _ => 14 + value.Moment.FractionDigits }));
                break;
            case FhirPathKind.Time:
                output.Add(FhirPathValue.Of(value.Moment.Part switch { MomentPart.Hour => 2, MomentPart.Minute => 4, _ => 6 + value.Moment.FractionDigits }));
                break;
            case FhirPathKind.None:
                break;
            default:
                run.Fail(PathFaults.Type(call.Name));
                break;
        }
    }

    private static void Comparable(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        var (one, other) = (call.Input(run, input), call.Argument(run, focus, 0));
        if (one.Kind == FhirPathKind.Quantity && other.Kind == FhirPathKind.Quantity)
        {
            output.Add(Quantities.AreComparable(one.Quantity, other.Quantity));
        }
        else if (one.Exists && other.Exists)
        {
            run.Fail(PathFaults.Type(call.Name));
        }
    }
}
