namespace Sante.Fhir.FhirPath;

/// <summary>A growing set of items by <c>=</c>: a scan while it is small, buckets by hash afterwards.</summary>
internal sealed class Distinct(PathRun run)
{
    private const int SmallCount = 12;
    private readonly List<FhirPathValue> kept = [];
    private Dictionary<int, List<int>>? buckets;

    /// <summary>Adds each distinct item of <paramref name="items"/> once, in order.</summary>
    public static void Add(PathRun run, Items items, Items output)
    {
        if (items.Count <= SmallCount)
        {
            AddFew(run, items, output);
            return;
        }

        var set = new Distinct(run);
        for (var at = 0; at < items.Count && run.Spend(); at++)
        {
            if (set.Add(items[at]))
            {
                output.Add(items[at]);
            }
        }
    }

    /// <summary>True when no equal item was there.</summary>
    public bool Add(in FhirPathValue value)
    {
        if (Contains(value))
        {
            return false;
        }

        kept.Add(value);
        if (buckets is not null)
        {
            Bucket(Equality.Hash(value)).Add(kept.Count - 1);
        }
        else if (kept.Count > SmallCount)
        {
            buckets = [];
            for (var at = 0; at < kept.Count; at++)
            {
                Bucket(Equality.Hash(kept[at])).Add(at);
            }
        }

        return true;
    }

    /// <summary>True when an equal item is there.</summary>
    public bool Contains(in FhirPathValue value)
    {
        if (buckets is null)
        {
            foreach (var other in kept)
            {
                if (!run.Spend() || Equality.Same(run, value, other))
                {
                    return true;
                }
            }

            return false;
        }

        if (!buckets.TryGetValue(Equality.Hash(value), out var places))
        {
            return false;
        }

        foreach (var place in places)
        {
            if (!run.Spend() || Equality.Same(run, value, kept[place]))
            {
                return true;
            }
        }

        return false;
    }

    private static void AddFew(PathRun run, Items items, Items output)
    {
        var from = output.Count;
        for (var at = 0; at < items.Count; at++)
        {
            var seen = false;
            for (var other = from; other < output.Count && !seen && run.Spend(); other++)
            {
                seen = Equality.Same(run, items[at], output[other]);
            }

            if (!seen)
            {
                output.Add(items[at]);
            }
        }
    }

    private List<int> Bucket(int hash)
    {
        if (!buckets!.TryGetValue(hash, out var places))
        {
            buckets.Add(hash, places = []);
        }

        return places;
    }
}
