using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Sante.AppHost.Embedded.Postgres;
using Sante.ServiceDefaults.Migrations;

namespace Sante.Testing;

/// <summary>
/// A throw-away PostgreSQL cluster. <see cref="SharedAsync"/> is one per test process, without fsync (it survives nothing and need not);
/// <see cref="DedicatedAsync"/> is one for a test that kills or restarts PostgreSQL, with fsync.
/// Both are removed at the end of the process; what a killed run left is removed by the next one.
/// </summary>
public sealed class TestCluster : IAsyncDisposable
{
    private static readonly Lazy<Task<TestCluster>> SharedCluster = new(() => StartAsync("shared", crashSafe: false));
    private static int started;

    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> templates = new();
    private readonly TestClusterRecord? record;
    private int databaseCount;

    private TestCluster(PostgresServer server, SanteDatabases databases, TestClusterRecord? record, string folder) =>
        (Server, Databases, this.record, Folder) = (server, databases, record, folder);

    /// <summary>The server: kill, stop, start, pid.</summary>
    public PostgresServer Server { get; }

    internal bool IsDedicated { get; private init; }

    /// <summary>All files of the cluster: data directory, write-ahead log, log (for searches of what must not be in them).</summary>
    public string Folder { get; }

    /// <summary>What the server logs.</summary>
    public string LogPath => Path.Combine(Folder, "postgres.log");

    internal SanteDatabases Databases { get; }

    /// <summary>The cluster of this test process; never stop it.</summary>
    public static Task<TestCluster> SharedAsync() => SharedCluster.Value;

    /// <summary>A cluster for one test alone, which may kill -9 and restart it. Dispose it.</summary>
    /// <exception cref="InvalidOperationException">Under <c>SANTE_POSTGRES</c>: ask <see cref="CanBeDedicated"/> first.</exception>
    public static Task<TestCluster> DedicatedAsync() =>
        CanBeDedicated ? StartAsync("dedicated", crashSafe: true) : throw new InvalidOperationException("SANTE_POSTGRES cannot be restarted.");

    /// <summary>False under <c>SANTE_POSTGRES</c>: tests that restart PostgreSQL are then reported skipped.</summary>
    public static bool CanBeDedicated => string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable("SANTE_POSTGRES"));

    public async ValueTask DisposeAsync()
    {
        Npgsql.NpgsqlConnection.ClearAllPools();
        await Server.RemoveAsync();
        record?.Forget();
    }

    /// <summary>Fresh databases with the migrations of these assemblies, copied from templates that are migrated once.</summary>
    public async Task<TestDatabase> CreateDatabaseAsync(params Assembly[] assemblies)
    {
        var number = Interlocked.Increment(ref databaseCount).ToString(CultureInfo.InvariantCulture);
        var names = new Dictionary<string, string>();
        foreach (var (tag, entry) in Tags())
        {
            var template = await TemplateAsync(tag, assemblies);
            var name = $"{entry.Name}_t{number}";
            await Databases.CreateDatabaseAsync(name, template);
            await Databases.AdmitAsync(name, entry.Allowed, readable: false);
            names.Add(tag, name);
        }

        return new TestDatabase(this, names);
    }

    private IEnumerable<(string Tag, (string Name, IReadOnlyList<string> Allowed) Entry)> Tags() =>
        ((string[])[SqlMigrations.Main, SqlMigrations.Keys, SqlMigrations.Identity]).Zip(Databases.Entries());

    private Task<string> TemplateAsync(string tag, Assembly[] assemblies)
    {
        var files = string.Concat(SqlMigrations.Find(tag, assemblies).Select(file => file.Id + file.Sha256));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(files)))[..12];
        return templates.GetOrAdd($"{tag}_{hash}", key => new(() => MigrateAsync(key, tag, assemblies))).Value;
    }

    private async Task<string> MigrateAsync(string key, string tag, Assembly[] assemblies)
    {
        var (_, entry) = Tags().Single(candidate => candidate.Tag == tag);
        var name = $"{Databases.MainName}_template_{key}";
        var roles = Databases.Roles;
        await Databases.CreateDatabaseAsync(name, template: null);
        await Databases.AdmitAsync(name, entry.Allowed, readable: tag == SqlMigrations.Main);
        await SqlMigrations.RunAsync(
            Databases.ConnectionString(roles.Migrator, name),
            tag,
            assemblies,
            new MigrationRoles(roles.Migrator, roles.Api, roles.Keys, roles.Identity, roles.ReadOnly, roles.Operator));
        return name;
    }

    private static async Task<TestCluster> StartAsync(string kind, bool crashSafe)
    {
        await TestClusterRecord.RemoveLeftoversAsync();
        var name = string.Create(CultureInfo.InvariantCulture, $"{kind}-{Environment.ProcessId}-{Interlocked.Increment(ref started)}");
        var options = new PostgresOptions(TestClusterRecord.Folder, name)
        {
            CrashSafe = crashSafe,
            MaxConnections = 400,
            SharedBuffersMebibytes = 128,
            BorrowedPrefix = "t" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)) + "_",
        };
        // Recorded before it exists, so that a run killed during the start leaves nothing unknown behind.
        var record = CanBeDedicated ? TestClusterRecord.Write(name, server: null) : null;
        var server = await PostgresCluster.StartAsync(options);
        record = record is null ? null : TestClusterRecord.Write(name, server.ProcessId);
        var cluster = new TestCluster(server, await SanteDatabases.CreateRolesAsync(server), record, PostgresCluster.FolderOf(options)) { IsDedicated = crashSafe };
        AppDomain.CurrentDomain.ProcessExit += (_, _) => cluster.RemoveAtExit();
        return cluster;
    }

    private void RemoveAtExit()
    {
        if (record is not { IsForgotten: true })
        {
            DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(20));
        }
    }
}
