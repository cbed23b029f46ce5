using Sante.Fhir;
using Sante.Fhir.Bundles;
using Sante.Fhir.Search;
using Sante.Kernel;

namespace Sante.Space.Workbench;

/// <summary>References in what is to be written: to other entries by their names, conditional ones to the resource that they mean, the rest as they are.</summary>
internal sealed class WriteReferences(WriteTargets targets)
{
    private readonly Dictionary<string, string> conditional = new(StringComparer.Ordinal);

    public async Task<WriteFault?> ResolveAsync(List<PlannedWrite> planned, CancellationToken cancel)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var one in planned.Where(one => one.Id is not null))
            foreach (var name in one.Write.Names)
                names.TryAdd(name, one.Reference);
        foreach (var one in planned.Where(one => one.Resource is not null))
        {
            var references = ReferenceRewrite.References(one.Resource!).Select(node => node.Text!).ToHashSet(StringComparer.Ordinal);
            foreach (var criteria in references.Where(IsConditional))
                if (!await FindAsync(criteria, planned, cancel))
                    return new WriteFault(WorkbenchRefusals.ConditionalReference, one.Entry);
            if (names.Count > 0 || conditional.Count > 0)
            {
                var rewritten = ReferenceRewrite.Rewrite(one.Resource!, text => names.GetValueOrDefault(text) ?? conditional.GetValueOrDefault(text));
                if (rewritten is not null)
                {
                    one.Resource = FhirJson.Parse(rewritten).Resource ?? throw new InvalidDataException("Rewritten references broke a resource.");
                    references = ReferenceRewrite.References(one.Resource).Select(node => node.Text!).ToHashSet(StringComparer.Ordinal);
                }
            }
            one.References = references;
        }
        return null;
    }

    private static bool IsConditional(string reference) => reference.IndexOf('?', StringComparison.Ordinal) is > 0 and var mark && SearchParameters.IsResourceType(reference[..mark]);

    /// <summary>Exactly one resource, of those that stay when the entries are carried out.</summary>
    private async Task<bool> FindAsync(string reference, List<PlannedWrite> planned, CancellationToken cancel)
    {
        if (conditional.ContainsKey(reference))
            return true;
        var mark = reference.IndexOf('?', StringComparison.Ordinal);
        var query = SearchQuery.Parse(reference[..mark], QueryPairs.Of(reference[(mark + 1)..]));
        if (!query.TryGet(out var criteria, out _) || !(await targets.MatchAsync(criteria, cancel)).TryGet(out var matches, out _))
            return false;
        var staying = matches.Where(match => !planned.Exists(one => one.Write is WorkbenchDelete && one.Write.Type == criteria.Type && one.Id == match.Id)).ToList();
        if (staying is not [var only])
            return false;
        conditional[reference] = $"{criteria.Type}/{only.Id}";
        return true;
    }
}

/// <summary>Names and values of a query string.</summary>
internal static class QueryPairs
{
    public static IEnumerable<KeyValuePair<string, string>> Of(string query)
    {
        foreach (var part in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            yield return new(Decoded(equals < 0 ? part : part[..equals]), equals < 0 ? "" : Decoded(part[(equals + 1)..]));
        }
    }

    private static string Decoded(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
