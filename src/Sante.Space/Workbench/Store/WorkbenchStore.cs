using Npgsql;
using Sante.Fhir.Search;
using Sante.Kernel;
using Sante.Ledger;
using Sante.Ledger.Workbenches;

namespace Sante.Space.Workbench;

/// <inheritdoc cref="IWorkbenchStore"/>
internal sealed class WorkbenchStore(Ledger.Ledger ledger) : IWorkbenchStore
{
    private readonly WorkbenchPlaces places = new(ledger.WorkbenchRows);

    public Task<Outcome<WorkbenchRead>> ReadAsync(WorkbenchServer workbench, Actor by, string type, string id, int? version = null, CancellationToken cancel = default) =>
        GuardedAsync<WorkbenchRead>(async () =>
        {
            var row = id.Length <= RowIds.MaxLength ? RowIds.Of(workbench.Number, type, id) : Guid.Empty;
            var space = await places.FindAsync(row, cancel);
            var line = WorkbenchLines.Write(by, version is null ? "read" : "vread", [$"{type}/{id[..Math.Min(id.Length, RowIds.MaxLength)]}"]);
            var read = await ledger.ReadAsync(space ?? workbench.Home, line, row, version, cancel);
            if (!read.TryGet(out var traced, out var refusal))
                return UnlessWiped(refusal, row);
            return traced.Permit is { } permit
                ? new WorkbenchRead(traced.Row is null ? null : StoredVersion.Read(traced.Row), permit)
                : UnlessWiped(WorkbenchRefusals.WorkbenchUnknown, row);
        }, cancel);

    public Task<Outcome<WorkbenchPage>> SearchAsync(WorkbenchServer workbench, Actor by, SearchQuery query, string? cursor = null, CancellationToken cancel = default) =>
        GuardedAsync<WorkbenchPage>(async () =>
        {
            var source = new WorkbenchSource(workbench, ledger.WorkbenchRows, places);
            if (!(await SearchRun.RunAsync(query, source, cursor, cancel: cancel)).TryGet(out var page, out var refusal))
                return refusal;
            var traced = await TraceAsync(by, "search-type", source.FirstAsked, page.Matches.Concat(page.Included).Select(RowOf), cancel);
            return traced.TryGet(out var permit, out var untraced)
                ? new WorkbenchPage([.. page.Matches.Select(s => RowOf(s).Stored)], [.. page.Included.Select(s => RowOf(s).Stored)], page.Total, page.Next, permit)
                : untraced;
        }, cancel);

    public Task<Outcome<WorkbenchPage>> HistoryAsync(WorkbenchServer workbench, Actor by, WorkbenchHistoryQuery query, CancellationToken cancel = default) =>
        GuardedAsync(() => new WorkbenchHistory(ledger, places).PageAsync(workbench, query, (space, found) =>
            TraceAsync(by, query.Id is not null ? "history-instance" : query.Type is not null ? "history-type" : "history-system", space, found, cancel), cancel), cancel);

    public Task<Outcome<WorkbenchPage>> EverythingAsync(WorkbenchServer workbench, Actor by, WorkbenchEverythingQuery query, CancellationToken cancel = default) =>
        GuardedAsync(() => new WorkbenchEverything(ledger, places).PageAsync(workbench, query, (space, found) =>
            TraceAsync(by, "everything", space, found, cancel), cancel), cancel);

    public Task<WorkbenchAnswer> WriteAsync(WorkbenchServer workbench, Actor by, IReadOnlyList<WorkbenchWrite> writes, CancellationToken cancel = default) =>
        WriteAsync(workbench, by, writes, writes.Count == 1 ? WordOf(writes[0]) : "transaction", cancel);

    public async Task<IReadOnlyList<WorkbenchAnswer>> WriteEachAsync(WorkbenchServer workbench, Actor by, IReadOnlyList<WorkbenchWrite> writes, CancellationToken cancel = default)
    {
        // Started together, they meet in the writer's batches.
        var answers = new Task<WorkbenchAnswer>[writes.Count];
        for (var i = 0; i < answers.Length; i++)
            answers[i] = WriteAsync(workbench, by, [writes[i]], "batch", cancel);
        return await Task.WhenAll(answers);
    }

