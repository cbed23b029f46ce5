using System.Globalization;

namespace Sante.Fhir.FhirPath;

/// <summary>A System.Quantity.</summary>
/// <param name="Value">The number, trailing zeros kept.</param>
/// <param name="Unit">A UCUM code, or the keyword as written when <paramref name="IsKeyword"/>.</param>
/// <param name="IsKeyword">The unit is a calendar keyword (<c>days</c>), not a UCUM code.</param>
internal sealed record Quantity(decimal Value, string Unit, bool IsKeyword)
{
    public const string One = "1";

    /// <summary>The UCUM code that stands for the unit in comparisons; null for years and months, which have no fixed length.</summary>
    public string? Ucum => !IsKeyword ? Unit : CalendarUnit.Of(Unit) is { Ticks: > 0 } unit ? unit.Ucum : null;

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture) + (IsKeyword ? $" {Unit}" : $" '{Unit}'");
}
