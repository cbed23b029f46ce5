using Npgsql;
using Sante.Kernel;
using Sante.Ledger.Keys;
using Sante.Ledger.Reading;
using Sante.Ledger.Workbenches;
using Sante.Ledger.Writing;

namespace Sante.Ledger;

/// <summary>
/// The only way to record: append events, write resources, leave trace lines, all fenced on the space's access version and
/// committed with their neighbours. A request is durable when <see cref="CommitAsync"/> answers, or it is not accepted.
/// Infrastructure lost: refusal <c>database-unavailable</c>; a caller who then repeats must carry an idempotency key.
/// </summary>
public sealed partial class Ledger : IAsyncDisposable
{
    private static readonly Refusal Erased = new("space-erased", RefusalKind.Unknown, "Le contenu de cet espace a été effacé.");
    private static readonly Refusal Deaf = new("host-cannot-hear", RefusalKind.Unavailable,
        "Ce serveur n'entend plus la plateforme : il ne communique et n'enregistre plus rien. Réessayez dans quelques secondes.");

    private readonly NpgsqlDataSource database;
    private readonly Writer writer;
    private readonly Lookups<(SpaceId Space, IReadOnlyCollection<string> Streams), SealedSnapshot> snapshots;
    private readonly ReadWriter reads;

    /// <param name="database">The main database, as the api role.</param>
    /// <param name="keys">The key store on its own database.</param>
    /// <param name="world">What this host has heard of the world; a deaf host discloses nothing.</param>
    public Ledger(NpgsqlDataSource database, KeyStore keys, World world)
    {
        (this.database, Keys, World) = (database, keys, world);
        writer = new Writer(database);
        snapshots = new(asked => SealedSnapshot.ReadAsync(database, asked));
        reads = new ReadWriter(database);
        Resources = new ResourceRows(database, keys);
        WorkbenchRows = new WorkbenchRows(database, keys);
        Workbenches = new WorkbenchRegister(database, keys);
    }

    public KeyStore Keys { get; }
    public World World { get; }
    /// <summary>Reading of resource rows under a permit.</summary>
    public ResourceRows Resources { get; }
    /// <summary>Reading of rows of workbenches.</summary>
    public WorkbenchRows WorkbenchRows { get; }
    public WorkbenchRegister Workbenches { get; }
    public WriterCounts Counts => writer.Counts;

    /// <summary>
    /// Records a request, all or nothing. Refusals: <c>database-unavailable</c>, <c>space-erased</c> (content root destroyed and
    /// the request needs it), <c>space-unknown</c> (no roots), <c>host-cannot-hear</c> (what bars the actor may have been missed). Every verdict but
    /// Busy may come back; only Accepted and Shared recorded it now.
    /// </summary>
    public async Task<Outcome<Verdict>> CommitAsync(WriteRequest request, CancellationToken cancel = default)
    {
        if (!World.CanHear && !request.IsBareBirth)
            return Deaf;
        SpaceKeys? keys;
        try
        {
            keys = request.BirthSlot is null
                ? await Keys.FindAsync(request.Space, request.AccessVersion, cancel)
                : await Keys.CreateAsync(request.Space, cancel);
        }
        catch (Exception e) when (Infrastructure.IsLost(e) && !cancel.IsCancellationRequested)
        {
            return Unavailable;
        }
        if (keys is null)
            return Unknown;
        if (!keys.HasContent && (request.Events.Count > 0 || request.Resources.Count > 0 || request.Outbox.Count > 0 || request.Idempotency is not null))
            return Erased;
        var answer = await writer.WriteAsync(SealedRequest.Seal(request, keys), cancel);
        if (!answer.TryGet(out var written, out var refusal))
            return refusal;
        var verdict = written.Verdict;
        return verdict.Result is null
            ? verdict
            : verdict with { Result = keys.Open(SealedTable.Idempotency, written.ResultRow, verdict.Result) };
    }

    /// <summary>
    /// Records requests of several spaces (one each), all or nothing in one transaction. Verdicts in their order: all Accepted, or none was written and those
    /// at fault say why (the others <see cref="VerdictKind.GroupFailed"/>). Spaces to begin must have their roots already. Refusals as <see cref="CommitAsync"/>.
    /// </summary>
    public async Task<Outcome<Verdict[]>> CommitGroupAsync(IReadOnlyList<WriteRequest> requests, CancellationToken cancel = default)
    {
        var group = new SealedRequest[requests.Count];
        try
        {
            for (var i = 0; i < group.Length; i++)
            {
                if (await Keys.FindAsync(requests[i].Space, cancel) is not { } keys)
                    return Unknown;
                if (!keys.HasContent)
                    return Erased;
                group[i] = SealedRequest.Seal(requests[i], keys);
            }
        }
        catch (Exception e) when (Infrastructure.IsLost(e) && !cancel.IsCancellationRequested)
        {
            return Unavailable;
        }
        var answer = await writer.WriteAsync(group, cancel);
        return answer.TryGet(out var written, out var refusal) ? Array.ConvertAll(written, w => w.Verdict) : refusal;
    }

