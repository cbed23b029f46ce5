using System.Globalization;
using Sante.Fhir.Search;
using Sante.Kernel;
using Sante.Ledger;

namespace Sante.Space.FhirApi;

/// <summary>
/// What is searched in one space: types in the order of the answer, each with the same parameters. <paramref name="Required"/>: categories without which
/// there is no answer; <paramref name="Optional"/>: looked into as far as each is allowed. <paramref name="Kind"/>: the query for the line, without values.
/// </summary>
internal sealed record SearchAsk(
    IReadOnlyList<string> Types, IReadOnlyList<KeyValuePair<string, string>> Parameters, Categories Required, Categories Optional, string Kind)
{
    /// <summary>Where the page begins, as <see cref="FoundPage.Next"/> said; null for the first.</summary>
    public string? Cursor { get; init; }
}

/// <summary>A page of a space, with the permit that lets it out.</summary>
internal sealed record FoundPage(
    IReadOnlyList<StoredResource> Matches, IReadOnlyList<StoredResource> Included, IReadOnlyList<StoredResource> Counted, long? Total, string? Next)
{
    public static FoundPage Empty { get; } = new([], [], [], 0, null);
}

/// <summary>
/// Searches of one citizen's space: decided, found with all that R4's grammar offers, recorded, let out. A search over several types goes through them one
/// after the other; its cursor is the place of the type and the cursor within it.
/// </summary>
internal sealed class SpaceSearch(FhirStore store, Disclosures disclosures, World world)
{
    public const string CursorParameter = "_cursor";

    /// <summary>The query of each type. Refusals: those of <see cref="SearchQuery.Parse"/>.</summary>
    public Outcome<IReadOnlyList<SearchQuery>> Parse(SearchAsk ask, FhirCall call)
    {
        var options = new SearchOptions { BaseUrl = call.BaseUrl, Lenient = Prefer.Of(call.Context.Request).Lenient, Now = world.PlatformNow };
        var queries = new List<SearchQuery>();
        foreach (var type in ask.Types)
        {
            if (!SearchQuery.Parse(type, ask.Parameters, options).TryGet(out var query, out var refusal))
                return refusal;
            queries.Add(query);
        }

        return queries;
    }

    /// <summary>Refusals: those of the access decision and of <see cref="SearchRun"/>.</summary>
    public async Task<Outcome<(FoundPage Page, DisclosePermit Permit)>> FindAsync(SpaceId space, SearchAsk ask, IReadOnlyList<SearchQuery> queries, FhirCall call)
    {
        var request = call.Ask(AccessAction.Search, ask.Required) with { Optional = ask.Optional & ~ask.Required };
        var ran = await disclosures.RunAsync<Outcome<FoundPage>>(space, request, async evaluation =>
        {
            var source = store.Source(evaluation, type => call.Holder.Scopes.Allows(type, 's') || call.Holder.Scopes.Allows(type, 'r'));
            var page = await PageAsync(queries, source, ask.Cursor, call.Cancel);
            return (page, page.TryGet(out var found, out _) ? Leaving(found, ask.Kind) : Disclosure.Nothing(ask.Kind));
        });
        return !ran.TryGet(out var disclosed, out var refusal) ? refusal
            : disclosed.Found.TryGet(out var answer, out var told) ? (answer, disclosed.Permit) : told;
    }

    /// <summary>
    /// What the line names. Of documents also those that were only counted: from whom one is hidden, his copy of the line must be able to leave it out
    /// of the total.
    /// </summary>
    private static Disclosure Leaving(FoundPage page, string kind) => Disclosures.Leaving(
        [.. page.Matches, .. page.Counted.Where(counted => counted.Header.Category == Categories.Documents), .. page.Included], (int)(page.Total ?? page.Matches.Count), kind);

    private static async Task<Outcome<FoundPage>> PageAsync(IReadOnlyList<SearchQuery> queries, SpaceSource source, string? cursor, CancellationToken cancel)
    {
        if (!TryRead(cursor, queries.Count, out var at, out var inner))
            return SearchRefusals.CursorInvalid;
        var page = FoundPage.Empty;
        string? next = null;
        for (var index = 0; index < queries.Count; index++)
        {
            // Types before the cursor, and those after a full page, are counted alone.
            var room = queries[0].Count - page.Matches.Count;
            var counts = index < at || next is not null || (room == 0 && !queries[0].CountOnly);
            if (!(await SearchRun.RunAsync(queries[index], source, index == at ? inner : null, new SearchBounds { KeepCounted = true }, cancel)).TryGet(out var found, out var refusal))
                return refusal;
            if (!counts && found.Matches.Count > room)
                (next, counts) = (Written(queries.Count, index, null), true);
            next ??= !counts && found.Next is { } more ? Written(queries.Count, index, more)
                : counts && index >= at && found.Matches.Count > 0 ? Written(queries.Count, index, null) : null;
            page = Joined(page, found, counts, next);
        }

        var matched = page.Matches.Select(match => match.Id).ToHashSet();
        return page with { Included = [.. page.Included.DistinctBy(one => one.Id).Where(one => !matched.Contains(one.Id))] };
    }

    private static FoundPage Joined(FoundPage page, SearchPage found, bool countsOnly, string? next) => new(
        countsOnly ? page.Matches : [.. page.Matches, .. found.Matches.Select(Stored)],
        countsOnly ? page.Included : [.. page.Included, .. found.Included.Select(Stored)],
        [.. page.Counted, .. found.Counted.Select(Stored)],
        page.Total + found.Total, next);

    private static StoredResource Stored(SearchSubject subject) => (StoredResource)subject.Tag!;

    private static string Written(int types, int index, string? inner) =>
        types == 1 ? inner! : string.Create(CultureInfo.InvariantCulture, $"{index}.{inner}");

    private static bool TryRead(string? cursor, int types, out int at, out string? inner)
    {
        (at, inner) = (0, cursor);
        if (cursor is null || types == 1)
            return true;
        var dot = cursor.IndexOf('.', StringComparison.Ordinal);
        inner = dot + 1 == cursor.Length ? null : cursor[(dot + 1)..];
        return dot > 0 && int.TryParse(cursor[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out at) && at < types;
    }
}
