namespace Sante.Fhir.FhirPath;

/// <summary>Order of single values (http://hl7.org/fhirpath/N1/#comparison).</summary>
internal static class Ordering
{
    /// <summary>False when the types have no order between them; <paramref name="order"/> null when it stays open (precision, units).</summary>
    public static bool TryCompare(in FhirPathValue left, in FhirPathValue right, out int? order)
    {
        order = null;
        var (one, other) = (Conversion.ToSystem(left), Conversion.ToSystem(right));
        if (!one.Exists || !other.Exists)
        {
            // A primitive or Quantity without a value is like nothing; another complex element cannot be compared.
            return (one.Exists || MayBeEmpty(left)) && (other.Exists || MayBeEmpty(right));
        }

        if (one.Kind == FhirPathKind.String && other.Kind == FhirPathKind.String)
        {
            order = Math.Sign(string.CompareOrdinal(one.String, other.String));
            return true;
        }

        if (IsNumber(one) && IsNumber(other))
        {
            order = one.Number.CompareTo(other.Number);
            return true;
        }

        if (IsDate(one) ? IsDate(other) : one.Kind == FhirPathKind.Time && other.Kind == FhirPathKind.Time)
        {
            order = Moment.Compare(one.Moment, other.Moment);
            return true;
        }

        if (!Quantities.Promote(one, other, out var amount, out var otherAmount))
        {
            return false;
        }

        order = Quantities.Compare(amount, otherAmount);
        return true;
    }

    private static bool MayBeEmpty(in FhirPathValue value) => Conversion.IsPrimitive(value) || Schema.IsQuantity(value.Type);

    private static bool IsNumber(in FhirPathValue value) => value.Kind is FhirPathKind.Integer or FhirPathKind.Decimal;

    private static bool IsDate(in FhirPathValue value) => value.Kind is FhirPathKind.Date or FhirPathKind.DateTime;
}
