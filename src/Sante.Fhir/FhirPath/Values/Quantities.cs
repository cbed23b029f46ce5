using Sante.Fhir.Ucum;

namespace Sante.Fhir.FhirPath;

/// <summary>Comparison and arithmetic of quantities by UCUM, exact where the units are proportional.</summary>
internal static class Quantities
{
    private const double Tolerance = 1e-12;
    private const int LongestUnit = 200;

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

    /// <summary><c>=</c>: null when a calendar year or month meets the UCUM mean of it, or a unit is unknown; false for units of other dimensions.</summary>
    public static bool? Equal(Quantity left, Quantity right) =>
        SameUnit(left, right) ? left.Value == right.Value
        : OpenCalendar(left, right) || !TryUnits(left, right, out var unit, out var otherUnit) ? null
        : unit.IsComparableWith(otherUnit) && Order(left.Value, unit, right.Value, otherUnit) == 0;

    /// <summary>-1, 0, 1; null when the units cannot be compared.</summary>
    public static int? Compare(Quantity left, Quantity right) =>
        SameUnit(left, right) ? left.Value.CompareTo(right.Value)
        : OpenCalendar(left, right) || !TryUnits(left, right, out var unit, out var otherUnit) || !unit.IsComparableWith(otherUnit) ? null
        : Order(left.Value, unit, right.Value, otherUnit);

    /// <summary><c>~</c>: equal when rounded to the digits of the less precise one, in its unit; keywords and UCUM means are the same.</summary>
    public static bool Equivalent(Quantity left, Quantity right)
    {
        if (SameUnit(left, right) || OpenCalendar(left, right))
        {
            return Equality.EquivalentNumbers(left.Value, right.Value);
        }

        if (!TryUnits(left, right, out var unit, out var otherUnit) || !unit.IsComparableWith(otherUnit))
        {
            return false;
        }

        // The one whose last digit is worth more sets the precision and the unit.
        var (worth, otherWorth) = (LastDigit(left, unit), LastDigit(right, otherUnit));
        var (coarse, coarseUnit, fine, fineUnit) = worth >= otherWorth ? (left, unit, right, otherUnit) : (right, otherUnit, left, unit);
        return fineUnit.Exact(fine.Value) is { } exact && coarseUnit.FromExact(exact) is { } converted
            ? Math.Round(converted, Equality.Digits(coarse.Value), MidpointRounding.AwayFromZero) == coarse.Value
            : Order(left.Value, unit, right.Value, otherUnit) == 0;
    }

    /// <summary>The quantity in another unit; null when it cannot be.</summary>
    public static Quantity? In(Quantity quantity, string unit) =>
        quantity.Unit == unit || quantity.Ucum == unit ? quantity
        : TryUnits(quantity, new Quantity(1, unit, CalendarUnit.Of(unit) is not null), out var from, out var to) && from.IsComparableWith(to)
            && from.Exact(quantity.Value) is { } exact && to.FromExact(exact) is { } value ? new Quantity(value, unit, CalendarUnit.Of(unit) is not null)
        : null;

    /// <summary>True when the units measure the same thing.</summary>
    public static bool AreComparable(Quantity left, Quantity right) =>
        SameUnit(left, right) || (TryUnits(left, right, out var unit, out var otherUnit) && unit.IsComparableWith(otherUnit));

    /// <summary><c>+ - * /</c>; a fault when units cannot be added, nothing on division by zero. Out of range throws OverflowException, as decimals do.</summary>
    public static FhirPathValue Apply(PathRun run, string operation, Quantity left, Quantity right)
    {
        if (operation is "*" or "/")
        {
            return Multiply(run, left, right, operation == "/");
        }

        if ((SameUnit(left, right) ? right : In(right, left.Unit)) is { } same)
        {
            return FhirPathValue.Of(left with { Value = operation == "+" ? left.Value + same.Value : left.Value - same.Value });
        }

        run.Fail(PathFaults.Units);
        return default;
    }

    private static FhirPathValue Multiply(PathRun run, Quantity left, Quantity right, bool divides)
    {
        if (divides && right.Value == 0)
        {
            return default;
        }

        var value = divides ? left.Value / right.Value : left.Value * right.Value;
        if (right is { IsKeyword: false, Unit: Quantity.One })
        {
            return FhirPathValue.Of(left with { Value = value });
        }

        if (!divides && left is { IsKeyword: false, Unit: Quantity.One })
        {
            return FhirPathValue.Of(right with { Value = value });
        }

        if (left.Ucum is { } unit && right.Ucum is { } other && unit.Length + other.Length + 3 < LongestUnit)
        {
            var second = other.Contains('/', StringComparison.Ordinal) || other.Contains('.', StringComparison.Ordinal) ? $"({other})" : other;
            var text = unit == other && divides ? Quantity.One : $"{unit}{(divides ? '/' : '.')}{second}";
            if (UcumUnit.TryParse(text, out _))
            {
                return FhirPathValue.Of(new Quantity(value, text, false));
            }
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

    // Years and months of the calendar take part with their mean lengths.
    private static bool TryUnits(Quantity left, Quantity right, out UcumUnit unit, out UcumUnit other)
    {
        other = null!;
        return UcumUnit.TryParse(CodeOf(left), out unit!) && UcumUnit.TryParse(CodeOf(right), out other!);
    }

    private static string CodeOf(Quantity quantity) => quantity.IsKeyword && CalendarUnit.Of(quantity.Unit) is { } keyword ? keyword.Ucum : quantity.Unit;

    private static int Order(decimal left, UcumUnit unit, decimal right, UcumUnit otherUnit)
    {
        if (unit.Exact(left) is { } exact && otherUnit.Exact(right) is { } otherExact)
        {
            return exact.CompareTo(otherExact);
        }

        var (one, other) = (unit.Canonical(left), otherUnit.Canonical(right));
        return Math.Abs(one - other) <= Math.Max(Math.Abs(one), Math.Abs(other)) * Tolerance ? 0 : one.CompareTo(other);
    }

    private static double LastDigit(Quantity quantity, UcumUnit unit) => Math.Abs(unit.Factor.ToDouble()) * Math.Pow(10, -Equality.Digits(quantity.Value));
}
