using Sante.Fhir.Ucum;

namespace Sante.Fhir.Search;

/// <summary>A quantity as it is compared: in base units when UCUM knows the unit, else as written.</summary>
/// <param name="Value">The number, in <paramref name="Unit"/>.</param>
/// <param name="Unit">A text that two quantities share exactly when they are comparable; "" without a unit.</param>
public readonly record struct CanonicalQuantity(double Value, string Unit)
{
    /// <summary>The system of UCUM (http://hl7.org/fhir/R4/valueset-ucum-units.html).</summary>
    internal const string Ucum = "http://unitsofmeasure.org";

    internal static CanonicalQuantity Of(decimal value, string? system, string? code, string? unit) =>
        system == Ucum && UcumUnit.TryCanonical(value, code, out var canonical, out var canonicalUnit) ? new(canonical, canonicalUnit) : new((double)value, code is null ? (unit is null ? "" : $"|{unit}") : $"{system}|{code}");
}
