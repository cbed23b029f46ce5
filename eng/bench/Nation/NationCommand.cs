using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Threading.Channels;
using Npgsql;
using Sante.AppHost.Embedded.Postgres;
using Sante.Bench.Load;
using Sante.Kernel;
using Sante.Ledger;
using Sante.Ledger.Keys;

namespace Sante.Bench.Nation;

/// <summary>
/// <c>bench nation --spaces N [--resources 20] [--lines 50] [--workers 2] [--remove]</c>: a private cluster with N citizens in exactly the platform's
/// own form, kept for <c>bench citizen-fhir</c>. Exit code 1 when a number is missing or a line stands on an older version than one before it.
/// </summary>
internal static class NationCommand
{
    private const int BatchSpaces = 400;

    public static async Task<int> RunAsync(string[] args)
    {
        var spaces = Option(args, "--spaces", 1000);
        var place = new NationPlace(spaces);
        await place.RemoveAsync();
        if (args.Contains("--remove"))
            return 0;
        var watch = Stopwatch.StartNew();
        var (server, databases) = await place.StartAsync(crashSafe: false);
        var whole = false;
        await using (server)
        {
            await NationPlace.MigrateAsync(databases);
            var citizens = await BirthsAsync(place, databases, spaces);
            Tell($"{spaces} keys", watch);
            await FillAsync(databases, citizens, new NationStory(Option(args, "--resources", 20), Option(args, "--lines", 50)), Option(args, "--workers", 2), watch);
            whole = await FinishAsync(server, databases);
            if (whole)
                place.Write(citizens);
            Tell($"load average {CpuClock.LoadAverage()}, CPU of the generator {Environment.CpuUsage.TotalTime.TotalSeconds:f0} s, of PostgreSQL {CpuClock.SecondsOfFamily(server.ProcessId!.Value):f0} s", watch);
        }

        return whole ? 0 : 1;
    }

    /// <summary>Space ids in their order, so that each chapter sweeps the tables; keys made and stored, then kept in memory until the end.</summary>
    private static async Task<IReadOnlyList<NationCitizen>> BirthsAsync(NationPlace place, SanteDatabases databases, int spaces)
    {
        var master = FileMasterKey.Read(place.MasterKeyFile);
        await using var keys = NpgsqlDataSource.Create(databases.ConnectionString(databases.Roles.Keys, databases.KeysName));
        await using var connection = await keys.OpenConnectionAsync();
        var ids = Enumerable.Range(0, spaces).Select(_ => Randomness.NewId()).Order(Comparer<Guid>.Create((a, b) => string.CompareOrdinal(a.ToString("N"), b.ToString("N"))));
        var citizens = new List<NationCitizen>(spaces);
        foreach (var chunk in ids.Select(id => (Space: new SpaceId(id), Content: RandomNumberGenerator.GetBytes(32), Trace: RandomNumberGenerator.GetBytes(32))).Chunk(10_000))
        {
            NationCopy.Roots(connection, master, chunk);
            foreach (var (space, content, trace) in chunk)
                citizens.Add(new NationCitizen(citizens.Count, space, new SpaceKeys(space, content, trace, null)));
        }

        return citizens;
    }

    private static async Task FillAsync(SanteDatabases databases, IReadOnlyList<NationCitizen> citizens, NationStory story, int workers, Stopwatch watch)
    {
        await using var main = NpgsqlDataSource.Create(databases.ConnectionString(databases.Roles.Migrator, databases.MainName));
        // Tokens are random: this index alone is made faster at the end, all at once, in the same form.
        var tokens = await NationNumbers.TextAsync(main, "SELECT pg_get_indexdef('ledger.resource_tokens'::regclass)");
        await ExecuteAsync(main, "DROP INDEX ledger.resource_tokens");
        for (var chapter = 0; chapter < NationStory.Chapters; chapter++)
        {
            var now = chapter;
            var told = Channel.CreateBounded<IReadOnlyList<NationPage>>(4);
            var copying = Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(() => CopyAsync(main, told.Reader))));
            await Parallel.ForEachAsync(citizens.Chunk(BatchSpaces), new ParallelOptions { MaxDegreeOfParallelism = workers }, async (batch, cancel) =>
                await told.Writer.WriteAsync([.. batch.Select(citizen => story.Tell(citizen, now))], cancel));
            told.Writer.Complete();
            await copying;
            Tell($"chapter {chapter + 1} of {NationStory.Chapters}", watch);
        }

        await using var connection = await main.OpenConnectionAsync();
        NationCopy.Spaces(connection, citizens);
        await ExecuteAsync(main, "SET maintenance_work_mem = '512MB'; " + tokens);
        Tell("index of tokens", watch);
    }

    private static async Task CopyAsync(NpgsqlDataSource main, ChannelReader<IReadOnlyList<NationPage>> told)
    {
        await using var connection = await main.OpenConnectionAsync();
        await foreach (var pages in told.ReadAllAsync())
            NationCopy.Pages(connection, pages);
    }

    /// <summary>What autovacuum would have done by now, then what the database says of its numbers and its size.</summary>
    private static async Task<bool> FinishAsync(PostgresServer server, SanteDatabases databases)
    {
        await using (var owner = NpgsqlDataSource.Create(databases.ConnectionString(databases.Roles.Migrator, databases.MainName)))
            await ExecuteAsync(owner, "VACUUM (ANALYZE)");
        await using (var owner = NpgsqlDataSource.Create(databases.ConnectionString(databases.Roles.Migrator, databases.KeysName)))
            await ExecuteAsync(owner, "VACUUM (ANALYZE)");
        await using var admin = NpgsqlDataSource.Create(server.AdminConnectionString);
        await ExecuteAsync(admin, "CHECKPOINT");
        await using var main = NpgsqlDataSource.Create(databases.ConnectionString(databases.Roles.ReadOnly, databases.MainName));
        var (stale, wrong) = (await ScalarAsync(main, NationNumbers.StaleLines), await ScalarAsync(main, NationNumbers.WrongNumbers));
        Console.WriteLine($"lines on an older version {stale}; spaces with wrong numbers {wrong}");
        await foreach (var (table, rows, mebibytes) in NationNumbers.SizesAsync(main))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{table}: {rows} rows, {mebibytes:f0} MiB with indexes, {mebibytes * 1048576 / Math.Max(1, rows):f0} bytes a row"));
        return stale + wrong == 0;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string statement)
    {
        await using var command = database.CreateCommand(statement);
        command.CommandTimeout = 3600;
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<long> ScalarAsync(NpgsqlDataSource database, string query)
    {
        await using var command = database.CreateCommand(query);
        command.CommandTimeout = 3600;
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static void Tell(string what, Stopwatch watch) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{watch.Elapsed.TotalSeconds,7:f1} s  {what}"));

    private static int Option(string[] args, string name, int otherwise) =>
        Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
}
