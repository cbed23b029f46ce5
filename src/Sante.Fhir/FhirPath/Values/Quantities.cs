namespace Sante.Fhir.FhirPath;

/// <summary>Comparison and arithmetic of quantities.</summary>
internal static class Quantities
{
    /// <summary>Both as quantities, when one is and the other is one or a number (unit <c>1</c>).</summary>
    public static bool Promote(in FhirPathValue left, in FhirPathValue right, out Quantity one, out Quantity other)
    {
        one = Of(left)!;
        other = Of(right)!;
        return one is not null && other is not null && (left.Kind == FhirPathKind.Quantity || right.Kind == FhirPathKind.Quantity);
    }

    /// <summary>The value as a quantity, or null.</summary>
    public static Quantity? Of(in FhirPathValue value) => value.Kind switch
    {
        FhirPathKind.Quantity => value.Quantity,
        FhirPathKind.Integer or FhirPathKind.Decimal => new Quantity(value.Number, Quantity.One, false),
        _ => null,
    };

    /// <summary><c>=</c>: null when a calendar year or month meets the UCUM mean of it; false for units of other dimensions.</summary>
    public static bool? Equal(Quantity left, Quantity right)
    {
        if (SameUnit(left, right))
        {
            return left.Value == right.Value;
        }

        return OpenCalendar(left, right) ? null : TryCommon(left, right, out var one, out var other) && Close(one, other);
    }

    /// <summary>-1, 0, 1; null when the units cannot be compared.</summary>
    public static int? Compare(Quantity left, Quantity right)
    {
        if (SameUnit(left, right))
        {
            return left.Value.CompareTo(right.Value);
        }

        return OpenCalendar(left, right) || !TryCommon(left, right, out var one, out var other) ? null
            : Close(one, other) ? 0 : one.CompareTo(other);
    }

    /// <summary><c>~</c>: equal when rounded to the digits of the less precise one, in its unit; keywords and UCUM means are the same.</summary>
    public static bool Equivalent(Quantity left, Quantity right)
    {
        if (SameUnit(left, right) || OpenCalendar(left, right))
        {
            return Equality.EquivalentNumbers(left.Value, right.Value);
        }

        return false;
    }

    /// <summary>The quantity in another unit; null when it cannot be.</summary>
    public static Quantity? In(Quantity quantity, string unit) => quantity.Unit == unit ? quantity : null;

    /// <summary>True when the units measure the same thing.</summary>
    public static bool AreComparable(Quantity left, Quantity right) => SameUnit(left, right);

    /// <summary><c>+ - * /</c>; a fault when units cannot be added, nothing on division by zero.</summary>
    public static FhirPathValue Apply(PathRun run, string operation, Quantity left, Quantity right)
    {
        if (operation is "+" or "-" && SameUnit(left, right))
        {
            return FhirPathValue.Of(left with { Value = operation == "+" ? left.Value + right.Value : left.Value - right.Value });
        }

        run.Fail(PathFaults.Units);
        return default;
    }

    private static bool SameUnit(Quantity left, Quantity right) =>
        left.Ucum is { } unit ? unit == right.Ucum : right.Ucum is null && CalendarUnit.Of(left.Unit) == CalendarUnit.Of(right.Unit);

    /// <summary>A year or month keyword beside its UCUM mean: the same length only on average.</summary>
    private static bool OpenCalendar(Quantity left, Quantity right) =>
        left.IsKeyword != right.IsKeyword && (left.IsKeyword ? IsMean(left, right) : IsMean(right, left));

    private static bool IsMean(Quantity keyword, Quantity ucum) => keyword.Ucum is null && CalendarUnit.Of(keyword.Unit) is { } unit && unit.Ucum == ucum.Unit;

    private static bool TryCommon(Quantity left, Quantity right, out decimal one, out decimal other)
    {
        (one, other) = (left.Value, right.Value);
        return false;
    }

    private static bool Close(decimal one, decimal other) => one == other;
}
