using System.Diagnostics;
using System.Text;
using Npgsql;
using Sante.Kernel;
using Sante.Testing;
using static Sante.Ledger.Tests.LedgerHost;

namespace Sante.Ledger.Tests;

/// <summary>No name, INS or code in clear in the data directory, WAL, dumps or logs; and what each role may do.</summary>
public sealed class SecrecyTests
{
    // Synthetic, and found nowhere by chance.
    private static readonly string[] Sentinels = ["SENTINELLE-DUBOIS", "299999999999934", "LOINC-SENTINEL-34133-9", "sentinel-payload-note", "SENTINEL-ISSUER|DOC-1"];

    [Fact]
    public async Task Sentinels_AreNowhereInClear()
    {
        Assert.SkipUnless(TestCluster.CanBeDedicated, "The files of a server named by SANTE_POSTGRES are not ours to read.");
        await using var cluster = await TestCluster.DedicatedAsync();
        await using var database = await cluster.CreateDatabaseAsync(typeof(Ledger).Assembly);
        await using var host = await StartAsync(database);
        await WriteSentinelsEverywhereAsync(host);
        // Proof that the search finds what is there: one word in clear, in a table of its own.
        await ExecuteAsync(database.MainMigrator, "CREATE TABLE public.control (word text); INSERT INTO public.control VALUES ('CONTROL-WORD-IN-CLEAR')");
        // A failing statement must not carry its values into PostgreSQL's log either.
        await Assert.ThrowsAsync<PostgresException>(() => host.Ledger.CommitAsync(new WriteRequest(new SpaceId(Randomness.NewId()), 1)
        {
            BirthSlot = 1,
            StateVersion = 0,
            Events = [new NewEvent("SENTINELLE-DUBOIS\0", 1, Line(Sentinels[3]))],
        }));
        await ExecuteAsync(cluster.Server.AdminConnectionString, "CHECKPOINT");
        var dump = await DumpAsync(database) + await DumpAsync(database, keys: true);
        var directory = await ScalarAsync(cluster.Server.AdminConnectionString, "SHOW data_directory");
        await cluster.Server.StopAsync();

        var found = Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .Select(path => (Path: path, Bytes: File.ReadAllBytes(path)))
            .SelectMany(f => Sentinels.Append("CONTROL-WORD-IN-CLEAR").Where(s => Contains(f.Bytes, s)).Select(s => (s, Path.GetRelativePath(directory, f.Path))))
            .ToList();
        Assert.Contains(found, f => f.s == "CONTROL-WORD-IN-CLEAR" && f.Item2.StartsWith("base", StringComparison.Ordinal));
        Assert.Contains(found, f => f.s == "CONTROL-WORD-IN-CLEAR" && f.Item2.StartsWith("pg_wal", StringComparison.Ordinal));
        Assert.DoesNotContain(found, f => f.s != "CONTROL-WORD-IN-CLEAR");
        Assert.Contains("CONTROL-WORD-IN-CLEAR", dump, StringComparison.Ordinal);
        Assert.All(Sentinels, s => Assert.DoesNotContain(s, dump, StringComparison.Ordinal));
        await cluster.Server.StartAsync();
        Assert.All(Sentinels, s => Assert.DoesNotContain(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(s)), dump, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("INSERT INTO ledger.trace SELECT * FROM ledger.trace")]
    [InlineData("UPDATE ledger.trace SET seq = 0")]
    [InlineData("DELETE FROM ledger.trace")]
    [InlineData("TRUNCATE ledger.trace")]
    [InlineData("UPDATE ledger.event SET version = 1")]
    [InlineData("DELETE FROM ledger.event")]
    [InlineData("UPDATE ledger.space SET access_version = 1")]
    [InlineData("DELETE FROM ledger.resource_version")]
    [InlineData("UPDATE ledger.world SET clock_offset = '1 day'")]
    [InlineData("CREATE TABLE ledger.mine (x int)")]
    [InlineData("CREATE TABLE public.mine (x int)")]
    public async Task ApiRole_MayNotWriteATableItself(string statement)
    {
        await using var database = await TestDatabase.CreateAsync(typeof(Ledger).Assembly);
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(database.Main, statement))).SqlState);
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(database.MainReadOnly, statement))).SqlState);
    }

    [Fact]
    public async Task KeysRole_MayNotRemoveTheReceiptOfADestroyedKey()
    {
        await using var database = await TestDatabase.CreateAsync(typeof(Ledger).Assembly);
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(database.Keys, "DELETE FROM keys.root"))).SqlState);
        var toKeys = new NpgsqlConnectionStringBuilder(database.Main) { Database = new NpgsqlConnectionStringBuilder(database.Keys).Database }.ConnectionString;
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(toKeys, "SELECT 1"))).SqlState);
    }

    private static async Task WriteSentinelsEverywhereAsync(LedgerHost host)
    {
        var space = new SpaceId(Randomness.NewId());
        var all = Line(string.Join(' ', Sentinels));
        var born = await host.Ledger.CommitAsync(new WriteRequest(space, 1)
        {
            BirthSlot = SlotMap.SlotOf(space),
            StateVersion = 0,
            Lines = [all],
            Events = [new NewEvent("account", 1, all)],
            Resources = [new NewResource(Randomness.NewId(), 0, Sentinels[2], all, [new IndexToken(Sentinels[2], Sentinels[1])], [new IndexDate(Sentinels[2], At, At)])],
            Due = [new DueChange(Sentinels[0], At, all)],
            Outbox = [all],
            Idempotency = new IdempotencyKey(Sentinels[0], Sentinels[4], System.Security.Cryptography.SHA256.HashData(all.Span), all),
            ShareKey = Sentinels[0],
        });
        Assert.True(born.Value.IsAccepted);
        await host.Ledger.ActorSpaceAsync(new ActorIdentifier(Sentinels[0], Sentinels[1]));
    }

    private static bool Contains(byte[] bytes, string word) =>
        bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(word)) >= 0 || bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes(word)) >= 0;

    private static async Task ExecuteAsync(string connectionString, string statement)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(statement);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<string> ScalarAsync(string connectionString, string query)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(query);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<string> DumpAsync(TestDatabase database, bool keys = false)
    {
        var target = new NpgsqlConnectionStringBuilder(keys ? database.KeysMigrator : database.MainMigrator);
        // The folder on the PATH may hold links to some of the programs only.
        var initdb = AppHost.Embedded.Postgres.PostgresBinaries.Find()!.Initdb;
        var folder = Path.GetDirectoryName(File.ResolveLinkTarget(initdb, returnFinalTarget: true)?.FullName ?? initdb)!;
        var start = new ProcessStartInfo(Path.Combine(folder, "pg_dump"), ["-h", target.Host!, "-p", target.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), "-U", target.Username!, target.Database!]) { RedirectStandardOutput = true };
        start.Environment["PGPASSWORD"] = target.Password;
        using var process = Process.Start(start)!;
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return text;
    }
}
