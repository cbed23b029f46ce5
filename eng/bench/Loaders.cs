using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Sante.AppHost.Embedded.Postgres;
using Sante.DirectoryFiles;
using Sante.Foundations.Directories.Search;
using Sante.Foundations.Files;
using Sante.Foundations.FinessDirectory;
using Sante.Foundations.RppsDirectory;
using Sante.ServiceDefaults.Migrations;

namespace Sante.Bench;

/// <summary>
/// Directory loaders at national size: <c>bench loaders [--rows 1800000] [--sites 51500]</c>. Writes the synthetic files, measures the parse alone,
/// the first load, the load of the same file again, and some searches; prints lines for RESULTS.md.
/// </summary>
internal static class Loaders
{
    public static async Task<int> RunAsync(string[] args)
    {
        var folder = Path.Combine(Path.GetTempPath(), "sante-bench-loaders");
        Directory.CreateDirectory(folder);
        var people = new SyntheticDirectory(1, Option(args, "--sites", 51_500));
        var rows = Option(args, "--rows", 1_800_000);
        var finess = Path.Combine(folder, $"finess-{people.Sites.Count}.csv");
        var rpps = Path.Combine(folder, $"rpps-{rows}.txt");
        await WriteAsync(finess, file => FinessFile.WriteAsync(file, people, new DateOnly(2026, 11, 21)));
        await WriteAsync(rpps, file => RppsFile.WriteAsync(file, people, rows));
        await using (var file = File.OpenRead(rpps))
        {
            await MeasureAsync("RPPS parse alone", () => ParseAsync(file));
        }

        await using var server = await PostgresCluster.StartAsync(new PostgresOptions(folder, "postgres"));
        var databases = await SanteDatabases.ProvisionAsync(server);
        var migrator = databases.ConnectionString(databases.Roles.Migrator, databases.MainName);
        await SqlMigrations.RunAsync(migrator, SqlMigrations.Main, [typeof(RppsLoader).Assembly], new MigrationRoles());
        await using var database = NpgsqlDataSource.Create(migrator);
        for (var round = 1; round <= Option(args, "--rounds", 2); round++)
        {
            await MeasureAsync($"FINESS load {round}", () => LoadAsync(finess, file => new FinessLoader(database).LoadAsync(file, finess)), server.ProcessId);
            await MeasureAsync($"RPPS load {round}", () => LoadAsync(rpps, file => new RppsLoader(database).LoadAsync(file, rpps)), server.ProcessId);
        }

        await SearchAsync(databases.ConnectionString(databases.Roles.Api, databases.MainName), people);
        await server.StopAsync();
        await server.RemoveAsync();
        return 0;
    }

