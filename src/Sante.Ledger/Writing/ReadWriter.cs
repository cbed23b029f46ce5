using System.Security.Cryptography;
using System.Threading.Channels;
using Npgsql;
using NpgsqlTypes;
using Sante.Kernel;
using Sante.Ledger.Keys;

namespace Sante.Ledger.Writing;

/// <summary>
/// Reads of one version each, with the line that says so, many in one statement (<c>ledger.read_batch</c>): the line is durable before the version is known.
/// Lost infrastructure is the refusal <c>database-unavailable</c>.
/// </summary>
internal sealed class ReadWriter : IAsyncDisposable
{
    private const int MostRequests = 128;
    /// <summary>After this many busy verdicts a read waits for its space's lock, alone, beside the batches.</summary>
    private const int BusyBeforeWaiting = 3;
    private const int TransientRetries = 5;
    private const string Text = """
        SELECT verdict, seq, at, version, changed_at, deleted, row_id, body FROM ledger.read_batch($1, $2, $3, $4, $5, $6, $7, $8)
        """;
    private static readonly TimeSpan StatementLimit = TimeSpan.FromSeconds(10);

    private readonly NpgsqlDataSource database;
    private readonly Channel<Pending> waiting = Channel.CreateBounded<Pending>(new BoundedChannelOptions(20_000) { SingleReader = true });
    private readonly Task loop;

    public ReadWriter(NpgsqlDataSource database)
    {
        this.database = database;
        loop = Task.Run(RunAsync);
    }

    public async Task<Outcome<TracedRow>> ReadAsync(SpaceKeys keys, long accessVersion, ReadOnlyMemory<byte> line, Guid id, int? version, CancellationToken cancel)
    {
        var rowId = Randomness.NewId();
        var pending = new Pending(keys.Space.Value, accessVersion, id, version, rowId, keys.Seal(SealedTable.Trace, rowId, line.Span));
        if (!waiting.Writer.TryWrite(pending))
            await waiting.Writer.WriteAsync(pending, cancel);
        return await pending.Answer.Task.WaitAsync(cancel);
    }

    private async Task RunAsync()
    {
        var batch = new List<Pending>();
        while (await waiting.Reader.WaitToReadAsync())
        {
            while (batch.Count < MostRequests && waiting.Reader.TryRead(out var p))
                batch.Add(p);
            await CommitAsync(batch, wait: false);
            batch.Clear();
        }
    }

    private async Task CommitAsync(IReadOnlyList<Pending> batch, bool wait)
    {
        try
        {
            var rows = await ExecuteAsync(batch, wait);
            for (var i = 0; i < rows.Length; i++)
                Settle(batch[i], rows[i]);
        }
        catch (PostgresException e) when (!e.IsTransient && batch.Count > 1)
        {
            // The statement undid everything: one of them is at fault, each now answers for itself.
            foreach (var p in batch)
                await CommitAsync([p], wait: true);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            foreach (var p in batch)
            {
                if (Infrastructure.IsLost(e))
                    p.Answer.TrySetResult(Writer.Unavailable);
                else
                    p.Answer.TrySetException(e);
            }
        }
    }

    private void Settle(Pending p, TracedRow row)
    {
        if (row.Kind != VerdictKind.Busy)
            p.Answer.TrySetResult(row);
        else if (++p.BusyTimes >= BusyBeforeWaiting || !waiting.Writer.TryWrite(p))
            _ = CommitAsync([p], wait: true);
    }

    /// <summary>Deadlock and serialisation failures (40P01, 40001) are tried again, as in <see cref="Writer"/>.</summary>
    private async Task<TracedRow[]> ExecuteAsync(IReadOnlyList<Pending> batch, bool wait)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var limit = new CancellationTokenSource(StatementLimit);
            try
            {
                await using var connection = await database.OpenConnectionAsync(limit.Token);
                return await ExecuteAsync(connection, batch, wait, limit.Token);
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure
                                              && attempt < TransientRetries)
            {
                // The statement undid everything: nothing was recorded, nothing was read.
            }
        }
    }

    private static async Task<TracedRow[]> ExecuteAsync(NpgsqlConnection connection, IReadOnlyList<Pending> batch, bool wait, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Text, connection);
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = wait });
        void Add<T>(Func<Pending, T> of, NpgsqlDbType type)
        {
            var values = new T[batch.Count];
            for (var i = 0; i < values.Length; i++)
                values[i] = of(batch[i]);
            command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = values, NpgsqlDbType = type | NpgsqlDbType.Array });
        }

        Add(p => p.Space, NpgsqlDbType.Uuid);
        Add(p => p.AccessVersion, NpgsqlDbType.Bigint);
        Add(p => p.Id, NpgsqlDbType.Uuid);
        Add(p => p.Version, NpgsqlDbType.Integer);
        Add(p => p.RowId, NpgsqlDbType.Uuid);
        Add(_ => RandomNumberGenerator.GetBytes(16), NpgsqlDbType.Bytea);
        Add(p => p.Line, NpgsqlDbType.Bytea);
        await command.PrepareAsync(cancel);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new TracedRow[batch.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            if (!await reader.ReadAsync(cancel))
                throw new InvalidOperationException("The reader answered fewer verdicts than requests.");
            rows[i] = RowOf(reader, batch[i].Id);
        }
        return rows;
    }

    private static TracedRow RowOf(NpgsqlDataReader reader, Guid id)
    {
        var kind = (VerdictKind)reader.GetInt16(0);
        var row = reader.IsDBNull(3) ? null : new SealedRow(id, reader.GetInt32(3), reader.GetFieldValue<DateTimeOffset>(4), reader.GetBoolean(5), reader.GetGuid(6), reader.GetFieldValue<byte[]>(7));
        return new TracedRow(kind, kind == VerdictKind.Accepted ? reader.GetInt64(1) : 0, reader.GetFieldValue<DateTimeOffset>(2), row);
    }

    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await loop.WaitAsync(StatementLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private sealed class Pending(Guid space, long accessVersion, Guid id, int? version, Guid rowId, byte[] line)
    {
        public Guid Space { get; } = space;
        public long AccessVersion { get; } = accessVersion;
        public Guid Id { get; } = id;
        public int? Version { get; } = version;
        public Guid RowId { get; } = rowId;
        public byte[] Line { get; } = line;
        public int BusyTimes { get; set; }
        public TaskCompletionSource<Outcome<TracedRow>> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>A version as stored, still sealed.</summary>
internal sealed record SealedRow(Guid Id, int Version, DateTimeOffset At, bool Deleted, Guid RowId, byte[] Body);

/// <summary>Verdict on the line, and the version read when there is one.</summary>
internal sealed record TracedRow(VerdictKind Kind, long Line, DateTimeOffset At, SealedRow? Row);
