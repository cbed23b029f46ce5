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

        return value.Kind switch
        {
            FhirNodeKind.Map => value.Members.Count == expected.Members.Count && HasMembers(value, expected, exactly: true),
            FhirNodeKind.List => HasItems(value, expected),
            FhirNodeKind.Number => SameBytes(value, expected) || SameNumber(value.Text!, expected.Text!),
            _ => SameText(value, expected),
        };
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
            ? value.Kind == FhirNodeKind.Map && HasMembers(value, pattern, exactly: false)
            : IsEqual(value, pattern);
    }

    private static bool HasMembers(FhirNode value, FhirNode expected, bool exactly)
    {
        foreach (var member in expected.Members)
        {
            if (value[member.NameUtf8] is not { Exists: true } found || !(exactly ? IsEqual(found, member) : Contains(found, member)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasItems(FhirNode value, FhirNode expected)
    {
        var others = expected.Items.GetEnumerator();
        foreach (var item in value.Items)
        {
            if (!others.MoveNext() || !IsEqual(item, others.Current))
            {
                return false;
            }
        }

        return !others.MoveNext();
    }

    private static bool SameText(FhirNode left, FhirNode right) =>
        left.Tree.Entries[left.Index].Escaped || right.Tree.Entries[right.Index].Escaped ? left.Text == right.Text : SameBytes(left, right);

    private static bool SameBytes(FhirNode left, FhirNode right) => left.Tree.Value(left.Index).SequenceEqual(right.Tree.Value(right.Index));

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