    /// <summary>
    /// The fenced trace of several spaces of a workbench at once: the permit is that of the first. Null permit with the verdicts when one was not accepted.
    /// </summary>
    public async Task<Outcome<(DisclosePermit? Permit, Verdict[] Verdicts)>> TraceGroupAsync(IReadOnlyList<WriteRequest> requests, CancellationToken cancel = default)
    {
        if (!World.CanHear)
            return Deaf;
        var answer = await CommitGroupAsync(requests, cancel);
        if (!answer.TryGet(out var verdicts, out var refusal))
            return refusal;
        return Outcome.Of<(DisclosePermit?, Verdict[])>((verdicts.All(v => v.IsAccepted) ? Permits.Disclose(requests[0], verdicts[0]) : null, verdicts));
    }

    /// <summary>
    /// Reads one version of a resource of a workbench's space (the present one when <paramref name="version"/> is null), after the line that says so is durable,
    /// in one round trip with its neighbours. Null permit with the verdict when the fence refused. Refusals as <see cref="TraceAsync"/>.
    /// </summary>
    public async Task<Outcome<TracedRead>> ReadAsync(SpaceId space, ReadOnlyMemory<byte> line, Guid id, int? version, CancellationToken cancel = default)
    {
        if (!World.CanHear)
            return Deaf;
        SpaceKeys? keys;
        try
        {
            keys = await Keys.FindAsync(space, cancel);
        }
        catch (Exception e) when (Infrastructure.IsLost(e) && !cancel.IsCancellationRequested)
        {
            return Unavailable;
        }
        if (keys is not { HasContent: true, Workbench: not null })
            return Unknown;
        var answer = await reads.ReadAsync(keys, 1, line, id, version, cancel);
        if (!answer.TryGet(out var traced, out var refusal))
            return refusal;
        return traced.Kind == VerdictKind.Accepted
            ? new TracedRead(Permits.Disclose(space, 1, traced.Line, traced.At), traced.Kind, traced.Row is null ? null : WorkbenchRows.Open(keys, traced.Row))
            : new TracedRead(null, traced.Kind, null);
    }

    /// <summary>
    /// The fenced trace: one line that names what leaves, then the permit to let it leave. Null permit with the verdict when the
    /// fence said stale or ended: reload, decide again. Refusals as <see cref="CommitAsync"/>.
    /// <paramref name="with"/> adds rows (a deposit, an event) to the same transaction; its space and versions are taken from the permit.
    /// </summary>
    public async Task<Outcome<(DisclosePermit? Permit, Verdict Verdict)>> TraceAsync(
        EvaluatePermit permit, ReadOnlyMemory<byte> line, Func<WriteRequest, WriteRequest>? with = null, CancellationToken cancel = default)
    {
        var request = new WriteRequest(permit.Space, permit.AccessVersion) { Until = permit.Until, Lines = [line] };
        if (with is not null)
            request = with(request) with { Space = permit.Space, AccessVersion = permit.AccessVersion, Until = permit.Until };
        var answer = await CommitAsync(request, cancel);
        if (!answer.TryGet(out var verdict, out var refusal))
            return refusal;
        return Outcome.Of<(DisclosePermit?, Verdict)>((verdict.IsAccepted ? Permits.Disclose(request, verdict) : null, verdict));
    }

    /// <summary>Whether a response longer than <see cref="DisclosePermit.Life"/> may go on: the access version has not moved. False when it cannot be known.</summary>
    public async Task<bool> StillHoldsAsync(DisclosePermit permit, CancellationToken cancel = default)
    {
        try
        {
            await using var command = database.CreateCommand("SELECT access_version FROM ledger.space WHERE space_id = $1");
            command.Parameters.Add(new() { Value = permit.Space.Value });
            return await command.ExecuteScalarAsync(cancel) is long version && version == permit.AccessVersion;
        }
        catch (Exception e) when (Infrastructure.IsLost(e))
        {
            return false;
        }
    }

