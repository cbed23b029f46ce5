using System.Text;
using Npgsql;
using Sante.Kernel;
using Sante.Ledger.Keys;
using Sante.Testing;

namespace Sante.Ledger.Tests;

/// <summary>One host's ledger, as a front-end would build it: own pools, own writer, own ears. Several on one database are several front-ends.</summary>
public sealed class LedgerHost : IAsyncDisposable
{
    private static readonly string MasterKeyPath = CreateMasterKey();
    private readonly NpgsqlDataSource main;
    private readonly NpgsqlDataSource keys;
    private readonly NpgsqlDataSource operators;

    private readonly NpgsqlDataSource writing;

    private LedgerHost(string mainConnection, string writingConnection, string keysConnection, string operatorConnection)
    {
        operators = NpgsqlDataSource.Create(operatorConnection);
        main = NpgsqlDataSource.Create(mainConnection);
        writing = NpgsqlDataSource.Create(writingConnection);
        keys = NpgsqlDataSource.Create(keysConnection);
        KeyStore = new KeyStore(keys, FileMasterKey.Read(MasterKeyPath));
        World = new World(main, operators);
        Ledger = new Ledger(writing, KeyStore, World);
        Work = new Work(main, KeyStore);
    }

    public KeyStore KeyStore { get; }
    public World World { get; }
    public Ledger Ledger { get; }
    public Work Work { get; }
    public NpgsqlDataSource Database => main;

    /// <summary>Master key of all test hosts of this process.</summary>
    public static string MasterKey => MasterKeyPath;

    /// <param name="database">Where.</param>
    /// <param name="writing">Another way to the main database for the ledger alone: through a proxy that cuts it.</param>
    public static async Task<LedgerHost> StartAsync(TestDatabase database, string? writing = null)
    {
        var host = new LedgerHost(database.Main, writing ?? database.Main, database.Keys, database.MainOperator);
        await host.World.StartAsync();
        return host;
    }

    /// <summary>A new space with its first line; access version 1.</summary>
    public async Task<SpaceId> BeginSpaceAsync()
    {
        var space = new SpaceId(Randomness.NewId());
        var verdict = await Ledger.CommitAsync(new WriteRequest(space, 1) { BirthSlot = SlotMap.SlotOf(space), Lines = [Line("begun")] });
        Assert.Equal(VerdictKind.Accepted, verdict.Value.Kind);
        return space;
    }

    public static ReadOnlyMemory<byte> Line(string text) => Encoding.UTF8.GetBytes(text);

    public static NewResource Resource(Guid id, int expected, string body, params IndexToken[] tokens) =>
        new(id, expected, "Observation", Encoding.UTF8.GetBytes(body), tokens, [new IndexDate("Observation.date", At, At)]);

    public static DateTimeOffset At { get; } = new(2026, 3, 3, 14, 12, 0, TimeSpan.Zero);

    /// <summary>A change of who may see what: one event, one line, the access version goes up.</summary>
    public static WriteRequest Revocation(SpaceSnapshot now, string text = "revoked") => new(now.Space, now.AccessVersion)
    {
        StateVersion = now.StateVersion,
        RaisesAccess = true,
        Events = [new NewEvent("consent", now.Events.Count(e => e.Stream == "consent") + 1, Line(text))],
        Lines = [Line(text)],
    };

    public async Task<SpaceSnapshot> LoadAsync(SpaceId space) => (await Ledger.LoadAsync(space, ["account", "consent"])).Value;

    public async Task<T> QueryAsync<T>(string sql, params object[] values)
    {
        await using var command = main.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>What must hold of every space at any time: lines numbered 1..n without gap or double, and the row's counter says n.</summary>
    public Task<long> SpacesWithWrongNumbersAsync() => QueryAsync<long>("""
        SELECT count(*) FROM ledger.space s
        LEFT JOIN (SELECT space_id, count(*) AS n, count(DISTINCT seq) AS d, min(seq) AS low, max(seq) AS high FROM ledger.trace GROUP BY space_id) t USING (space_id)
        WHERE s.trace_seq <> coalesce(t.n, 0) OR coalesce(t.d, 0) <> coalesce(t.n, 0) OR coalesce(t.high, 0) <> coalesce(t.n, 0) OR coalesce(t.low, 1) <> 1
        """);

    /// <summary>Lines that carry an older access version than a line before them: an access recorded after what should have stopped it.</summary>
    public Task<long> StaleLinesAsync() => QueryAsync<long>("""
        SELECT count(*) FROM (
            SELECT access_version, max(access_version) OVER (PARTITION BY space_id ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
            FROM ledger.trace) t
        WHERE t.access_version < t.before
        """);

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        await World.DisposeAsync();
        await main.DisposeAsync();
        await writing.DisposeAsync();
        await keys.DisposeAsync();
        await operators.DisposeAsync();
    }

    private static string CreateMasterKey()
    {
        var path = Path.Combine(Path.GetTempPath(), $"sante-test-{Environment.ProcessId}.key");
        File.Delete(path);
        FileMasterKey.CreateIfMissing(path);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(path);
        return path;
    }
}

/// <summary>A database of its own for a test class, with one host on it.</summary>
public class LedgerFixture : IAsyncLifetime
{
    public TestDatabase Database { get; private set; } = null!;
    public LedgerHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await TestDatabase.CreateAsync(typeof(Ledger).Assembly);
        Host = await LedgerHost.StartAsync(Database);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Database.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
