using Sante.Kernel;

namespace Sante.Fhir.Search;

/// <summary>The resources that a page includes: <c>_include</c>, by <c>:iterate</c> also of what was included.</summary>
internal sealed class IncludeRun(SearchQuery query, ISearchSource source, SearchBounds bounds)
{
    private readonly HashSet<(string Type, string Id)> seen = [];

    /// <summary>Refusals: <c>search-too-broad</c>.</summary>
    public async Task<Outcome<IReadOnlyList<SearchSubject>>> IncludedAsync(List<SearchSubject> matches, CancellationToken cancel)
    {
        List<SearchSubject> included = [];
        if (query.Includes.Count == 0)
        {
            return included;
        }

        seen.UnionWith(matches.Select(match => (match.Resource.Type, match.Id)));
        IReadOnlyList<SearchSubject> from = matches;
        for (var round = 0; round < bounds.MaxRounds && from.Count > 0; round++)
        {
            var named = NamedBy(from, round);
            if (named.Count == 0)
            {
                break;
            }

            if (included.Count + named.Count > bounds.MaxIncluded)
            {
                return SearchRun.TooBroad();
            }

            from = await source.ReadAsync(named, cancel);
            included.AddRange(from);
        }

        return included;
    }

    private List<(string Type, string Id)> NamedBy(IReadOnlyList<SearchSubject> from, int round)
    {
        List<(string Type, string Id)> named = [];
        foreach (var subject in from)
        {
            foreach (var include in query.Includes)
            {
                if (include.Type != subject.Resource.Type || (round > 0 && !include.Iterate))
                {
                    continue;
                }

                foreach (var value in SearchIndex.Of(subject.Resource, include.Parameter))
                {
                    if (value is ReferenceValue { Type: { } type, Id: { } id } && (include.TargetType is null || include.TargetType == type) && seen.Add((type, id)))
                    {
                        named.Add((type, id));
                    }
                }
            }
        }

        return named;
    }
}
