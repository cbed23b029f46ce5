using Sante.Fhir.Json;

namespace Sante.Fhir.FhirPath;

/// <summary><c>=</c> and <c>~</c> between items and collections (http://hl7.org/fhirpath/N1/#equality).</summary>
internal static class Equality
{
    /// <summary><c>=</c>: null when either is empty or a difference of precision leaves it open.</summary>
    public static bool? Equal(PathRun run, Items left, Items right)
    {
        if (left.Count == 0 || right.Count == 0)
        {
            return null;
        }

        if (left.Count != right.Count)
        {
            return false;
        }

        bool? all = true;
        for (var at = 0; at < left.Count && run.Spend(); at++)
        {
            var one = Equal(run, left[at], right[at]);
            if (one == false)
            {
                return false;
            }

            all = one is null ? null : all;
        }

        return all;
    }

    /// <summary><c>=</c> between two items.</summary>
    public static bool? Equal(PathRun run, in FhirPathValue left, in FhirPathValue right)
    {
        if (left.Kind == FhirPathKind.Element && right.Kind == FhirPathKind.Element && SameText(left, right))
        {
            return true;
        }

        var (one, other) = (Conversion.ToSystem(left), Conversion.ToSystem(right));
        if (one.Exists && other.Exists && (!IsMap(left) || !IsMap(right)))
        {
            return EqualSystem(one, other);
        }

        return left.Kind == FhirPathKind.Element && right.Kind == FhirPathKind.Element && DeepEquality.Equal(run, left, right, false);
    }

    /// <summary><c>~</c> between collections: order does not count.</summary>
    public static bool Equivalent(PathRun run, Items left, Items right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        if (left.Count == 1)
        {
            return Equivalent(run, left[0], right[0]);
        }

        var taken = new bool[right.Count];
        for (var at = 0; at < left.Count; at++)
        {
            var found = false;
            for (var other = 0; other < right.Count && !found && run.Spend(); other++)
            {
                found = !taken[other] && Equivalent(run, left[at], right[other]);
                taken[other] |= found;
            }

            if (!found)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary><c>~</c> between two items.</summary>
    public static bool Equivalent(PathRun run, in FhirPathValue left, in FhirPathValue right)
    {
        var (one, other) = (Conversion.ToSystem(left), Conversion.ToSystem(right));
        if (one.Exists && other.Exists && (!IsMap(left) || !IsMap(right)))
        {
            return EquivalentSystem(one, other);
        }

        return left.Kind == FhirPathKind.Element && right.Kind == FhirPathKind.Element && DeepEquality.Equal(run, left, right, true);
    }

    /// <summary>Equal, an open question counting as no: what distinct(), union, in and the like ask.</summary>
    public static bool Same(PathRun run, in FhirPathValue left, in FhirPathValue right) => Equal(run, left, right) == true;

    /// <summary>A hash that equal items share.</summary>
    public static int Hash(in FhirPathValue value)
    {
        var plain = IsMap(value) && !Schema.IsQuantity(value.Type) ? default : Conversion.ToSystem(value);
        return plain.Kind switch
        {
            FhirPathKind.Boolean => plain.Truth ? 1 : 2,
            FhirPathKind.Integer or FhirPathKind.Decimal => plain.Number.GetHashCode(),
            FhirPathKind.String => string.GetHashCode(plain.String, StringComparison.Ordinal),
            // Dates of different precision and quantities of different units may be equal.
            _ => (int)plain.Kind,
        };
    }

    private static bool IsMap(in FhirPathValue value) => value.NodeKind == FhirNodeKind.Map;

    /// <summary>Two primitives with the same bytes and the same type of JSON.</summary>
    private static bool SameText(in FhirPathValue left, in FhirPathValue right)
    {
        var kind = left.NodeKind;
        return kind == right.NodeKind && kind is FhirNodeKind.Text or FhirNodeKind.Number && ReferenceEquals(left.Type, right.Type)
            && left.Tree!.Value(left.Index).SequenceEqual(right.Tree!.Value(right.Index))
            && left.Tree.Entries[left.Index].Escaped == right.Tree.Entries[right.Index].Escaped;
    }

    private static bool? EqualSystem(in FhirPathValue left, in FhirPathValue right)
    {
        if (left.Kind == right.Kind)
        {
            return left.Kind switch
            {
                FhirPathKind.Boolean => left.Truth == right.Truth,
                FhirPathKind.Integer => left.Whole == right.Whole,
                FhirPathKind.Decimal => left.Number == right.Number,
                FhirPathKind.String => string.Equals(left.String, right.String, StringComparison.Ordinal),
                FhirPathKind.Quantity => Quantities.Equal(left.Quantity, right.Quantity),
                FhirPathKind.Type => left.Named == right.Named,
                _ => Moment.Compare(left.Moment, right.Moment) is { } order ? order == 0 : null,
            };
        }

        if (AreNumbers(left, right))
        {
            return left.Number == right.Number;
        }

        if (AreDates(left, right))
        {
            return Moment.Compare(left.Moment, right.Moment) is { } order ? order == 0 : null;
        }

        return Quantities.Promote(left, right, out var one, out var other) && Quantities.Equal(one, other) == true;
    }

    private static bool EquivalentSystem(in FhirPathValue left, in FhirPathValue right)
    {
        if (AreNumbers(left, right))
        {
            return EquivalentNumbers(left.Number, right.Number);
        }

        if (AreDates(left, right) || (left.Kind == right.Kind && left.Kind is FhirPathKind.Date or FhirPathKind.DateTime or FhirPathKind.Time))
        {
            return Moment.Compare(left.Moment, right.Moment) == 0;
        }

        if (Quantities.Promote(left, right, out var one, out var other))
        {
            return Quantities.Equivalent(one, other);
        }

        return left.Kind == right.Kind && (left.Kind == FhirPathKind.String
            ? PlainText.Equivalent(left.String, right.String)
            : EqualSystem(left, right) == true);
    }

    /// <summary>Equal when rounded to the digits of the less precise one.</summary>
    internal static bool EquivalentNumbers(decimal left, decimal right)
    {
        var digits = Math.Min(Digits(left), Digits(right));
        return Math.Round(left, digits, MidpointRounding.AwayFromZero) == Math.Round(right, digits, MidpointRounding.AwayFromZero);
    }

    /// <summary>Digits behind the point, trailing zeros left out.</summary>
    internal static int Digits(decimal value)
    {
        int scale = value.Scale;
        while (scale > 0 && decimal.Round(value, scale - 1) == value)
        {
            scale--;
        }

        return scale;
    }

    private static bool AreNumbers(in FhirPathValue left, in FhirPathValue right) =>
        left.Kind is FhirPathKind.Integer or FhirPathKind.Decimal && right.Kind is FhirPathKind.Integer or FhirPathKind.Decimal;

    private static bool AreDates(in FhirPathValue left, in FhirPathValue right) =>
        left.Kind is FhirPathKind.Date or FhirPathKind.DateTime && right.Kind is FhirPathKind.Date or FhirPathKind.DateTime;
}
