using System.Threading.Channels;
using Npgsql;
using Sante.Kernel;

namespace Sante.Ledger.Writing;

/// <summary>
/// One task that commits waiting requests of many spaces together, so that nobody waits for a disk sync alone (house idea 6).
/// Arrival order is kept per space. Verdicts: those of the statement, without <see cref="VerdictKind.Busy"/>, which is retried here.
/// Lost infrastructure is the refusal <c>database-unavailable</c>: nothing was released, the write may or may not be durable.
/// </summary>
internal sealed class Writer : IAsyncDisposable
{
    private const int MostRequests = BatchRoom.MostRequests;
    /// <summary>Heavier requests are committed alone, beside the batches.</summary>
    private const int AloneWeightBytes = 256 << 10;
    /// <summary>After this many busy verdicts the requests of that space wait for its lock together, beside the batches, delaying only that citizen.</summary>
    private const int BusyBeforeWaiting = 3;
    /// <summary>Requests committed alone at the same time: the pool keeps connections for the batches.</summary>
    private const int MostAlone = 8;
    private const int TransientRetries = 5;
    private static readonly TimeSpan StatementLimit = TimeSpan.FromSeconds(10);

    internal static readonly Refusal Unavailable = new("database-unavailable", RefusalKind.Unavailable,
        "La base de données ne répond pas : rien n'a été communiqué. Réessayez dans quelques secondes.");

    private readonly NpgsqlDataSource database;
    private readonly Channel<Pending> waiting = Channel.CreateBounded<Pending>(new BoundedChannelOptions(20_000) { SingleReader = true });
    private readonly LinkedList<Pending> deferred = new();
    private readonly SemaphoreSlim alone = new(MostAlone);
    /// <summary>Spaces that other hosts keep busy, with the requests that wait for each; one waiting batch per space at a time. Locked by itself.</summary>
    private readonly Dictionary<SpaceId, Queue<Pending>> lanes = [];
    private readonly Task loop;

    public Writer(NpgsqlDataSource database)
    {
        this.database = database;
        loop = Task.Run(RunAsync);
    }

    /// <summary>Statistics for health and benchmarks.</summary>
    public WriterCounts Counts { get; } = new();

    public async Task<Outcome<(Verdict Verdict, Guid ResultRow)>> WriteAsync(SealedRequest request, CancellationToken cancel)
    {
        var answer = await WriteAsync([request], cancel);
        return answer.TryGet(out var verdicts, out var refusal) ? verdicts[0] : refusal;
    }

    /// <summary>A group: all or none of its requests are written, in one transaction. At most one request of a space.</summary>
    public async Task<Outcome<(Verdict Verdict, Guid ResultRow)[]>> WriteAsync(SealedRequest[] group, CancellationToken cancel)
    {
        var pending = new Pending(group);
        if (pending.WeightBytes > AloneWeightBytes || group.Length > MostRequests / 2)
            _ = CommitAloneAsync(pending);
        else if (!waiting.Writer.TryWrite(pending))
            await waiting.Writer.WriteAsync(pending, cancel);
        // Not cancelled once queued: the caller must learn what became durable, or leave without releasing anything.
        return await pending.Answer.Task.WaitAsync(cancel);
    }

    private async Task RunAsync()
    {
        while (deferred.Count > 0 || await waiting.Reader.WaitToReadAsync())
        {
            var batch = NextBatch();
            await CommitAsync(batch);
        }
    }

    /// <summary>Takes what fits (<see cref="BatchRoom"/>), in arrival order.</summary>
    private List<Pending> NextBatch()
    {
        var batch = new List<Pending>();
        var room = new BatchRoom();
        for (var node = deferred.First; node is not null && !room.IsFull;)
        {
            var next = node.Next;
            if (TryJoinLane(node.Value) || batch.Exists(first => first.TryShare(node.Value)))
                deferred.Remove(node);
            else if (room.TryTake(node.Value.Requests))
            {
                batch.Add(node.Value);
                deferred.Remove(node);
            }
            node = next;
        }
        foreach (var left in deferred)
            room.Block(left.Requests);
        while (!room.IsFull && waiting.Reader.TryRead(out var p))
        {
            if (TryJoinLane(p) || batch.Exists(first => first.TryShare(p)))
                continue;
            if (room.TryTake(p.Requests))
                batch.Add(p);
            else
                deferred.AddLast(p);
        }
        return batch;
    }

