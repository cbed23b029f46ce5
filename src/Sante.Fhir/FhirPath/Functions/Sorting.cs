namespace Sante.Fhir.FhirPath;

/// <summary><c>sort([key, …])</c>: ascending, a key with a minus descending; items without key first; equal ones keep their order.</summary>
internal static class Sorting
{
    public static void Sort(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        var rows = new Row[input.Count];
        var keys = call.Arguments.Count == 0 ? [new ThisNode()] : call.Arguments;
        for (var at = 0; at < input.Count && run.Spend(keys.Count); at++)
        {
            var item = input[at];
            var outer = run.Index;
            run.Index = at;
            rows[at] = new Row(item, [.. keys.Select(key => run.Single(KeyOf(key), item))]);
            run.Index = outer;
        }

        if (run.Failed)
        {
            return;
        }

        var descending = keys.Select(key => key is SignNode { IsNegative: true }).ToArray();
        Merge(rows, new Row[rows.Length], (one, other) => run.Spend() ? Compare(run, call, one.Keys, other.Keys, descending) : 0);
        foreach (var row in rows)
        {
            output.Add(row.Item);
        }
    }

    // A stable merge: partial dates may compare in circles, on which the library's sort gives up.
    private static void Merge(Span<Row> rows, Span<Row> spare, Comparison<Row> order)
    {
        if (rows.Length < 2)
        {
            return;
        }

        var half = rows.Length / 2;
        Merge(rows[..half], spare[..half], order);
        Merge(rows[half..], spare[half..], order);
        rows.CopyTo(spare);
        var (left, right) = (0, half);
        for (var at = 0; at < rows.Length; at++)
        {
            var takeLeft = right == rows.Length || (left < half && order(spare[left], spare[right]) <= 0);
            rows[at] = takeLeft ? spare[left++] : spare[right++];
        }
    }

    private static PathNode KeyOf(PathNode key) => key is SignNode { IsNegative: true } sign ? sign.Source : key;

    private static int Compare(PathRun run, CallNode call, FhirPathValue[] one, FhirPathValue[] other, bool[] descending)
    {
        for (var at = 0; at < one.Length; at++)
        {
            if (!one[at].Exists || !other[at].Exists)
            {
                if (one[at].Exists != other[at].Exists)
                {
                    return one[at].Exists ? 1 : -1;
                }

                continue;
            }

            if (OrderOf(run, call, one[at], other[at]) is var order and not 0)
            {
                return descending[at] ? -order : order;
            }
        }

        return 0;
    }

    private static int OrderOf(PathRun run, CallNode call, in FhirPathValue one, in FhirPathValue other)
    {
        if (!Ordering.TryCompare(one, other, out var order))
        {
            run.Fail(PathFaults.Type(call.Name));
        }

        return order ?? 0;
    }

    private sealed record Row(FhirPathValue Item, FhirPathValue[] Keys);
}
