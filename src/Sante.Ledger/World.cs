using System.Diagnostics;
using Npgsql;

namespace Sante.Ledger;

/// <summary>
/// What this host knows of the world outside every space: the platform clock's offset and the facts that hold (app suspended,
/// professional struck off…). It listens (NOTIFY) and polls; a host that could not hear for 5 s discloses nothing.
/// </summary>
public sealed class World : IAsyncDisposable
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan DeafAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HostIsLiveFor = TimeSpan.FromSeconds(5);

    private readonly NpgsqlDataSource database;
    private readonly NpgsqlDataSource? operators;
    private readonly Guid host = Randomness.NewId();
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim nudge = new(0, 1);
    private Heard heard = new(0, TimeSpan.Zero, new HashSet<string>(), 0);
    private Task loops = Task.CompletedTask;

    /// <param name="database">The main database, as the api role: hears.</param>
    /// <param name="operators">The same as the operators' role, on a host that may move clock and facts: in development, or an operator's own tool.</param>
    public World(NpgsqlDataSource database, NpgsqlDataSource? operators = null) => (this.database, this.operators) = (database, operators);

    /// <summary>Whether this host was given the operators' door.</summary>
    public bool MayMove => operators is not null;

    /// <summary>Hears the world once (throws on lost infrastructure), then keeps listening until disposed.</summary>
    public async Task StartAsync(CancellationToken cancel = default)
    {
        await HearAsync(cancel);
        loops = Task.WhenAll(Task.Run(PollAsync, CancellationToken.None), Task.Run(ListenAsync, CancellationToken.None));
    }

    /// <summary>Heard within 5 s, on a clock that nobody moves.</summary>
    public bool CanHear => heard.Stamp != 0 && Stopwatch.GetElapsedTime(Volatile.Read(ref heard).Stamp) < DeafAfter;

    /// <summary>System time plus the platform's offset, as last heard. Decisions use it; the fence uses the database's own.</summary>
    public DateTimeOffset PlatformNow => DateTimeOffset.UtcNow + Volatile.Read(ref heard).Offset;

    /// <summary>Whether a fact holds, for example <c>app-suspended:client-id</c>.</summary>
    public bool Holds(string fact) => Volatile.Read(ref heard).Facts.Contains(fact);

    /// <summary>Sets or ends a fact; answers when every live host has heard it. False when one did not within 5 s.</summary>
    public async Task<bool> SetFactAsync(string fact, bool holds, CancellationToken cancel = default)
    {
        await using var command = Operators.CreateCommand("SELECT ledger.set_world_fact('operator', $1, $2)");
        command.Parameters.Add(new() { Value = fact });
        command.Parameters.Add(new() { Value = holds });
        return await HeardByAllAsync((long)(await command.ExecuteScalarAsync(cancel))!, cancel);
    }

    /// <summary>
    /// Moves platform time by setting its offset from system time; security time is untouched. Answers when every live host
    /// confirms; false when one did not within 5 s (it then discloses nothing until it hears).
    /// </summary>
    public async Task<bool> MoveClockAsync(TimeSpan offset, CancellationToken cancel = default)
    {
        await using var command = Operators.CreateCommand("SELECT ledger.move_clock($1)");
        command.Parameters.Add(new() { Value = offset });
        return await HeardByAllAsync((long)(await command.ExecuteScalarAsync(cancel))!, cancel);
    }

    private NpgsqlDataSource Operators => operators ?? throw new InvalidOperationException("This host only hears the world: it was not given the operators' connection.");

    private async Task<bool> HeardByAllAsync(long version, CancellationToken cancel)
    {
        for (var since = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(since) < HostIsLiveFor; await Task.Delay(20, cancel))
        {
            if (Volatile.Read(ref heard).Version < version)
                await HearAsync(cancel);
            await using var command = database.CreateCommand(
                "SELECT NOT EXISTS (SELECT 1 FROM ledger.host WHERE version < $1 AND seen_at > clock_timestamp() - $2)");
            command.Parameters.Add(new() { Value = version });
            command.Parameters.Add(new() { Value = HostIsLiveFor });
            if (await command.ExecuteScalarAsync(cancel) is true)
                return true;
        }
        return false;
    }

    /// <summary>Reads the world, then tells the database which version this host has heard.</summary>
    private async Task HearAsync(CancellationToken cancel)
    {
        var stamp = Stopwatch.GetTimestamp();
        var known = Volatile.Read(ref heard);
        var facts = new HashSet<string>(StringComparer.Ordinal);
        var (version, offset) = (0L, TimeSpan.Zero);
        // The facts come with a version not heard yet; thousands may hold, and every host asks twice a second.
        await using (var read = database.CreateCommand("SELECT w.version, w.clock_offset, f.fact FROM ledger.world w LEFT JOIN ledger.world_fact f ON w.version <> $1"))
        {
            read.Parameters.Add(new() { Value = known.Version });
            await using var reader = await read.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                (version, offset) = (reader.GetInt64(0), reader.GetFieldValue<TimeSpan>(1));
                if (!await reader.IsDBNullAsync(2, cancel))
                    facts.Add(reader.GetString(2));
            }
        }
        Volatile.Write(ref heard, new Heard(version, offset, version == known.Version ? known.Facts : facts, stamp));
        await using var tell = database.CreateCommand("SELECT version FROM ledger.hear_world($1, $2)");
        tell.Parameters.Add(new() { Value = host });
        tell.Parameters.Add(new() { Value = version });
        await tell.ExecuteNonQueryAsync(cancel);
    }

    private async Task PollAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            await TryAsync(() => HearAsync(stop.Token));
            await TryAsync(() => nudge.WaitAsync(PollEvery, stop.Token));
        }
    }

    private async Task ListenAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            await TryAsync(async () =>
            {
                await using var connection = await database.OpenConnectionAsync(stop.Token);
                connection.Notification += (_, _) => Nudge();
                await using (var listen = new NpgsqlCommand("LISTEN sante_world", connection))
                    await listen.ExecuteNonQueryAsync(stop.Token);
                while (true)
                    await connection.WaitAsync(stop.Token);
            });
            await TryAsync(() => Task.Delay(PollEvery, stop.Token));
        }
    }

    private void Nudge()
    {
        if (nudge.CurrentCount == 0)
            nudge.Release();
    }

    // Lost infrastructure is not heard, which is exactly what CanHear reports; anything else is a bug and ends the loop loudly.
    private static async Task TryAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception e) when (Infrastructure.IsLost(e))
        {
            Debug.WriteLine(e.GetType().Name);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loops.WaitAsync(TimeSpan.FromSeconds(2)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await TryAsync(async () =>
        {
            await using var leave = database.CreateCommand("SELECT ledger.leave_world($1)");
            leave.Parameters.Add(new() { Value = host });
            await leave.ExecuteNonQueryAsync();
        });
        stop.Dispose();
        nudge.Dispose();
    }

    private sealed record Heard(long Version, TimeSpan Offset, IReadOnlySet<string> Facts, long Stamp);
}
