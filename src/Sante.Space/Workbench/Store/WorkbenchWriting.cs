using Sante.Fhir;
using Sante.Fhir.Bundles;
using Npgsql;
using Sante.Kernel;
using Sante.Ledger;
using Sante.Ledger.Workbenches;

namespace Sante.Space.Workbench;

/// <summary>
/// One call's writes, all or nothing: targets decided, references resolved, one request per space touched, committed as a group. When the state moved
/// meanwhile, everything is decided again, a bounded number of times.
/// </summary>
internal sealed class WorkbenchWriting(Ledger.Ledger ledger, WorkbenchPlaces places, WorkbenchServer workbench, Actor by, string word)
{
    private const int MostAttempts = 12;

    public async Task<WorkbenchAnswer> WriteAsync(IReadOnlyList<WorkbenchWrite> writes, CancellationToken cancel)
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var planned = writes.Select((write, i) => new PlannedWrite(write, i)).ToList();
            var targets = new WriteTargets(ledger, places, workbench);
            var fault = await targets.DecideAsync(planned, fresh: attempt > 0, cancel);
            var references = new WriteReferences(targets);
            fault ??= await references.ResolveAsync(planned, cancel);
            fault ??= await PrepareAsync(planned, cancel);
            var committed = fault is null ? await CommitUnlessBornAsync(planned, targets.Guards, cancel) : default;
            fault ??= committed.Fault;
            if (fault is null)
                return new WorkbenchAnswer(Answers(writes.Count, planned, committed.Written!), committed.Permit, null);
            if (fault.Refusal is { } refusal)
                return new WorkbenchAnswer([], null, new WorkbenchRefused(refusal, fault.Entry));
        }
        return new WorkbenchAnswer([], null, new WorkbenchRefused(WorkbenchRefusals.Contention, 0));
    }

    /// <summary>Gives every new resource its space and makes the rows.</summary>
    private async Task<WriteFault?> PrepareAsync(List<PlannedWrite> planned, CancellationToken cancel)
    {
        var born = new Dictionary<string, SpaceId>(StringComparer.Ordinal);
        foreach (var one in planned.Where(one => one is { Expected: not null, Space: null, Write.Type: "Patient" }))
        {
            one.Space = await ledger.Keys.TakeNewSpaceAsync(workbench.Number, cancel);
            one.IsBirth = true;
            born[one.Id!] = one.Space.Value;
        }
        foreach (var one in planned.Where(one => one.Expected is not null))
        {
            if (one.Resource is null)
            {
                one.Stored = new NewResource(one.Row, one.Expected!.Value, one.Write.Type, StoredVersion.Write(one.Write.Type, one.Id!, null), [], [], Deleted: true);
                continue;
            }
            var index = WorkbenchIndex.Of(one.Resource);
            var spaces = new List<(Guid Row, SpaceId Space)>();
            foreach (var patient in index.Patients)
            {
                var row = RowIds.Of(workbench.Number, "Patient", patient);
                if (born.TryGetValue(patient, out var space))
                    spaces.Add((row, space));
                else if (await places.FindAsync(row, cancel) is { } known)
                    spaces.Add((row, known));
                else if (one.References.Contains($"Patient/{patient}"))
                    return new WriteFault(WorkbenchRefusals.ReferenceUnknown, one.Entry);
            }
            one.Space ??= index.Owner is { } owner && spaces.Find(s => s.Row == RowIds.Of(workbench.Number, "Patient", owner)) is { Row: var found } at && found != Guid.Empty ? at.Space : workbench.Home;
            one.Stored = new NewResource(one.Row, one.Expected!.Value, one.Write.Type, StoredVersion.Write(one.Write.Type, one.Id!, one.Resource), index.Tokens, index.Dates)
            {
                Numbers = index.Numbers,
                Texts = index.Texts,
                Mentions = [.. spaces.Where(s => s.Space != one.Space && s.Row != one.Row).Select(s => s.Row)],
            };
        }
        return null;
    }

    /// <summary>
    /// Two births under one id of the client's go to two new spaces, which no lock holds together: the one index over all ids lets the first in and
    /// refuses the other, who then finds the resource there.
    /// </summary>
    private async Task<(IReadOnlyDictionary<PlannedWrite, (int Version, DateTimeOffset At)>? Written, DisclosePermit? Permit, WriteFault? Fault)> CommitUnlessBornAsync(
        List<PlannedWrite> planned, List<Guard> guards, CancellationToken cancel)
    {
        try
        {
            return await CommitAsync(planned, guards, cancel);
        }
        catch (PostgresException taken) when (taken is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "resource_id" })
        {
            return (null, null, new WriteFault(null, 0));
        }
    }

    private async Task<(IReadOnlyDictionary<PlannedWrite, (int Version, DateTimeOffset At)>? Written, DisclosePermit? Permit, WriteFault? Fault)> CommitAsync(
        List<PlannedWrite> planned, List<Guard> guards, CancellationToken cancel)
    {
        var bySpace = planned.Where(one => one.Space is not null).GroupBy(one => one.Space!.Value).ToList();
        var writtenHere = planned.Where(one => one is { Expected: not null, Resource: not null }).Select(one => one.Row).ToHashSet();
        var requests = bySpace.Select(space => RequestOf(space.Key, [.. space], writtenHere)).ToList();
        if (requests.Count == 0)
            requests.Add(new WriteRequest(workbench.Home, 1) { Lines = [WorkbenchLines.Write(by, word, [])] });
        if (planned.Any(one => one.Expected is not null))
            requests[0] = requests[0] with { Guards = guards };

        if (!(await ledger.TraceGroupAsync(requests, cancel)).TryGet(out var traced, out var refusal))
            return (null, null, new WriteFault(refusal.Code is "space-unknown" or "space-erased" ? WorkbenchRefusals.WorkbenchUnknown : refusal, 0));
        if (traced.Permit is null)
            return (null, null, await FaultOfAsync(planned, traced.Verdicts, cancel));
        var written = new Dictionary<PlannedWrite, (int, DateTimeOffset)>();
        for (var i = 0; i < bySpace.Count; i++)
        {
            var at = 0;
            foreach (var one in bySpace[i].Where(one => one.Stored is not null))
            {
                written[one] = (traced.Verdicts[i].Versions is { } versions ? versions[at] : 1, traced.Verdicts[i].At);
                places.Keep(one.Row, bySpace[i].Key);
                at++;
            }
        }
        return (written, traced.Permit, null);
    }

    private WriteRequest RequestOf(SpaceId space, List<PlannedWrite> mine, HashSet<Guid> writtenHere)
    {
        var birth = mine.Exists(one => one.IsBirth);
        var mustExist = new HashSet<Guid>();
        foreach (var one in mine)
            foreach (var reference in one.References)
                if (LocalReference.Of(reference) is var (type, id) && RowIds.Of(workbench.Number, type, id) is var row && !writtenHere.Contains(row))
                    mustExist.Add(row);
        return new WriteRequest(space, 1)
        {
            BirthSlot = birth ? SlotMap.SlotOf(space) : null,
            Workbench = birth ? workbench.Number : null,
            Lines = [WorkbenchLines.Write(by, word, mine.Select(one => one.Reference))],
            Resources = [.. mine.Select(one => one.Stored).OfType<NewResource>()],
            MustExist = [.. mustExist],
        };
    }

    /// <summary>Why the group was not accepted: what the client must hear, or only that the state moved.</summary>
    private async Task<WriteFault> FaultOfAsync(List<PlannedWrite> planned, Verdict[] verdicts, CancellationToken cancel)
    {
        if (verdicts.Any(v => v.Kind == VerdictKind.UnknownSpace))
        {
            // Wiped, or remembered from a workbench of the past.
            planned.ForEach(one => places.Forget(one.Row));
            return new WriteFault(WorkbenchRefusals.WorkbenchUnknown, 0);
        }
        if (verdicts.Any(v => v.Kind == VerdictKind.Conflict) && planned.Find(one => one.Write.IfMatch is not null) is { } matched)
        {
            var now = await places.FindAllAsync([.. planned.Where(one => one.Write.IfMatch is not null).Select(one => one.Row)], cancel);
            var moved = planned.Find(one => one.Asked is { } asked && (!now.TryGetValue(one.Row, out var place) || place.Deleted || place.Version != asked));
            if (moved is not null)
                return new WriteFault(WorkbenchRefusals.VersionConflict, moved.Entry);
        }
        if (verdicts.Any(v => v.Kind == VerdictKind.Astray))
        {
            foreach (var one in planned)
            {
                var rows = one.References.Select(LocalReference.Of).OfType<(string Type, string Id)>().Select(r => RowIds.Of(workbench.Number, r.Type, r.Id))
                    .Where(row => !planned.Exists(other => other.Row == row && other.Resource is not null)).ToList();
                var found = await places.FindAllAsync(rows, cancel);
                if (rows.Exists(row => !found.TryGetValue(row, out var place) || place.Deleted))
                    return new WriteFault(WorkbenchRefusals.ReferenceUnknown, one.Entry);
            }
        }
        return WriteFault.Retry;
    }

    private static List<WorkbenchWritten> Answers(int count, List<PlannedWrite> planned, IReadOnlyDictionary<PlannedWrite, (int Version, DateTimeOffset At)> written)
    {
        var answers = new List<WorkbenchWritten>(count);
        for (var entry = 0; entry < count; entry++)
        {
            var mine = planned.Where(one => one.Entry == entry).ToList();
            answers.Add(AnswerOf(mine[0], mine.Count(one => one.Outcome == WorkbenchOutcome.Deleted), written));
        }
        return answers;
    }

    private static WorkbenchWritten AnswerOf(PlannedWrite one, int deleted, IReadOnlyDictionary<PlannedWrite, (int Version, DateTimeOffset At)> written)
    {
        if (!written.TryGetValue(one, out var version))
            return new WorkbenchWritten(one.Outcome, one.Present, one.Outcome == WorkbenchOutcome.Nothing ? 0 : 1);
        var resource = one.Resource is { } stored
            ? new WorkbenchResource(one.Write.Type, one.Id!, version.Version, version.At, false, stored.Utf8, StampPlaces.Of(stored))
            : new WorkbenchResource(one.Write.Type, one.Id!, version.Version, version.At, true, default, StampPlaces.FromBytes([]));
        return new WorkbenchWritten(one.Outcome, resource, one.Outcome == WorkbenchOutcome.Deleted ? deleted : 1);
    }
}
