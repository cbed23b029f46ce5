using Sante.Fhir.Search;
using Sante.Kernel;
using Sante.Ledger;

namespace Sante.Space;

/// <summary>
/// One citizen's space as one caller may see it, for <see cref="SearchRun"/>: nothing but present resources that the decision's filter shows, of categories
/// that the evaluation allows and of types that <paramref name="mayShow"/> does (the token's scopes). What is left out here is nowhere: not in matches, chains,
/// <c>_has</c>, includes, totals. Made for one evaluation; what it opened once it keeps until the request ends. Each subject's <see cref="SearchSubject.Tag"/>
/// is its <see cref="StoredResource"/>.
/// </summary>
public sealed class SpaceSource(Ledger.Ledger ledger, Evaluation evaluation, Func<string, bool> mayShow, Func<StoredResource, bool>? only = null) : ISearchSource
{
    private readonly Dictionary<string, IReadOnlyList<SearchSubject>> found = [];
    private readonly Dictionary<(string Type, string Id), SearchSubject?> known = [];

    public async Task<IReadOnlyList<SearchSubject>> CandidatesAsync(CandidateRequest request, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(request);
        var all = await AllAsync(request, cancel);
        var start = 0;
        if (request.After is { } after)
            while (start < all.Count && string.CompareOrdinal(all[start].Id, after.Id) <= 0)
                start++;
        var end = request.Limit is { } limit ? Math.Min(all.Count, start + limit) : all.Count;
        return start == 0 && end == all.Count ? all : [.. all.Skip(start).Take(end - start)];
    }

    public async Task<IReadOnlyList<SearchSubject>> ReadAsync(IReadOnlyCollection<(string Type, string Id)> references, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(references);
        var asked = references.Distinct().ToList();
        var missing = asked.Where(reference => !known.ContainsKey(reference)).ToList();
        if (missing.Count > 0)
        {
            var byId = missing.Where(reference => IsOpen(reference.Type)).ToLookup(reference => reference.Id, reference => reference.Type);
            var ids = byId.Select(group => RecordId.TryParse(group.Key)).Where(id => id.Refusal is null).Select(id => SpaceIds.StoredId(id.Value)).ToList();
            foreach (var reference in missing)
                known[reference] = null;
            if (ids.Count > 0)
                foreach (var subject in Shown(await ledger.Resources.ReadAsync(evaluation.Permit, ids, cancel)).Where(subject => byId[subject.Id].Contains(subject.Resource.Type)))
                    known[(subject.Resource.Type, subject.Id)] = subject;
        }

        return [.. asked.Select(reference => known[reference]).OfType<SearchSubject>()];
    }

    private async Task<IReadOnlyList<SearchSubject>> AllAsync(CandidateRequest request, CancellationToken cancel)
    {
        if (!IsOpen(request.Type))
            return [];
        var key = KeyOf(request);
        if (found.TryGetValue(key, out var before))
            return before;
        var rows = request.Ids is { } ids
            ? await ledger.Resources.ReadAsync(evaluation.Permit, FhirStore.StoredIds(ids), cancel)
            : await ledger.Resources.CandidatesAsync(evaluation.Permit, request.Type,
                [.. request.Narrowings.Where(n => n.Keys.Count > 0).Select(n => new TokenCondition([.. n.Keys.Select(one => FhirContent.TokenOf(request.Type, one))]))],
                [.. request.Narrowings.Where(n => n.Windows.Count > 0).Select(n => FhirStore.Condition(request.Type, n))], cancel);
        var shown = Shown(rows).Where(subject => subject.Resource.Type == request.Type).ToList();
        shown.Sort((left, right) => string.CompareOrdinal(left.Id, right.Id));
        return found[key] = shown;
    }

    private IEnumerable<SearchSubject> Shown(IEnumerable<OpenedResource> rows) => FhirStore.Shown(evaluation, rows)
        .Where(one => IsOpen(one.Header.Type) && only?.Invoke(one) != false)
        .Select(one => new SearchSubject(one.Parse(), one.Id.ToString(), one.At, one));

    private bool IsOpen(string type) =>
        RecordTypes.Find(type) is { } held && evaluation.Request.Categories.HasFlag(held.Category) && mayShow(type);

    private static string KeyOf(CandidateRequest request) => string.Join('\u001f', [request.Type, request.Ids is null ? "" : string.Join(',', request.Ids),
        .. request.Narrowings.Where(n => n.Keys.Count > 0 || n.Windows.Count > 0).Select(n => $"{n.Parameter}={string.Join(',', n.Keys)};{string.Join(',', n.Windows)}")]);
}
