using Orleans;
using Sante.Fhir;
using Sante.Fhir.Search;
using Sante.Kernel;
using Sante.Ledger;
using Sante.Space.Workbench;

namespace Sante.Space.FhirApi;

/// <summary>Criteria of a conditional interaction: whom they name, what must match, and the key under which the same criteria are the same.</summary>
internal sealed record Criteria(IReadOnlyList<CitizenName> Names, SearchQuery Query, string Key)
{
    /// <summary>Reads criteria (<c>identifier=s|v&amp;patient=Patient/x</c>). Refusals: those of <see cref="SearchQuery.Parse"/>, <c>one-citizen-at-a-time</c>, <c>criteria-missing</c>.</summary>
    public static Outcome<Criteria> Read(string type, string text, FhirCall call)
    {
        var parameters = QueryText.Read(text);
        IReadOnlyList<CitizenName> names = [];
        var others = parameters;
        var named = CitizenNames.InQuery(type, parameters, call);
        if (named.TryGet(out var found, out var unnamed))
            (names, others) = ([found.Name], [.. found.Others]);
        else if (unnamed != FhirRefusals.SpaceNotNamed)
            return unnamed;
        return SearchQuery.ParseCriteria(type, others, new SearchOptions { BaseUrl = call.BaseUrl }).TryGet(out var query, out var refusal)
            ? new Criteria(names, query, string.Join('&', others.Select(pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal)))
            : refusal;
    }
}

/// <summary>
/// Conditional interactions compare with what the caller itself fed (record 0072): with what another fed they would tell of it. What was found, or not, is
/// recorded before it is told.
/// </summary>
internal sealed class Conditions(FhirStore store, CitizenNames citizens, IGrainFactory grains)
{
    /// <summary>What the caller fed that matches. Refusals: <c>criteria-ambiguous</c>, those of <see cref="SearchRun"/>.</summary>
    public async Task<Outcome<StoredResource?>> MatchAsync(Evaluation evaluation, Criteria criteria, FhirCall call)
    {
        var source = store.Source(evaluation, _ => true, found => Amending.IsOwn(found, call.Actor));
        if (!(await SearchRun.RunAsync(criteria.Query, source, null, null, call.Cancel)).TryGet(out var page, out var refusal))
            return refusal;
        return page.Matches.Count > 1 ? ConditionRefusals.Ambiguous
            : Outcome.Of(page.Matches is [var only] ? (StoredResource?)only.Tag : null);
    }

    /// <summary>
    /// The space and the one resource that criteria lead to, or null; <paramref name="names"/> name the citizen beside the criteria. Refusals: those of
    /// <see cref="MatchAsync"/> and <see cref="CitizenNames"/>, <c>only-own-deposits</c>.
    /// </summary>
    public Task<Outcome<StoredResource?>> LeadAsync(FhirCall call, RecordType type, Criteria criteria, IReadOnlyList<CitizenName> names) =>
        Amending.AgainAsync(() => TryLeadAsync(call, type, criteria, names));

    private async Task<Outcome<StoredResource?>> TryLeadAsync(FhirCall call, RecordType type, Criteria criteria, IReadOnlyList<CitizenName> names)
    {
        if (!(await citizens.FindOneSpaceAsync(criteria.Names.Concat(names), call, isFeed: names.Count > 0)).TryGet(out var space, out var unnamed))
            return unnamed;
        var access = grains.GetGrain<IAccessGrain>(space.Value);
        if (!(await access.EvaluateAsync(call.Ask(AccessAction.Amend, type.Category))).TryGet(out var evaluation, out var refused))
            return refused.Kind == RefusalKind.Unavailable ? refused : FhirRefusals.OnlyOwn;
        var matched = await MatchAsync(evaluation, criteria, call);
        var leaving = matched.TryGet(out var found, out _) && found is not null ? Disclosures.Leaving([found], 1, $"{type.Type} sous condition") : Disclosure.Nothing($"{type.Type} sous condition");
        return !(await access.DiscloseAsync(evaluation, leaving)).TryGet(out var permit, out var lost) && lost is not null ? lost
            : permit is null ? FhirRefusals.SpaceContended : matched;
    }

    /// <summary>
    /// The id of what these criteria create: always the same until it is taken, so that of equal requests at once one creates and the others find
    /// (the fence of the row decides). Taken is also what was withdrawn, or changed so that it matches no more. Ids are taken in order, so the first free one is
    /// found by halving, however many were taken.
    /// </summary>
    public async Task<RecordId> FreeIdAsync(SpaceId space, string type, Criteria criteria, FhirCall call)
    {
        var (taken, free) = (-1, 0);
        while (await store.IsTakenAsync(await IdAsync(free), call.Cancel))
            (taken, free) = (free, (free * 2) + 1);
        while (free - taken > 1)
        {
            var middle = taken + ((free - taken) / 2);
            (taken, free) = await store.IsTakenAsync(await IdAsync(middle), call.Cancel) ? (middle, free) : (taken, middle);
        }

        return await IdAsync(free);

        Task<RecordId> IdAsync(int turn) => store.KnownIdAsync(space, type, call.Actor.Identifier, $"if-none-exist|{criteria.Key}|{turn}", call.Cancel);
    }
}

/// <summary>What conditional interactions refuse.</summary>
internal static class ConditionRefusals
{
    public static Refusal Ambiguous { get; } = new("criteria-ambiguous", RefusalKind.Conflict, "Plusieurs ressources répondent aux critères.");
}