    private bool TryJoinLane(Pending p)
    {
        if (p.IsGroup)
            return false;
        lock (lanes)
        {
            if (!lanes.TryGetValue(p.Requests[0].Plain.Space, out var lane))
                return false;
            lane.Enqueue(p);
            return true;
        }
    }

    private void BeginLane(Pending p)
    {
        var space = p.Requests[0].Plain.Space;
        lock (lanes)
            lanes.Add(space, new Queue<Pending>([p]));
        _ = Task.Run(() => RunLaneAsync(space));
    }

    private async Task RunLaneAsync(SpaceId space)
    {
        while (NextOfLane(space) is { Count: > 0 } batch)
            await CommitAsync(batch, wait: true);
    }

    /// <summary>Takes what fits, as in <see cref="NextBatch"/>; none and the lane ends.</summary>
    private List<Pending> NextOfLane(SpaceId space)
    {
        lock (lanes)
        {
            var (lane, batch, room) = (lanes[space], new List<Pending>(), new BatchRoom());
            while (!room.IsFull && lane.TryPeek(out var p) && room.TryTake(p.Requests))
                batch.Add(lane.Dequeue());
            if (batch.Count == 0)
                lanes.Remove(space);
            else if (batch[0].IsRefusal)
                lanes[space] = new Queue<Pending>(lane.Where(p => !batch[0].TryShare(p)));
            return batch;
        }
    }

    private async Task CommitAsync(List<Pending> batch, bool wait = false)
    {
        if (batch.Count == 0)
            return;
        try
        {
            var verdicts = await ExecuteAsync(batch, wait);
            Counts.Batch(verdicts.Length);
            var at = 0;
            foreach (var p in batch)
            {
                Settle(p, verdicts[at..(at + p.Requests.Length)]);
                at += p.Requests.Length;
            }
        }
        catch (PostgresException e) when (!e.IsTransient && batch.Count > 1)
        {
            // The statement undid everything: one of them is at fault, each now answers for itself.
            foreach (var p in batch)
                await CommitAloneAsync(p);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            foreach (var p in batch)
                p.Fail(e);
        }
    }

    private async Task CommitAloneAsync(Pending p)
    {
        await alone.WaitAsync();
        try
        {
            var verdicts = await ExecuteAsync([p], wait: true);
            Counts.Alone();
            Settle(p, verdicts);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            p.Fail(e);
        }
        finally
        {
            alone.Release();
        }
    }

    private void Settle(Pending p, (Verdict Verdict, Guid ResultRow)[] verdicts)
    {
        if (!verdicts.Any(v => v.Verdict.Kind == VerdictKind.Busy))
            p.Settle(verdicts);
        else if (++p.BusyTimes < BusyBeforeWaiting)
            deferred.AddFirst(p);
        else if (p.IsGroup)
            _ = CommitAloneAsync(p);
        else if (!TryJoinLane(p))
            BeginLane(p);
    }

    /// <summary>Deadlock and serialisation failures (40P01, 40001) are the writer's own business: it tries again.</summary>
    private async Task<(Verdict, Guid)[]> ExecuteAsync(List<Pending> batch, bool wait)
    {
        var requests = new List<(SealedRequest, int?)>();
        for (var i = 0; i < batch.Count; i++)
            foreach (var request in batch[i].Requests)
                requests.Add((request, batch[i].IsGroup ? i : null));
        for (var attempt = 1; ; attempt++)
        {
            using var limit = new CancellationTokenSource(StatementLimit);
            try
            {
                await using var connection = await database.OpenConnectionAsync(limit.Token);
                return await BatchCommand.ExecuteAsync(connection, requests, wait, limit.Token);
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure
                                              && attempt < TransientRetries)
            {
                Counts.Retry();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await loop.WaitAsync(StatementLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
