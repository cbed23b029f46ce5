namespace Sante.Fhir.Search;

/// <summary>
/// Parameters whose values another one has too are not stored twice: <c>patient</c> is looked for under <c>subject</c>,
/// <c>phone</c> under <c>telecom</c>. What is found so may be a little more than what is asked; opening decides.
/// </summary>
internal static class IndexAliases
{
    public static void Set(IReadOnlyCollection<SearchParameter> parameters)
    {
        var ways = parameters.Where(one => one is { IsSupported: true, Path: not null } && one.Type != SearchType.Composite && one.Path.Signatures.Count > 0)
            .OrderBy(one => one.Code, StringComparer.Ordinal).ToList();
        // The widest first, so that everything inside finds the parameter that is stored.
        foreach (var one in ways.OrderByDescending(one => one.Path!.Signatures.Count))
        {
            var wider = ways.Find(other => other != one && !IsUnion(other) && other.IndexedAs == other && other.Type == one.Type && Holds(other, one));
            if (wider is not null && (IsSame(wider, one) ? string.CompareOrdinal(wider.Code, one.Code) < 0 : one.Type is SearchType.Token or SearchType.Reference or SearchType.Uri or SearchType.Quantity or SearchType.Number))
            {
                one.IndexedAs = wider;
            }
        }
    }

    // The "combo-…" of Observation hold what two others hold apart: kept under those, what is found stays exact.
    private static bool IsUnion(SearchParameter parameter) => parameter.Code.StartsWith("combo-", StringComparison.Ordinal);

    public static bool IsSame(SearchParameter left, SearchParameter right) => left == right || left.Path!.Signatures.Select(way => way.Exact).ToHashSet().SetEquals(right.Path!.Signatures.Select(way => way.Exact));

    private static bool Holds(SearchParameter wider, SearchParameter one)
    {
        var exact = wider.Path!.Signatures.Select(way => way.Exact).ToHashSet(StringComparer.Ordinal);
        return one.Path!.Signatures.All(way => exact.Contains(way.Exact) || exact.Contains(way.Loose));
    }
}
