using Sante.Kernel;

namespace Sante.Fhir.Search;

/// <summary>The resources that a page includes: <c>_include</c> and <c>_revinclude</c>, by <c>:iterate</c> also of what was included; each once.</summary>
internal sealed class IncludeRun(SearchQuery query, ISearchSource source, SearchBounds bounds)
{
    private readonly HashSet<(string Type, string Id)> seen = [];
    private readonly CandidateScan scan = new(source, bounds);

    /// <summary>Refusals: <c>search-too-broad</c>.</summary>
    public async Task<Outcome<IReadOnlyList<SearchSubject>>> IncludedAsync(List<SearchSubject> matches, CancellationToken cancel)
    {
        List<SearchSubject> included = [];
        if (query.Includes.Count + query.ReverseIncludes.Count == 0)
        {
            return included;
        }

        seen.UnionWith(matches.Select(match => (match.Resource.Type, match.Id)));
        var from = matches;
        for (var round = 0; round < bounds.MaxRounds && from.Count > 0; round++)
        {
            var named = NamedBy(from, round);
            List<SearchSubject> found = named.Count is 0 || named.Count > bounds.MaxIncluded ? [] : [.. await source.ReadAsync(named, cancel)];
            if (named.Count > bounds.MaxIncluded || (await ReferringAsync(from, round, found, bounds.MaxIncluded - included.Count, cancel)).Refusal is not null)
            {
                return CandidateScan.TooBroad();
            }

            included.AddRange(found);
            if (included.Count > bounds.MaxIncluded)
            {
                return CandidateScan.TooBroad();
            }

            from = found;
        }

        return included;
    }

    private List<(string Type, string Id)> NamedBy(List<SearchSubject> from, int round)
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
                    if (value is ReferenceValue { IsLocal: true } reference && (include.TargetType is null || include.TargetType == reference.Type) && seen.Add((reference.Type!, reference.Id!)))
                    {
                        named.Add((reference.Type!, reference.Id!));
                    }
                }
            }
        }

        return named;
    }

    /// <summary>Adds what refers to any of <paramref name="to"/>: one search per type that refers.</summary>
    private async Task<Outcome<bool>> ReferringAsync(List<SearchSubject> to, int round, List<SearchSubject> into, int most, CancellationToken cancel)
    {
        foreach (var type in query.ReverseIncludes.Where(include => round == 0 || include.Iterate).GroupBy(include => include.Type))
        {
            List<SearchCondition> ways = [];
            foreach (var include in type)
            {
                var asked = to.Where(one => (include.TargetType is null || include.TargetType == one.Resource.Type) && CanName(include.Parameter, one.Resource.Type));
                var references = asked.Select(one => $"{one.Resource.Type}/{one.Id}").ToHashSet(StringComparer.Ordinal);
                if (references.Count > 0)
                {
                    ways.Add(new SearchCondition(include.Parameter, null, [new ReferenceSetTerm(references)]));
                }
            }

            if (ways.Count == 0)
            {
                continue;
            }

            var referring = new SearchQuery(type.Key) { Conditions = [ways is [var only] ? only : new SearchCondition(SearchParameters.Table(type.Key).ByCode["_id"], null, []) { OneOf = ways }] };
            var ended = await scan.RunAsync(CandidateScan.Request(referring, default, null, CandidateScan.MaxBatch), referring, subject =>
            {
                if (seen.Add((type.Key, subject.Id)))
                {
                    into.Add(subject);
                }

                return into.Count <= most;
            }, cancel);
            if (!ended.TryGet(out var atEnd, out var refusal) || !atEnd)
            {
                return refusal ?? CandidateScan.TooBroad();
            }
        }

        return true;
    }

    private static bool CanName(SearchParameter parameter, string type) => parameter.Targets.Count == 0 || parameter.Targets.Contains(type);
}
