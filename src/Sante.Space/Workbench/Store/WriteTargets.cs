using Sante.Fhir;
using Sante.Fhir.Bundles;
using Sante.Fhir.Search;
using Sante.Kernel;
using Sante.Ledger;
using Sante.Ledger.Workbenches;

namespace Sante.Space.Workbench;

/// <summary>Which resource each write means, and what becomes of it: ids, versions, conditional criteria with the guards that hold them.</summary>
internal sealed class WriteTargets(Ledger.Ledger ledger, WorkbenchPlaces places, WorkbenchServer workbench)
{
    public List<Guard> Guards { get; } = [];

    /// <summary>Decides the target of every write. Conditional deletes of many become several.</summary>
    public async Task<WriteFault?> DecideAsync(List<PlannedWrite> planned, bool fresh, CancellationToken cancel)
    {
        foreach (var one in planned.ToList())
        {
            var criteria = one.Write.Criteria;
            if (criteria is not null && await FindByCriteriaAsync(one, criteria, planned, cancel) is { } fault)
                return fault;
            if (criteria is null)
                one.Id = one.Write switch { WorkbenchUpdate u => u.Id, WorkbenchPatch p => p.Id, WorkbenchDelete d => d.Id, _ => null };
            if (one.Id is { Length: > RowIds.MaxLength })
                return new WriteFault(WorkbenchRefusals.ResourceUnknown, one.Entry);
            one.Id ??= one.Write is WorkbenchCreate or WorkbenchUpdate ? NewId() : null;
            if (one.Id is not null)
                one.Row = RowIds.Of(workbench.Number, one.Write.Type, one.Id);
        }
        return await PlaceAsync([.. planned.Where(one => one.Id is not null && one.Outcome != WorkbenchOutcome.Found)], fresh, cancel);
    }

    /// <summary>
    /// All that matches, after noting as a guard which candidates the index gave: versions only grow, so candidates that are the same at the commit were the
    /// same while this looked.
    /// </summary>
    public async Task<Outcome<IReadOnlyList<SearchSubject>>> MatchAsync(SearchQuery criteria, CancellationToken cancel)
    {
        var narrowed = Narrowings.Apply(new RowQuery(criteria.Type), criteria.Narrowings);
        var tokens = narrowed.Tokens.Concat(narrowed.CommonTokens).Where(t => t.AnyOf.Count == 1).ToList();
        var candidates = await ledger.WorkbenchRows.FindVersionsInAllAsync(workbench.Home, new RowQuery(criteria.Type) { Tokens = tokens }, cancel);
        Guards.Add(new Guard($"{criteria.Type}?{criteria.SelfQuery}", criteria.Type, [.. tokens.Select(t => t.AnyOf[0])], candidates));
        if (candidates.Count == 0)
            return Outcome.Of<IReadOnlyList<SearchSubject>>([]);
        var source = new WorkbenchSource(workbench, ledger.WorkbenchRows, places);
        var matches = new List<SearchSubject>();
        string? cursor = null;
        do
        {
            if (!(await SearchRun.RunAsync(criteria, source, cursor, cancel: cancel)).TryGet(out var page, out var refusal))
                return refusal;
            matches.AddRange(page.Matches);
            cursor = page.Next;
        }
        while (cursor is not null);
        return Outcome.Of<IReadOnlyList<SearchSubject>>(matches);
    }

    private async Task<WriteFault?> FindByCriteriaAsync(PlannedWrite one, SearchQuery criteria, List<PlannedWrite> planned, CancellationToken cancel)
    {
        if (!(await MatchAsync(criteria, cancel)).TryGet(out var matches, out var refusal))
            return new WriteFault(refusal, one.Entry);
        if (matches.Count > 1 && one.Write is not WorkbenchDelete { Many: true })
            return new WriteFault(WorkbenchRefusals.CriteriaAmbiguous, one.Entry);
        if (matches.Count == 0)
        {
            if (one.Write is WorkbenchPatch)
                return new WriteFault(WorkbenchRefusals.ResourceUnknown, one.Entry);
            one.Id = one.Write is WorkbenchUpdate update ? update.Resource.Id : null;
            one.Outcome = one.Write is WorkbenchDelete ? WorkbenchOutcome.Nothing : WorkbenchOutcome.Created;
            return null;
        }
        var (first, row) = (matches[0], (FoundRow)matches[0].Tag!);
        if (one.Write is WorkbenchUpdate { Resource.Id: { } own } && own != first.Id)
            return new WriteFault(WorkbenchRefusals.IdDiffers, one.Entry);
        (one.Id, one.Space) = (first.Id, row.Space);
        if (one.Write is WorkbenchCreate)
            (one.Outcome, one.Present, one.Row) = (WorkbenchOutcome.Found, row.Stored, RowIds.Of(workbench.Number, criteria.Type, first.Id));
        foreach (var more in matches.Skip(1))
            planned.Add(new PlannedWrite(new WorkbenchDelete(criteria.Type, more.Id), one.Entry) { Id = more.Id, Row = RowIds.Of(workbench.Number, criteria.Type, more.Id) });
        return null;
    }

