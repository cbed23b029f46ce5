using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

using Sante.Bench.Load;

namespace Sante.Bench.Fhir;

/// <summary>
/// <c>bench fhir --base URL --token-file FILE [--scenarios create,read,…] [--concurrency 1,8,32] [--duration 10] [--warmup 2] [--patients 200]
/// [--per-patient 100] [--cpu name=pid]… [--state FILE] [--disk FOLDER] [--label TEXT] --out FILE</c>: a closed loop of N connections, each sending its
/// next request when the answer is complete. Prints and writes requests per second, latencies, CPU per request of the named processes with
/// their children (PostgreSQL's), of the generator, and the disk's sync rate. Scenarios: create, read, search-code, search-date, search-date-all, update,
/// transaction (20 entries), ingest (batches of 100, counted per observation). Exit code 1 when an answer was not a success.
/// </summary>
internal static class FhirCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static async Task<int> RunAsync(string[] args)
    {
        var address = new Uri(Option(args, "--base") ?? throw new ArgumentException("--base is needed"));
        var token = (await File.ReadAllTextAsync(Option(args, "--token-file") ?? throw new ArgumentException("--token-file is needed"))).Trim();
        var duration = TimeSpan.FromSeconds(Number(args, "--duration", 10));
        var warmup = TimeSpan.FromSeconds(Number(args, "--warmup", 2));
        var server = new FhirServer(address, token, Options(args, "--cpu"));
        var data = await LoadData.PrepareAsync(server, Number(args, "--patients", 200), Number(args, "--per-patient", 100), Option(args, "--state"));
        var sync = DiskSync.PerSecond(Option(args, "--disk") ?? Path.GetTempPath());
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"disk: {sync:f0} syncs of 8 KiB per second"));

        var results = new JsonArray();
        var failed = 0L;
        foreach (var name in (Option(args, "--scenarios") ?? "create,read,search-code,search-date,update,transaction,ingest").Split(','))
        {
            foreach (var connections in (Option(args, "--concurrency") ?? "32").Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture)))
            {
                var scenario = new LoadScenario(name, data, connections);
                var point = await FhirLoop.RunAsync(server, scenario, connections, warmup, duration);
                failed += point.Errors.Values.Sum();
                Console.WriteLine(point.Told);
                results.Add(point.ToJson());
            }
        }
        var document = new JsonObject
        {
            ["label"] = Option(args, "--label"),
            ["at"] = DateTimeOffset.UtcNow.ToString("u", CultureInfo.InvariantCulture),
            ["cores"] = Environment.ProcessorCount,
            ["load_average"] = CpuClock.LoadAverage(),
            ["disk_syncs_per_second"] = Math.Round(sync),
            ["patients"] = data.Patients.Count,
            ["observations"] = data.Observations.Count,
            ["results"] = results,
        };
        if (Option(args, "--out") is { } path)
            await File.WriteAllTextAsync(path, document.ToJsonString(Indented));
        return failed == 0 ? 0 : 1;
    }

    private static string? Option(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

    private static IEnumerable<string> Options(string[] args, string name) => args.Index().Where(arg => arg.Item == name && arg.Index + 1 < args.Length).Select(arg => args[arg.Index + 1]);

    private static int Number(string[] args, string name, int otherwise) => Option(args, name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
