using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

using Sante.Bench.Load;

namespace Sante.Bench.Fhir;

/// <summary>Runs one scenario with N connections: warms up, then counts what was answered inside the window.</summary>
internal static class FhirLoop
{
    public static async Task<LoadPoint> RunAsync(FhirServer server, LoadScenario scenario, int connections, TimeSpan warmup, TimeSpan duration)
    {
        var lanes = Enumerable.Range(0, connections).Select(_ => new Lane()).ToArray();
        using var stop = new CancellationTokenSource();
        var counting = new bool[1];
        var running = lanes.Select((lane, i) => Task.Run(() => DriveAsync(lane, i, server, scenario, counting, stop.Token))).ToArray();
        await Task.Delay(warmup);
        var before = server.Cpu();
        var start = Stopwatch.GetTimestamp();
        Volatile.Write(ref counting[0], true);
        await Task.Delay(duration);
        Volatile.Write(ref counting[0], false);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var after = server.Cpu();
        await stop.CancelAsync();
        await Task.WhenAll(running);

        var latencies = lanes.SelectMany(lane => lane.Milliseconds).Order().ToArray();
        var units = latencies.Length * scenario.UnitsPerRequest;
        return new LoadPoint(scenario.Name, connections, seconds, latencies, units,
            after.ToDictionary(group => group.Key, group => (group.Value - before[group.Key]) / Math.Max(1, units)),
            lanes.SelectMany(lane => lane.Errors).GroupBy(error => error).ToDictionary(error => error.Key, error => error.LongCount()),
            lanes.Select(lane => lane.LastError).FirstOrDefault(text => text is not null), CpuClock.LoadAverage());
    }

    private static async Task DriveAsync(Lane lane, int number, FhirServer server, LoadScenario scenario, bool[] counting, CancellationToken stop)
    {
        using var connection = await server.ConnectAsync();
        var random = new Random(1_000 + number);
        while (!stop.IsCancellationRequested)
        {
            var (method, path, body) = scenario.Next(number, random);
            var request = server.Request(method, path, body);
            var from = Stopwatch.GetTimestamp();
            await connection.SendAsync(request);
            var took = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
            if (connection.Status is < 200 or >= 300 || !scenario.IsWhole(connection.Body.Span))
            {
                lane.Errors.Add(connection.Status);
                lane.LastError = Encoding.UTF8.GetString(connection.Body.Span[..Math.Min(400, connection.Body.Length)]);
            }
            else if (Volatile.Read(ref counting[0]))
                lane.Milliseconds.Add(took);
        }
    }

    private sealed class Lane
    {
        public List<double> Milliseconds { get; } = [];
        public List<int> Errors { get; } = [];
        public string? LastError { get; set; }
    }
}

/// <summary>What one point measured. <paramref name="CpuMilliseconds"/>: per unit (request, or observation of an ingest), by group of processes.</summary>
internal sealed record LoadPoint(
    string Scenario, int Connections, double Seconds, double[] SortedMilliseconds, int Units, IReadOnlyDictionary<string, double> CpuMilliseconds,
    IReadOnlyDictionary<int, long> Errors, string? FirstError, double LoadAverage)
{
    private static readonly double[] Edges = [1, 2, 5, 10, 15, 20, 50, 100, 200, 500, 1000, double.PositiveInfinity];

    private double PerSecond => Units / Seconds;

    private double ServerCpu => CpuMilliseconds.Where(group => group.Key != "generator").Sum(group => group.Value);

    public string Told => string.Create(CultureInfo.InvariantCulture,
        $"{Scenario,-16} c={Connections,-3} {PerSecond,9:f0}/s  CPU {ServerCpu:f3} ms ({string.Join(", ", CpuMilliseconds.Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Key} {group.Value:f3}")))})  p50 {At(0.5):f1}  p99 {At(0.99):f1} ms  load {LoadAverage:f0}{(Errors.Count > 0 ? $"  ERRORS {string.Join(' ', Errors)} {FirstError}" : "")}");

    public JsonObject ToJson() => new()
    {
        ["scenario"] = Scenario,
        ["connections"] = Connections,
        ["seconds"] = Math.Round(Seconds, 2),
        ["units"] = Units,
        ["per_second"] = Math.Round(PerSecond, 1),
        ["cpu_ms_per_unit"] = Math.Round(ServerCpu, 4),
        ["cpu_ms_per_unit_by_process"] = new JsonObject(CpuMilliseconds.Select(group => KeyValuePair.Create(group.Key, (JsonNode?)Math.Round(group.Value, 4)))),
        ["p50_ms"] = At(0.5),
        ["p90_ms"] = At(0.9),
        ["p99_ms"] = At(0.99),
        ["max_ms"] = At(1),
        ["histogram_ms"] = new JsonObject(Edges.Select((edge, i) => KeyValuePair.Create(
            double.IsPositiveInfinity(edge) ? "more" : $"<={edge.ToString(CultureInfo.InvariantCulture)}",
            (JsonNode?)SortedMilliseconds.Count(ms => ms <= edge && (i == 0 || ms > Edges[i - 1]))))),
        ["errors"] = new JsonObject(Errors.Select(error => KeyValuePair.Create(error.Key.ToString(CultureInfo.InvariantCulture), (JsonNode?)error.Value))),
        ["load_average"] = LoadAverage,
    };

    private double At(double part) => SortedMilliseconds.Length == 0 ? 0 : Math.Round(SortedMilliseconds[Math.Max(0, (int)Math.Ceiling(part * SortedMilliseconds.Length) - 1)], 2);
}
