using System.Globalization;
using System.Text;
using Sante.Fhir.Definitions;

namespace Sante.Fhir.Check;

/// <summary><c>minValue</c>, <c>maxValue</c> and <c>maxLength</c> of profiles (http://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.minValue_x_).</summary>
internal static class ValueBounds
{
    public static void Check(CheckRun run, FhirNode value, Constraint constraint)
    {
        if (constraint.MaxLength > 0 && value.Kind == FhirNodeKind.Text && value.Text!.EnumerateRunes().Count() > constraint.MaxLength)
        {
            run.Error(value, "too-long", "length-max", string.Create(CultureInfo.InvariantCulture, $"Au plus {constraint.MaxLength} caractères admis par le profil."));
        }

        if (constraint.MinNode.Exists && Compare(value, constraint.MinNode) < 0)
        {
            run.Error(value, "value", "value-min", "La valeur est inférieure au minimum du profil.");
        }

        if (constraint.MaxNode.Exists && Compare(value, constraint.MaxNode) > 0)
        {
            run.Error(value, "value", "value-max", "La valeur est supérieure au maximum du profil.");
        }
    }

    /// <summary>Below zero: surely less; above: surely more; zero: equal, overlapping or not comparable (another unit, say).</summary>
    private static int Compare(FhirNode value, FhirNode bound)
    {
        if (value.Kind == FhirNodeKind.Map)
        {
            return bound.Kind == FhirNodeKind.Map && value["code"u8].Text == bound["code"u8].Text && value["system"u8].Text == bound["system"u8].Text
                ? Compare(value["value"u8], bound["value"u8]) : 0;
        }

        if (value.Kind == FhirNodeKind.Number)
        {
            return decimal.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var left)
                && decimal.TryParse(bound.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var right) ? left.CompareTo(right) : 0;
        }

        if (value.Text is not { } text || bound.Text is not { } limit)
        {
            return 0;
        }

        if (FhirDate.TryParse(Encoding.UTF8.GetBytes(text), out var date) && FhirDate.TryParse(Encoding.UTF8.GetBytes(limit), out var end))
        {
            return date.HighTicks <= end.LowTicks ? -1 : date.LowTicks >= end.HighTicks ? 1 : 0;
        }

        // hh:mm:ss compares as text.
        return text.Length >= 8 && limit.Length >= 8 && text[2] == ':' && limit[2] == ':' ? string.CompareOrdinal(text, limit) : 0;
    }
}