    public Task<Outcome<IReadOnlyList<WorkbenchTraceLine>>> LinesAsync(
        WorkbenchServer workbench, Actor by, string patientId, long? before, int most, CancellationToken cancel = default) =>
        GuardedAsync(async () =>
        {
            if (await places.FindAsync(RowIds.Of(workbench.Number, "Patient", patientId), cancel) is not { } space)
                return WorkbenchRefusals.ResourceUnknown;
            if (!(await TraceAsync(by, "trace", space, [], cancel)).TryGet(out var permit, out var refusal))
                return refusal;
            var lines = await ledger.ReadLinesAsync(permit, before ?? permit.Line, most, cancel);
            return Outcome.Of<IReadOnlyList<WorkbenchTraceLine>>([.. lines.Select(l => new WorkbenchTraceLine(space, l.Number, l.At, WorkbenchLines.Read(l.Body)))]);
        }, cancel);

    private async Task<WorkbenchAnswer> WriteAsync(WorkbenchServer workbench, Actor by, IReadOnlyList<WorkbenchWrite> writes, string word, CancellationToken cancel)
    {
        var answer = await GuardedAsync(async () =>
            Outcome.Of(await new WorkbenchWriting(ledger, places, workbench, by, word).WriteAsync(writes, cancel)), cancel);
        return answer.TryGet(out var written, out var refusal) ? written : new WorkbenchAnswer([], null, new WorkbenchRefused(refusal, 0));
    }

    /// <summary>One line in each space that something leaves, naming it; in <paramref name="asked"/> when nothing does.</summary>
    private async Task<Outcome<DisclosePermit>> TraceAsync(Actor by, string what, SpaceId asked, IEnumerable<FoundRow> found, CancellationToken cancel)
    {
        var requests = found.GroupBy(row => row.Space).Select(rows => new WriteRequest(rows.Key, 1)
        {
            Lines = [WorkbenchLines.Write(by, what, rows.Select(row => $"{row.Stored.Type}/{row.Stored.Id}"))],
        }).ToList();
        if (requests.Count == 0)
            requests.Add(new WriteRequest(asked, 1) { Lines = [WorkbenchLines.Write(by, what, [])] });
        if (requests is [var only])
        {
            // One line in one space goes with the reads, whose statement is the lighter one; the null id reads nothing.
            var line = await ledger.ReadAsync(only.Space, only.Lines[0], Guid.Empty, null, cancel);
            return line.TryGet(out var alone, out var unread) ? alone.Permit is { } own ? own : WorkbenchRefusals.WorkbenchUnknown
                : unread.Code is "space-unknown" or "space-erased" ? WorkbenchRefusals.WorkbenchUnknown : unread;
        }
        if (!(await ledger.TraceGroupAsync(requests, cancel)).TryGet(out var traced, out var refusal))
            return refusal.Code is "space-unknown" or "space-erased" ? WorkbenchRefusals.WorkbenchUnknown : refusal;
        return traced.Permit is { } permit ? permit : WorkbenchRefusals.WorkbenchUnknown;
    }

    private static FoundRow RowOf(SearchSubject subject) => (FoundRow)subject.Tag!;

    private static string WordOf(WorkbenchWrite write) => write switch
    {
        WorkbenchCreate => "create",
        WorkbenchUpdate => "update",
        WorkbenchPatch => "patch",
        _ => "delete",
    };

    private Refusal UnlessWiped(Refusal refusal, Guid row)
    {
        places.Forget(row);
        return refusal.Code is "space-unknown" or "space-erased" ? WorkbenchRefusals.WorkbenchUnknown : refusal;
    }

    /// <summary>Lost infrastructure while reading is a refusal too.</summary>
    private static async Task<Outcome<T>> GuardedAsync<T>(Func<Task<Outcome<T>>> act, CancellationToken cancel)
    {
        try
        {
            return await act();
        }
        catch (Exception e) when (Infrastructure.IsLost(e) && !cancel.IsCancellationRequested)
        {
            return Ledger.Ledger.Unavailable;
        }
    }
}
