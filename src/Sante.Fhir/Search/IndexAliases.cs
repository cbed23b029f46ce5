namespace Sante.Fhir.Search;

/// <summary>
/// Parameters whose values others have too are not stored twice: <c>patient</c> is looked for under <c>subject</c>, <c>phone</c> under <c>telecom</c>,
/// <c>combo-code</c> under <c>code</c> and <c>component-code</c>. What is found under a wider one may be a little more than what is asked; opening decides.
/// </summary>
internal static class IndexAliases
{
    public static void Set(IReadOnlyCollection<SearchParameter> parameters)
    {
        var ways = parameters.Where(one => one is { IsSupported: true, Path: not null, Code: not ("_id" or "_lastUpdated") } && one.Type != SearchType.Composite && one.Path.Signatures.Count > 0)
            .OrderBy(one => one.Code, StringComparer.Ordinal).ToList();
        foreach (var one in ways.Where(one => one.Type is SearchType.Token or SearchType.Quantity))
        {
            var parts = ways.Where(other => other.Type == one.Type && other.Path!.Signatures.Count < one.Path!.Signatures.Count && Exact(one).IsSupersetOf(Exact(other))).ToList();
            if (Exact(one).SetEquals(parts.SelectMany(Exact)))
            {
                one.StoredUnder = parts;
            }
        }

        // The widest first, so that everything inside finds the parameter that is stored.
        foreach (var one in ways.Where(one => !one.IsUnion).OrderByDescending(one => one.Path!.Signatures.Count))
        {
            var wider = ways.Find(other => other != one && !other.IsUnion && other.IndexedAs == other && other.Type == one.Type && Holds(other, one));
            if (wider is not null && (IsSame(wider, one) ? string.CompareOrdinal(wider.Code, one.Code) < 0 : IsByKey(one)))
            {
                one.StoredUnder = [wider];
            }
        }

        // A part may itself be stored elsewhere.
        foreach (var one in ways.Where(one => one.IsUnion))
        {
            one.StoredUnder = [.. one.StoredUnder.Select(part => part.IndexedAs).Distinct()];
        }
    }

    /// <summary>Everything found under what a parameter is stored under is found by it.</summary>
    public static bool IsExact(SearchParameter one) => one.StoredUnder.All(stored => stored == one || Exact(one).IsSupersetOf(Exact(stored)));

    private static bool IsByKey(SearchParameter one) => one.Type is SearchType.Token or SearchType.Reference or SearchType.Uri;

    private static bool IsSame(SearchParameter left, SearchParameter right) => Exact(left).SetEquals(Exact(right));

    private static bool Holds(SearchParameter wider, SearchParameter one)
    {
        var exact = Exact(wider);
        return one.Path!.Signatures.All(way => exact.Contains(way.Exact) || exact.Contains(way.Loose));
    }

    private static HashSet<string> Exact(SearchParameter one) => one.Path!.Signatures.Select(way => way.Exact).ToHashSet(StringComparer.Ordinal);
}
