using System.Globalization;
using System.Text.Json;
using Npgsql;
using Sante.AppHost.Embedded.Postgres;
using Sante.Bench.Load;
using Sante.Bench.Nation;

namespace Sante.Bench.Citizen;

/// <summary>One measured window. CPU in milliseconds per answered request, memory in MiB.</summary>
internal sealed record CitizenPoint(
    string Scenario, string Run, int Spaces, int Concurrency, long Requests, long Failed, double Seconds, double PerSecond,
    double ApiCpuMs, double PostgresCpuMs, double CpuMs, double P50Ms, double P99Ms, double ResidentMebibytes, double HighestMebibytes, double LoadAverage);

/// <summary>
/// <c>bench citizen-fhir --spaces N [--concurrency 32] [--duration 10] [--warm-up 5] [--scenarios create,read,search-code,search-date] [--runs cold,warm]
/// [--compiled] [--out result.json]</c>: the citizen's <c>/fhir</c> of one API process over a nation of <c>bench nation</c>, random citizens. Cold: PostgreSQL
/// and API newly started, the database's files out of the page cache, code warmed on other citizens, each citizen asked for the first time. Warm: any citizen
/// at random, after every kind of request has run. Exit code 1 when an answer was not the expected one.
/// </summary>
internal static class CitizenFhirCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var place = new NationPlace(Number(args, "--spaces", 1000));
        if (!place.IsFilled)
            throw new InvalidOperationException("That nation is not there: bench nation --spaces N first.");
        var citizens = place.Read();
        await using var identity = await BenchIdentity.StartAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{citizens.Count} spaces; syncs of one writer alone {DiskSync.PerSecond(place.Folder):f0}/s; load average {CpuClock.LoadAverage()}"));
        var points = new List<CitizenPoint>();
        foreach (var run in Option(args, "--runs", "cold,warm").Split(','))
        {
            foreach (var group in run == "cold" ? Scenarios(args).Select(one => new[] { one }) : [Scenarios(args)])
            {
                if (run == "cold")
                    DiskSync.Forget(place.ClusterFolder);
                var (server, databases) = await place.StartAsync();
                await using (server)
                {
                    await NationPlace.MigrateAsync(databases);
                    await using var api = await ApiProcess.StartAsync(place, databases, identity, args.Contains("--compiled"));
                    var bench = new CitizenRun(api, server.ProcessId!.Value, citizens, identity, args);
                    await bench.CheckAsync();
                    foreach (var scenario in group)
                        points.Add(run == "cold" ? await bench.ColdAsync(scenario) : await bench.WarmAsync(scenario));
                }
            }
        }

        var json = JsonSerializer.Serialize(points, JsonOptions);
        Console.WriteLine(json);
        if (Option(args, "--out", "") is { Length: > 0 } path)
            await File.WriteAllTextAsync(path, json);
        return points.Exists(point => point.Failed > 0) ? 1 : 0;
    }

    internal static int Number(string[] args, string name, int otherwise) =>
        Option(args, name, "") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    internal static string Option(string[] args, string name, string otherwise) =>
        Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : otherwise;

    private static string[] Scenarios(string[] args) => Option(args, "--scenarios", string.Join(',', CitizenRequests.Scenarios.Select(one => one.Name))).Split(',');

    private static JsonSerializerOptions JsonOptions { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true };
}