    /// <summary>Looks up where the named ones live, and at which version when the write depends on it.</summary>
    private async Task<WriteFault?> PlaceAsync(List<PlannedWrite> named, bool fresh, CancellationToken cancel)
    {
        if (named.GroupBy(one => one.Row).FirstOrDefault(same => same.Count() > 1) is { } twice)
            return new WriteFault(WorkbenchRefusals.ResourceTwice, twice.Last().Entry);
        var unknown = named.Where(one => one.Write is not WorkbenchCreate && (fresh || NeedsVersion(one) || places.Known(one.Row) is null)).Select(one => one.Row).ToList();
        var found = await places.FindAllAsync(unknown, cancel);
        foreach (var one in named)
        {
            RowPlace? place = found.TryGetValue(one.Row, out var there) ? there : null;
            if (place is null && !unknown.Contains(one.Row) && one.Write is not WorkbenchCreate)
                place = new RowPlace(places.Known(one.Row) ?? workbench.Home, NewResource.AnyVersion, false);
            if (await DecideAsync(one, place, cancel) is { } fault)
                return fault;
        }
        return null;
    }

    /// <summary>A plain PUT of what was seen before needs no look-up: it takes whatever version is there.</summary>
    private static bool NeedsVersion(PlannedWrite one) => one.Write is not WorkbenchUpdate { IfMatch: null, IfNoneMatchAny: false };

    private async Task<WriteFault?> DecideAsync(PlannedWrite one, RowPlace? place, CancellationToken cancel)
    {
        one.Space = place?.Space;
        var there = place is { Deleted: false };
        if (one.Write.IfMatch is not null && (!there || (one.Asked is { } asked && place!.Value.Version != asked)))
            return new WriteFault(there ? WorkbenchRefusals.VersionConflict : WorkbenchRefusals.ResourceUnknown, one.Entry);
        switch (one.Write)
        {
            case WorkbenchCreate create:
                (one.Outcome, one.Expected, one.Resource) = (WorkbenchOutcome.Created, 0, create.Resource);
                return null;
            case WorkbenchUpdate { IfNoneMatchAny: true } when there:
                return new WriteFault(WorkbenchRefusals.ResourceExists, one.Entry);
            case WorkbenchUpdate update:
                one.Resource = update.Resource;
                one.Outcome = there ? WorkbenchOutcome.Updated : WorkbenchOutcome.Created;
                one.Expected = one.Asked ?? (there ? NewResource.AnyVersion : place is null ? 0 : NewResource.DeletedVersion);
                return null;
            case WorkbenchDelete:
                one.Outcome = there ? WorkbenchOutcome.Deleted : WorkbenchOutcome.Nothing;
                one.Expected = there ? one.Asked ?? NewResource.AnyVersion : null;
                return null;
            case WorkbenchPatch patch when there:
                return await PatchAsync(one, patch, cancel);
            default:
                return new WriteFault(place is null ? WorkbenchRefusals.ResourceUnknown : WorkbenchRefusals.ResourceDeleted, one.Entry);
        }
    }

    private async Task<WriteFault?> PatchAsync(PlannedWrite one, WorkbenchPatch patch, CancellationToken cancel)
    {
        if ((await ledger.WorkbenchRows.ReadAsync([one.Row], cancel)).SingleOrDefault() is not { Deleted: false } row)
            return WriteFault.Retry;
        if (one.Asked is { } asked && row.Version != asked)
            return new WriteFault(WorkbenchRefusals.VersionConflict, one.Entry);
        var present = StoredVersion.Read(row);
        var stamped = FhirJson.Parse(present.Stamped()).Resource ?? throw new InvalidDataException("A stored resource cannot be parsed.");
        if (!patch.Next(stamped).TryGet(out var next, out var refusal))
            return new WriteFault(refusal, one.Entry);
        if (next.Utf8.Span.SequenceEqual(stamped.Utf8.Span))
            (one.Outcome, one.Present) = (WorkbenchOutcome.Unchanged, present);
        else
            (one.Outcome, one.Expected, one.Resource) = (WorkbenchOutcome.Updated, row.Version, next);
        return null;
    }

    private static string NewId() => Randomness.NewId().ToString("N");
}
