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
        var (names, otherNames) = (Names(run, left), Names(run, right));
        var taken = new bool[right.Count];
        // All before it are taken: in documents of one order each child meets its match at once.
        var first = 0;
        for (var at = 0; at < left.Count; at++)
        {
            var match = -1;
            for (var other = first; other < right.Count && match < 0 && run.Spend(); other++)
            {
                if (taken[other] || !Name(left[at], names[at]).SequenceEqual(Name(right[other], otherNames[other])))
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
            while (first < right.Count && taken[first])
            {
                first++;
            }
        }

        return !run.Failed;
    }

    /// <summary>For each child the entry that bears its name: its own, or the array that it is in. Children come in the order of the document.</summary>
    private static int[] Names(PathRun run, Items children)
    {
        var named = new int[children.Count];
        var list = -1;
        for (var at = 0; at < children.Count; at++)
        {
            var index = IndexOf(children[at]);
            if (index <= 0 || children[at].Tree is not { } tree)
            {
                continue;
            }

            if (!tree.Name(index).IsEmpty)
            {
                named[at] = index;
                continue;
            }

            if (list < 0 || list >= index || tree.Entries[list].End <= index)
            {
                list = ListOf(run, tree, index);
            }

            named[at] = list;
        }

        return named;
    }

    private static int IndexOf(in FhirPathValue value) => value.Index >= 0 ? value.Index : value.CompanionIndex;

    private static ReadOnlySpan<byte> Name(in FhirPathValue value, int named)
    {
        if (value.Tree is not { } tree || named <= 0)
        {
            return default;
        }

        var name = tree.Name(named);
        return value.Index < 0 && name.Length > 1 && name[0] == '_' ? name[1..] : name;
    }

    /// <summary>The array that holds an item: the nearest entry before it that ends after it.</summary>
    private static int ListOf(PathRun run, JsonTree tree, int index)
    {
        var at = index - 1;
        while (at > 0 && tree.Entries[at].End <= index && run.Spend())
        {
            at--;
        }

        return at;
    }
}