    /// <summary>
    /// The space as it stands: versions and the events of <paramref name="streams"/>, one snapshot. Refusals: <c>space-unknown</c>,
    /// <c>database-unavailable</c>. With the content root destroyed, the versions are true and the events empty.
    /// </summary>
    public async Task<Outcome<SpaceSnapshot>> LoadAsync(SpaceId space, IReadOnlyCollection<string> streams, CancellationToken cancel = default)
    {
        try
        {
            // Keys after versions: roots that were destroyed meanwhile are then seen as such.
            return await snapshots.FindAsync((space, streams), cancel) is { } snapshot && await Keys.FindAsync(space, snapshot.AccessVersion, cancel) is { } keys
                ? snapshot.Open(keys) : Unknown;
        }
        catch (Exception e) when (Infrastructure.IsLost(e) && !cancel.IsCancellationRequested)
        {
            return Unavailable;
        }
    }

    /// <summary>Lines of the space's trace, newest first, below <paramref name="before"/>; the permit's own line says that they are read.</summary>
    public async Task<IReadOnlyList<RecordedLine>> ReadLinesAsync(DisclosePermit permit, long before, int most, CancellationToken cancel = default)
    {
        var keys = await Keys.FindAsync(permit.Space, permit.AccessVersion, cancel) ?? throw new InvalidOperationException("A permit for a space without keys.");
        await using var command = database.CreateCommand("""
            SELECT seq, at, access_version, row_id, body FROM ledger.trace WHERE space_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3
            """);
        command.Parameters.Add(new() { Value = permit.Space.Value });
        command.Parameters.Add(new() { Value = before });
        command.Parameters.Add(new() { Value = most });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var lines = new List<RecordedLine>();
        while (await reader.ReadAsync(cancel))
            lines.Add(new RecordedLine(reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetInt64(2),
                keys.Open(SealedTable.Trace, reader.GetGuid(3), reader.GetFieldValue<byte[]>(4))));
        return lines;
    }

    /// <summary>
    /// The space that holds an actor's own log (misses, notices, own access history). Made at the first call; the same for ever.
    /// Throws on lost infrastructure.
    /// </summary>
    public async Task<SpaceId> ActorSpaceAsync(ActorIdentifier actor, CancellationToken cancel = default)
    {
        var token = new Guid(Sealing.LongToken(Keys.Master.Derive("actor"), actor.System, actor.Value), bigEndian: true);
        await using (var find = database.CreateCommand("SELECT space_id FROM ledger.actor_space WHERE actor_token = $1"))
        {
            find.Parameters.Add(new() { Value = token });
            if (await find.ExecuteScalarAsync(cancel) is Guid known)
                return new SpaceId(known);
        }
        var mine = new SpaceId(Randomness.NewId());
        var begun = await CommitAsync(new WriteRequest(mine, 1) { BirthSlot = SlotMap.SlotOf(mine) }, cancel);
        if (!begun.TryGet(out _, out var refusal))
            throw new NpgsqlException($"The actor's space could not begin: {refusal.Code}", new IOException());
        await using var name = database.CreateCommand("SELECT ledger.name_actor_space($1, $2)");
        name.Parameters.Add(new() { Value = token });
        name.Parameters.Add(new() { Value = mine.Value });
        return new SpaceId((Guid)(await name.ExecuteScalarAsync(cancel))!);
    }

    public async ValueTask DisposeAsync()
    {
        await reads.DisposeAsync();
        await writer.DisposeAsync();
    }

    private static readonly Refusal Unknown = new("space-unknown", RefusalKind.Unknown, "Cet espace n'existe pas.");
    /// <summary>Lost infrastructure: <c>database-unavailable</c>.</summary>
    public static Refusal Unavailable => Writer.Unavailable;
}

/// <summary>What a read with its line found; null row: no such version in that space.</summary>
public sealed record TracedRead(DisclosePermit? Permit, VerdictKind Verdict, WorkbenchRow? Row);

/// <summary>A fact as recorded; <paramref name="At"/> is the platform time of its commit.</summary>
public sealed record RecordedEvent(string Stream, int Version, DateTimeOffset At, byte[] Body);

/// <summary>A trace line as recorded. Numbers have no gap in a space.</summary>
public sealed record RecordedLine(long Number, DateTimeOffset At, long AccessVersion, byte[] Body);

/// <summary>A space at one moment. <paramref name="Events"/> in the order of their commits.</summary>
public sealed record SpaceSnapshot(SpaceId Space, long AccessVersion, long StateVersion, long Lines, bool Erased, IReadOnlyList<RecordedEvent> Events);
