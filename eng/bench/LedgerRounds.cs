using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Sante.AppHost.Embedded.Postgres;
using Sante.Kernel;
using Sante.Ledger;
using Sante.Ledger.Keys;
using Sante.ServiceDefaults.Migrations;

namespace Sante.Bench;

/// <summary>
/// <c>bench ledger-rounds [--rounds 10000] [--readers 64]</c>: many readers on three ledgers, one revoker, on a private cluster with fsync;
/// then what the database says of it. Exit code 1 when anything passed that should not have.
/// </summary>
internal static class LedgerRounds
{
    private const int FrontEnds = 3;
    private const int RoundsPerSpace = 20;

    private const string StaleLines = """
        SELECT count(*) FROM (SELECT access_version, max(access_version) OVER (ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
                              FROM ledger.trace WHERE space_id = $1) t
        WHERE access_version < before
        """;

    private const string WrongNumbers = """
        SELECT count(*) FROM ledger.space s, (SELECT count(*) AS n, count(DISTINCT seq) AS d, max(seq) AS high FROM ledger.trace WHERE space_id = $1) t
        WHERE s.space_id = $1 AND (s.trace_seq <> t.n OR t.d <> t.n OR t.high <> t.n)
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        var folder = Path.Combine(Path.GetTempPath(), "sante-bench-rounds");
        Directory.CreateDirectory(folder);
        var master = Path.Combine(folder, "master.key");
        FileMasterKey.CreateIfMissing(master);
        await using var server = await PostgresCluster.StartAsync(new PostgresOptions(folder, "postgres"));
        var databases = await SanteDatabases.ProvisionAsync(server);
        await MigrateAsync(databases);
        await using var main = NpgsqlDataSource.Create(databases.ConnectionString(databases.Roles.Api, databases.MainName));
        await using var keys = NpgsqlDataSource.Create(databases.ConnectionString(databases.Roles.Keys, databases.KeysName));
        var exitCode = await MeasureAsync(args, main, keys, master);
        await server.StopAsync();
        await server.RemoveAsync();
        return exitCode;
    }

    private static async Task<int> MeasureAsync(string[] args, NpgsqlDataSource main, NpgsqlDataSource keys, string master)
    {
        var worlds = Enumerable.Range(0, FrontEnds).Select(_ => new World(main)).ToArray();
        await Task.WhenAll(worlds.Select(w => w.StartAsync()));
        var ledgers = worlds.Select(w => new Ledger.Ledger(main, new KeyStore(keys, FileMasterKey.Read(master)), w)).ToArray();
        var (rounds, readers) = (Option(args, "--rounds", 10_000), Option(args, "--readers", 64));
        var total = new RevocationResult(0, 0, 0, 0);
        long stale = 0, wrong = 0;
        var watch = Stopwatch.StartNew();
        while (total.Rounds < rounds)
        {
            // A citizen of its own for every twenty: a state of hundreds of consents would measure their folding.
            var space = new SpaceId(Randomness.NewId());
            await ledgers[0].CommitAsync(new WriteRequest(space, 1) { BirthSlot = SlotMap.SlotOf(space) });
            var part = await RevocationRounds.RunAsync(ledgers, space, Math.Min(RoundsPerSpace, rounds - total.Rounds), readers);
            total = new(total.Rounds + part.Rounds, total.Accepted + part.Accepted, total.Refused + part.Refused, total.PassedAfterAnswer + part.PassedAfterAnswer);
            stale += await CountAsync(main, space, StaleLines);
            wrong += await CountAsync(main, space, WrongNumbers);
            if (total.Rounds % 1000 == 0)
                Console.WriteLine(Told(total, stale, wrong, watch));
        }

        Console.WriteLine(Told(total, stale, wrong, watch));
        foreach (var ledger in ledgers)
            await ledger.DisposeAsync();
        foreach (var world in worlds)
            await world.DisposeAsync();
        return total.PassedAfterAnswer + stale + wrong == 0 ? 0 : 1;
    }

    private static string Told(RevocationResult total, long stale, long wrong, Stopwatch watch) => string.Create(CultureInfo.InvariantCulture,
        $"{total}; lines on an older version {stale}; spaces with wrong numbers {wrong}; {watch.Elapsed.TotalSeconds:f0} s");

    private static async Task MigrateAsync(SanteDatabases databases)
    {
        var (roles, assemblies) = (databases.Roles, new[] { typeof(Ledger.Ledger).Assembly });
        var names = new MigrationRoles(roles.Migrator, roles.Api, roles.Keys, roles.Identity, roles.ReadOnly, roles.Operator);
        await SqlMigrations.RunAsync(databases.ConnectionString(roles.Migrator, databases.MainName), SqlMigrations.Main, assemblies, names);
        await SqlMigrations.RunAsync(databases.ConnectionString(roles.Migrator, databases.KeysName), SqlMigrations.Keys, assemblies, names);
    }

    private static async Task<long> CountAsync(NpgsqlDataSource database, SpaceId space, string query)
    {
        await using var command = database.CreateCommand(query);
        command.CommandTimeout = 600;
        command.Parameters.Add(new() { Value = space.Value });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static int Option(string[] args, string name, int otherwise) =>
        Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
}
