using System.Globalization;

namespace Sante.Fhir.Patch;

/// <summary>Equality of JSON values as RFC 6902 §4.6 has it: numbers by value, objects in any order of names.</summary>
internal static class JsonSame
{
    public static bool Are(FhirNode left, FhirNode right)
    {
        if (left.Kind != right.Kind)
        {
            return false;
        }

        switch (left.Kind)
        {
            case FhirNodeKind.Text: return left.Text == right.Text;
            case FhirNodeKind.Number: return Numbers(left.Text!, right.Text!);
            case FhirNodeKind.List: return Lists(left, right);
            case FhirNodeKind.Map: return Maps(left, right);
            default: return left.Exists;
        }
    }

    private static bool Numbers(string left, string right) =>
        left == right || (decimal.TryParse(left, NumberStyles.Float, CultureInfo.InvariantCulture, out var one)
            && decimal.TryParse(right, NumberStyles.Float, CultureInfo.InvariantCulture, out var other) && one == other);

    private static bool Lists(FhirNode left, FhirNode right)
    {
        var others = right.Items.GetEnumerator();
        foreach (var item in left.Items)
        {
            if (!others.MoveNext() || !Are(item, others.Current))
            {
                return false;
            }
        }

        return !others.MoveNext();
    }

    private static bool Maps(FhirNode left, FhirNode right)
    {
        Dictionary<string, FhirNode> others = new(StringComparer.Ordinal);
        foreach (var member in right.Members)
        {
            others[JsonPointer.NameOf(member)] = member;
        }

        var count = 0;
        foreach (var member in left.Members)
        {
            count++;
            if (!others.TryGetValue(JsonPointer.NameOf(member), out var other) || !Are(member, other))
            {
                return false;
            }
        }

        return count == others.Count;
    }
}
