namespace Sante.Fhir.FhirPath;

/// <summary>Existence, subsetting, combining (http://hl7.org/fhirpath/N1/#functions).</summary>
internal static class CollectionFunctions
{
    public static readonly PathFunctionEntry[] All =
    [
        new("count", 0, 0, static (PathRun _, CallNode _, in FhirPathValue _, Items input, Items output) => output.Add(FhirPathValue.Of(input.Count))),
        new("allTrue", 0, 0, static (PathRun run, CallNode call, in FhirPathValue _, Items input, Items output) => Booleans(run, call, input, output, false, true)),
        new("anyTrue", 0, 0, static (PathRun run, CallNode call, in FhirPathValue _, Items input, Items output) => Booleans(run, call, input, output, true, false)),
        new("allFalse", 0, 0, static (PathRun run, CallNode call, in FhirPathValue _, Items input, Items output) => Booleans(run, call, input, output, true, true)),
        new("anyFalse", 0, 0, static (PathRun run, CallNode call, in FhirPathValue _, Items input, Items output) => Booleans(run, call, input, output, false, false)),
        new("first", 0, 0, static (PathRun run, CallNode _, in FhirPathValue _, Items input, Items output) => Range(run, input, output, 0, 1)),
        new("last", 0, 0, static (PathRun run, CallNode _, in FhirPathValue _, Items input, Items output) => Range(run, input, output, input.Count - 1, 1)),
        new("tail", 0, 0, static (PathRun run, CallNode _, in FhirPathValue _, Items input, Items output) => Range(run, input, output, 1, int.MaxValue)),
        new("skip", 1, 1, Skip),
        new("take", 1, 1, Take),
        new("single", 0, 0, Single),
        new("distinct", 0, 0, static (PathRun run, CallNode _, in FhirPathValue _, Items input, Items output) => Distinct.Add(run, input, output)),
        new("isDistinct", 0, 0, IsDistinct),
        new("subsetOf", 1, 1, static (PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output) => Subset(run, call, focus, input, output, false)),
        new("supersetOf", 1, 1, static (PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output) => Subset(run, call, focus, input, output, true)),
        new("intersect", 1, 1, static (PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output) => Common(run, call, focus, input, output, true)),
        new("exclude", 1, 1, static (PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output) => Common(run, call, focus, input, output, false)),
        new("combine", 1, 1, Combine),
        new("aggregate", 1, 2, Aggregate),
        new("sort", 0, 8, Sorting.Sort),
    ];

    // allTrue: no false. anyTrue: some true. allFalse: no true. anyFalse: some false.
    private static void Booleans(PathRun run, CallNode call, Items input, Items output, bool wanted, bool all)
    {
        var found = false;
        for (var at = 0; at < input.Count && run.Spend(); at++)
        {
            var value = Conversion.ToSystem(input[at]);
            if (value.Kind == FhirPathKind.Boolean)
            {
                found |= value.Truth == wanted;
            }
            else
            {
                run.Fail(PathFaults.Type(call.Name));
            }
        }

        output.Add(found != all);
    }

    private static void Range(PathRun run, Items input, Items output, int from, int count)
    {
        for (var at = from; at >= 0 && at < input.Count && (long)at - from < count && run.Spend(); at++)
        {
            output.Add(input[at]);
        }
    }

    private static void Skip(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        if (call.Whole(run, focus, 0) is { } count)
        {
            Range(run, input, output, Math.Max(0, count), int.MaxValue);
        }
    }

    private static void Take(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        if (call.Whole(run, focus, 0) is { } count)
        {
            Range(run, input, output, 0, count);
        }
    }

    private static void Single(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        if (run.Single(input) is { Exists: true } value)
        {
            output.Add(value);
        }
    }

    private static void IsDistinct(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        var kept = run.Rent();
        Distinct.Add(run, input, kept);
        output.Add(kept.Count == input.Count);
        run.Return(kept);
    }

    private static void Subset(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output, bool superset)
    {
        var other = run.Rent();
        call.Arguments[0].Run(run, focus, other);
        var (small, large) = superset ? (other, input) : (input, other);
        var all = true;
        var set = SetOf(run, large);
        for (var at = 0; at < small.Count && all && run.Spend(); at++)
        {
            all = set.Contains(small[at]);
        }

        output.Add(all);
        run.Return(other);
    }

    private static void Common(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output, bool wanted)
    {
        var (other, kept) = (run.Rent(), run.Rent());
        call.Arguments[0].Run(run, focus, other);
        var set = SetOf(run, other);
        for (var at = 0; at < input.Count && run.Spend(); at++)
        {
            if (set.Contains(input[at]) == wanted)
            {
                kept.Add(input[at]);
            }
        }

        if (wanted)
        {
            Distinct.Add(run, kept, output);
        }
        else
        {
            // exclude() keeps duplicates and order.
            output.AddRange(kept);
        }

        run.Return(kept);
        run.Return(other);
    }

    private static Distinct SetOf(PathRun run, Items items)
    {
        var set = new Distinct(run);
        for (var at = 0; at < items.Count && run.Spend(); at++)
        {
            set.Add(items[at]);
        }

        return set;
    }

    private static void Combine(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        output.AddRange(input);
        call.Arguments[0].Run(run, focus, output);
    }

    private static void Aggregate(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        var (outer, total, next) = (run.Total, run.Rent(), run.Rent());
        if (call.Arguments.Count > 1)
        {
            call.Arguments[1].Run(run, focus, total);
        }

        for (var at = 0; at < input.Count && run.Spend(); at++)
        {
            run.Total = total;
            next.Clear();
            call.RunFor(run, 0, input[at], at, next);
            (total, next) = (next, total);
        }

        run.Total = outer;
        output.AddRange(total);
        run.Return(next);
        run.Return(total);
    }
}
