using System.Globalization;

namespace Sante.Fhir.Check;

/// <summary>Fixed values (same content) and patterns (at least this content), http://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.pattern_x_.</summary>
internal static class NodeMatch
{
    /// <summary>Same content; the order of members does not count, that of items does.</summary>
    public static bool IsEqual(FhirNode value, FhirNode expected)
    {
        if (value.Kind != expected.Kind)
        {
            return false;
        }

        switch (value.Kind)
        {
            case FhirNodeKind.Map:
                return value.Members.Count == expected.Members.Count && HasMembers(value, expected, IsEqual);
            case FhirNodeKind.List:
                var (left, right) = (value.Items.ToList(), expected.Items.ToList());
                return left.Count == right.Count && left.Zip(right).All(pair => IsEqual(pair.First, pair.Second));
            case FhirNodeKind.Number:
                return SameNumber(value.Text!, expected.Text!);
            default:
                return string.Equals(value.Text, expected.Text, StringComparison.Ordinal);
        }
    }

    /// <summary>At least the pattern's content: each member, and for each item of the pattern some item.</summary>
    public static bool Contains(FhirNode value, FhirNode pattern)
    {
        if (pattern.Kind == FhirNodeKind.List)
        {
            foreach (var item in pattern.Items)
            {
                if (!Any(value, item))
                {
                    return false;
                }
            }

            return true;
        }

        return pattern.Kind == FhirNodeKind.Map
            ? value.Kind == FhirNodeKind.Map && HasMembers(value, pattern, Contains)
            : IsEqual(value, pattern);
    }

    private static bool HasMembers(FhirNode value, FhirNode expected, Func<FhirNode, FhirNode, bool> same)
    {
        foreach (var member in expected.Members)
        {
            if (value[member.NameUtf8] is not { Exists: true } found || !same(found, member))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Any(FhirNode list, FhirNode pattern)
    {
        foreach (var item in list.Items)
        {
            if (Contains(item, pattern))
            {
                return true;
            }
        }

        return false;
    }

    private static bool SameNumber(string left, string right) =>
        left == right || (decimal.TryParse(left, NumberStyles.Float, CultureInfo.InvariantCulture, out var one)
            && decimal.TryParse(right, NumberStyles.Float, CultureInfo.InvariantCulture, out var two) && one == two);
}
