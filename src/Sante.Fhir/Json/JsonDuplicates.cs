using System.Buffers;

namespace Sante.Fhir.Json;

/// <summary>Finds names that occur twice in one object, in O(n log n) whatever the names hash to.</summary>
internal static class JsonDuplicates
{
    private const int FewMembers = 12;

    /// <summary>Adds each entry of the object at <paramref name="index"/> whose name an earlier sibling has.</summary>
    public static void Collect(ReadOnlySpan<byte> text, JsonEntry[] entries, int index, List<int> duplicates)
    {
        Span<int> few = stackalloc int[FewMembers];
        var members = 0;
        for (var child = index + 1; child < entries[index].End; child = entries[child].End)
        {
            if (members == FewMembers)
            {
                CollectMany(text, entries, index, duplicates);
                return;
            }

            for (var before = 0; before < members; before++)
            {
                if (entries[few[before]].NameHash == entries[child].NameHash && Compare(text, entries[few[before]], entries[child]) == 0)
                {
                    duplicates.Add(child);
                    break;
                }
            }

            few[members++] = child;
        }
    }

    private static void CollectMany(ReadOnlySpan<byte> text, JsonEntry[] entries, int index, List<int> duplicates)
    {
        duplicates.RemoveAll(child => child > index);
        var rented = ArrayPool<int>.Shared.Rent(entries[index].End - index);
        var members = 0;
        for (var child = index + 1; child < entries[index].End; child = entries[child].End)
        {
            rented[members++] = child;
        }

        var sorted = rented.AsSpan(0, members);
        Sort(sorted, text, entries);
        for (var at = 1; at < members; at++)
        {
            if (entries[sorted[at - 1]].NameHash == entries[sorted[at]].NameHash
                && Compare(text, entries[sorted[at - 1]], entries[sorted[at]]) == 0)
            {
                duplicates.Add(sorted[at]);
            }
        }

        ArrayPool<int>.Shared.Return(rented);
    }

    // Heap sort: the comparison needs the text span, which no lambda can hold; its worst case is n log n.
    private static void Sort(Span<int> items, ReadOnlySpan<byte> text, JsonEntry[] entries)
    {
        for (var root = (items.Length / 2) - 1; root >= 0; root--)
        {
            Sink(items, root, items.Length, text, entries);
        }

        for (var last = items.Length - 1; last > 0; last--)
        {
            (items[0], items[last]) = (items[last], items[0]);
            Sink(items, 0, last, text, entries);
        }
    }

    private static void Sink(Span<int> items, int root, int length, ReadOnlySpan<byte> text, JsonEntry[] entries)
    {
        while (true)
        {
            var child = (2 * root) + 1;
            if (child >= length)
            {
                return;
            }

            if (child + 1 < length && Before(text, entries[items[child]], entries[items[child + 1]]))
            {
                child++;
            }

            if (!Before(text, entries[items[root]], entries[items[child]]))
            {
                return;
            }

            (items[root], items[child]) = (items[child], items[root]);
            root = child;
        }
    }

    private static bool Before(ReadOnlySpan<byte> text, in JsonEntry left, in JsonEntry right) =>
        left.NameHash != right.NameHash ? left.NameHash < right.NameHash
        : Compare(text, left, right) is var order && (order < 0 || (order == 0 && left.NameStart < right.NameStart));

    private static int Compare(ReadOnlySpan<byte> text, in JsonEntry left, in JsonEntry right) =>
        text.Slice(left.NameStart, left.NameLength).SequenceCompareTo(text.Slice(right.NameStart, right.NameLength));
}
