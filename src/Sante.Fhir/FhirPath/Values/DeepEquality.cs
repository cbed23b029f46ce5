using Sante.Fhir.Json;

namespace Sante.Fhir.FhirPath;

/// <summary>Equality of complex elements: the same children by name, recursively; the JSON's own order of names does not count.</summary>
internal static class DeepEquality
{
    /// <summary>True when the elements are equal, or equivalent: then the order of repeated children does not count either.</summary>
    public static bool Equal(PathRun run, in FhirPathValue left, in FhirPathValue right, bool equivalent)
    {
        if (ReferenceEquals(left.Tree, right.Tree) && left.Index == right.Index && left.CompanionIndex == right.CompanionIndex)
        {
            return true;
        }

        // Two primitives compare by their values; one of them (or both) has none here.
        if (left.NodeKind != right.NodeKind)
        {
            return false;
        }

        var (one, other) = (run.Rent(), run.Rent());
        Members.AddChildren(run, left, one);
        Members.AddChildren(run, right, other);
        var equal = one.Count == other.Count && Matched(run, one, other, equivalent);
        run.Return(other);
        run.Return(one);
        return equal;
    }

    private static bool Matched(PathRun run, Items left, Items right, bool equivalent)
    {
        var taken = new bool[right.Count];
        for (var at = 0; at < left.Count; at++)
        {
            var match = -1;
            for (var other = 0; other < right.Count && match < 0 && run.Spend(); other++)
            {
                if (taken[other] || !Name(left[at]).SequenceEqual(Name(right[other])))
                {
                    continue;
                }

                var same = equivalent ? Equality.Equivalent(run, left[at], right[other]) : Equality.Same(run, left[at], right[other]);
                if (!same && !equivalent)
                {
                    // Repeated children keep their order: the first one left of that name must be the one.
                    return false;
                }

                match = same ? other : -1;
            }

            if (match < 0)
            {
                return false;
            }

            taken[match] = true;
        }

        return !run.Failed;
    }

    private static ReadOnlySpan<byte> Name(in FhirPathValue value)
    {
        var index = value.Index >= 0 ? value.Index : value.CompanionIndex;
        if (value.Tree is not { } tree || index < 0)
        {
            return default;
        }

        var name = tree.Name(index);
        if (name.IsEmpty && index > 0)
        {
            name = tree.Name(ListOf(tree, index));
        }

        return value.Index < 0 && name.Length > 1 && name[0] == '_' ? name[1..] : name;
    }

    /// <summary>The array that holds an item: the nearest entry before it that ends after it.</summary>
    private static int ListOf(JsonTree tree, int index)
    {
        var at = index - 1;
        while (at > 0 && tree.Entries[at].End <= index)
        {
            at--;
        }

        return at;
    }
}