    /// <summary>Median of seven of each search, first page of 50, as the api role.</summary>
    private static async Task SearchAsync(string api, SyntheticDirectory people)
    {
        await using var database = NpgsqlDataSource.Create(api);
        var search = new DirectorySearch(database);
        var person = people.Practitioner(12345);
        string[] queries =
        [
            $"Practitioner?identifier={person.Identifier}", $"Practitioner?family={person.Family}", $"Practitioner?family={person.Family}&given={person.Given}",
            $"Practitioner?name={person.Family[..4]}", "Practitioner?qualification-code=10", "Practitioner?qualification-code=SM59&family=BOIS", "Practitioner?qualification-code=93&active=false",
            $"PractitionerRole?organization=Organization/F{people.Sites[0].Finess}&_include=PractitionerRole:practitioner", $"PractitionerRole?practitioner=8{person.Identifier}",
            "PractitionerRole?specialty=SM04&role=L", "Organization?name=EHPAD%20BOIS", "Organization?address-postalcode=33&type=500", "Organization?near=45.76|4.85|10|km",
        ];
        foreach (var query in queries)
        {
            var (type, rest) = (query.Split('?')[0], query.Split('?')[1]);
            var asked = rest.Split('&').Select(pair => KeyValuePair.Create(pair.Split('=')[0], Uri.UnescapeDataString(pair.Split('=')[1]))).ToList();
            var times = new List<double>();
            var bytes = 0;
            for (var i = 0; i < 7; i++)
            {
                var output = new System.Buffers.ArrayBufferWriter<byte>(1 << 18);
                var clock = Stopwatch.StartNew();
                if (await search.SearchAsync(type, asked, "http://bench", output) is { } refusal)
                {
                    throw new InvalidOperationException(refusal.Code);
                }

                times.Add(clock.Elapsed.TotalMilliseconds);
                bytes = output.WrittenCount;
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"search {query}: {times.Order().ElementAt(3):0.0} ms, {bytes} bytes"));
        }
    }

    private static async Task WriteAsync(string path, Func<Stream, Task<long>> write)
    {
        if (File.Exists(path))
        {
            return;
        }

        await using var file = File.Create(path);
        await MeasureAsync("write " + Path.GetFileName(path), () => write(file));
    }

    private static async Task<long> ParseAsync(Stream file)
    {
        var reader = (await RppsReader.OpenAsync(file)).Value;
        do
        {
            while (reader.TryNext(out _))
            {
            }
        }
        while (await reader.FillAsync());
        return reader.Rows;
    }

    private static async Task<long> LoadAsync(string path, Func<Stream, Task<Kernel.Outcome<LoadReport>>> load)
    {
        await using var file = File.OpenRead(path);
        var report = (await load(file)).Value;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  read and copy {report.ReadSeconds:0.0} s, build, index, publish {report.PublishSeconds:0.0} s; {string.Join(", ", report.Counts.Select(c => $"{c.Key} {c.Value}"))}"));
        return report.Rows;
    }

    private static async Task MeasureAsync(string what, Func<Task<long>> work, int? server = null)
    {
        var process = Process.GetCurrentProcess();
        var (cpu, serverCpu, clock) = (process.TotalProcessorTime, ServerCpuSeconds(server), Stopwatch.StartNew());
        var rows = await work();
        process.Refresh();
        var (wallSeconds, cpuSeconds) = (clock.Elapsed.TotalSeconds, (process.TotalProcessorTime - cpu).TotalSeconds);
        var serverSeconds = ServerCpuSeconds(server) - serverCpu;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what}: {rows} rows, {wallSeconds:0.0} s wall ({rows / wallSeconds:0} rows/s), CPU {cpuSeconds:0.0} s of this process ({rows / cpuSeconds:0} rows/s of one core) and {serverSeconds:0.0} s of PostgreSQL, peak memory {process.PeakWorkingSet64 >> 20} MiB, load average {LoadAverage()}"));
    }

    private static string LoadAverage() => OperatingSystem.IsLinux() ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    /// <summary>CPU of a PostgreSQL server and of its backends, past and present, in seconds (Linux: proc(5), stat, in ticks of 10 ms); 0 elsewhere.</summary>
    private static double ServerCpuSeconds(int? server)
    {
        if (server is not { } postmaster || !OperatingSystem.IsLinux())
        {
            return 0;
        }

        var own = Stat(postmaster);
        var present = Process.GetProcesses().Select(process => Stat(process.Id)).Where(stat => stat.Length > 16 && stat[1] == own[0]).Sum(stat => Ticks(stat, 11, 12));
        return (present + Ticks(own, 11, 12) + Ticks(own, 13, 14)) / 100.0;
    }

    /// <summary>The fields of a process: its id, then those after its name (state excepted); empty when it is gone.</summary>
    private static string[] Stat(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            return [id.ToString(CultureInfo.InvariantCulture), .. text[(text.LastIndexOf(')') + 2)..].Split(' ')[1..]];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static long Ticks(string[] stat, int first, int second) =>
        long.Parse(stat[first], CultureInfo.InvariantCulture) + long.Parse(stat[second], CultureInfo.InvariantCulture);

    private static int Option(string[] args, string name, int otherwise)
    {
        var at = Array.IndexOf(args, name);
        return at < 0 ? otherwise : int.Parse(args[at + 1], CultureInfo.InvariantCulture);
    }
}
