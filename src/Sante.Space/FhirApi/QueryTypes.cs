using Sante.Fhir.Search;

namespace Sante.Space.FhirApi;

/// <summary>Which types a query looks into beside the searched one: by chains, <c>_has</c>, <c>_include</c>, <c>_revinclude</c>. Pure, from the words of the query.</summary>
internal static class QueryTypes
{
    /// <summary>Chains are bounded by the grammar; what is longer is not followed here.</summary>
    private const int MostLinks = 8;

    /// <summary>The categories of consent of those types.</summary>
    public static Categories Beside(string type, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        var types = new HashSet<string>();
        foreach (var (key, value) in parameters)
        {
            if (key.StartsWith("_include", StringComparison.Ordinal) || key.StartsWith("_revinclude", StringComparison.Ordinal))
                Included(value.Split(':'), types);
            else if (key.StartsWith("_has:", StringComparison.Ordinal))
                Has(key.Split(':'), types);
            else if (key.Contains('.', StringComparison.Ordinal))
                Chain([type], key.Split('.', MostLinks), types);
        }

        return types.Select(RecordTypes.Find).OfType<RecordType>().Aggregate(Categories.None, (all, held) => all | held.Category);
    }

    private static void Included(string[] words, HashSet<string> types)
    {
        types.Add(words[0]);
        if (words.Length > 2)
            types.Add(words[2]);
        else
            types.UnionWith(words.Length == 2 && words[1] != "*" ? TargetsOf(words[0], words[1]) : RecordTypes.All.Select(held => held.Type));
    }

    /// <summary><c>_has:Observation:patient:_has:Provenance:target:…</c>: types stand at each second place after a <c>_has</c>.</summary>
    private static void Has(string[] words, HashSet<string> types)
    {
        for (var at = 0; at + 1 < words.Length; at++)
            if (words[at] == "_has" || words[at].EndsWith("._has", StringComparison.Ordinal))
                types.Add(words[at + 1]);
        if (words[^1].Contains('.', StringComparison.Ordinal) && words.Length > 1)
            Chain([.. types], words[^1].Split('.', MostLinks), types);
    }

    private static void Chain(IReadOnlyCollection<string> from, string[] links, HashSet<string> types)
    {
        foreach (var link in links[..^1])
        {
            var colon = link.IndexOf(':', StringComparison.Ordinal);
            from = colon >= 0 ? [link[(colon + 1)..]] : [.. from.SelectMany(type => TargetsOf(type, link)).Distinct()];
            types.UnionWith(from);
        }
    }

    private static IEnumerable<string> TargetsOf(string type, string parameter) =>
        !SearchParameters.Of(type).TryGetValue(parameter, out var found) ? []
        : found.Targets.Count > 0 ? found.Targets : RecordTypes.All.Select(held => held.Type);
}
