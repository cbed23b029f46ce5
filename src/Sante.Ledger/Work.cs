using Npgsql;
using Sante.Kernel;
using Sante.Ledger.Keys;

namespace Sante.Ledger;

/// <summary>Work that has become due, opened. <paramref name="Attempts"/> counts this one.</summary>
public sealed record DueWork(SpaceId Space, long DueId, Guid RowId, DateTimeOffset At, byte[] Body, int Attempts);

/// <summary>A message of the outbox, opened. Delivered at least once: its effect must be idempotent by <paramref name="RowId"/>.</summary>
public sealed record OutboxMessage(SpaceId Space, Guid RowId, DateTimeOffset At, byte[] Body, int Attempts);

/// <summary>
/// Due work and outbox, taken by any host under a lease of 30 s. End what was done; what was not done comes back.
/// Work of an erased space is dropped: there is nothing left that it could concern.
/// </summary>
public sealed class Work(NpgsqlDataSource database, KeyStore keys)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    public async Task<IReadOnlyList<DueWork>> TakeDueAsync(int most, CancellationToken cancel = default)
    {
        await using var command = database.CreateCommand("SELECT space_id, due_id, at, row_id, body, attempts FROM ledger.take_due($1, $2)");
        command.Parameters.Add(new() { Value = most });
        command.Parameters.Add(new() { Value = Lease });
        var rows = new List<DueWork>();
        await using (var reader = await command.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel))
                rows.Add(new DueWork(new SpaceId(reader.GetGuid(0)), reader.GetInt64(1), reader.GetGuid(3),
                    reader.GetFieldValue<DateTimeOffset>(2), reader.GetFieldValue<byte[]>(4), reader.GetInt32(5)));
        var opened = new List<DueWork>();
        foreach (var row in rows)
            if (await keys.FindAsync(row.Space, cancel) is { HasContent: true } space)
                opened.Add(row with { Body = space.Open(SealedTable.Due, row.RowId, row.Body) });
            else
                await EndAsync(row, cancel);
        return opened;
    }

    /// <summary>Forgets the work that was taken; a later date asked under the same name stays.</summary>
    public async Task EndAsync(DueWork work, CancellationToken cancel = default)
    {
        await using var command = database.CreateCommand("SELECT ledger.end_due($1, $2, $3)");
        command.Parameters.Add(new() { Value = work.Space.Value });
        command.Parameters.Add(new() { Value = work.DueId });
        command.Parameters.Add(new() { Value = work.RowId });
        await command.ExecuteNonQueryAsync(cancel);
    }

    public async Task<IReadOnlyList<OutboxMessage>> TakeOutboxAsync(int most, CancellationToken cancel = default)
    {
        await using var command = database.CreateCommand("SELECT space_id, row_id, at, body, attempts FROM ledger.take_outbox($1, $2)");
        command.Parameters.Add(new() { Value = most });
        command.Parameters.Add(new() { Value = Lease });
        var rows = new List<OutboxMessage>();
        await using (var reader = await command.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel))
                rows.Add(new OutboxMessage(new SpaceId(reader.GetGuid(0)), reader.GetGuid(1),
                    reader.GetFieldValue<DateTimeOffset>(2), reader.GetFieldValue<byte[]>(3), reader.GetInt32(4)));
        var opened = new List<OutboxMessage>();
        foreach (var row in rows)
            if (await keys.FindAsync(row.Space, cancel) is { HasContent: true } space)
                opened.Add(row with { Body = space.Open(SealedTable.Outbox, row.RowId, row.Body) });
            else
                await EndAsync(row, cancel);
        return opened;
    }

    public async Task EndAsync(OutboxMessage message, CancellationToken cancel = default)
    {
        await using var command = database.CreateCommand("SELECT ledger.end_outbox($1, $2)");
        command.Parameters.Add(new() { Value = message.Space.Value });
        command.Parameters.Add(new() { Value = message.RowId });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>How late the oldest due work and outbox message are, in seconds of platform time; zero when nothing waits. For health.</summary>
    public async Task<(double DueSeconds, double OutboxSeconds)> LagAsync(CancellationToken cancel = default)
    {
        await using var command = database.CreateCommand("""
            SELECT greatest(0, coalesce(extract(epoch FROM ledger.platform_now() - (SELECT min(at) FROM ledger.due)), 0))::float8,
                   greatest(0, coalesce(extract(epoch FROM ledger.platform_now() - (SELECT at FROM ledger.outbox ORDER BY ord LIMIT 1)), 0))::float8
            """);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (reader.GetDouble(0), reader.GetDouble(1));
    }
}
