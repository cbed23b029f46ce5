using System.Globalization;
using Sante.Bench.Load;
using Sante.Bench.Nation;

namespace Sante.Bench.Citizen;

/// <summary>Measured windows against one running API.</summary>
internal sealed class CitizenRun
{
    /// <summary>Citizens at the end of the list that only warm the code up before a cold run: the compiler's work is not the request's.</summary>
    private const int KeptForWarmUp = 200;
    private const int Sample = 20;
    private readonly ApiProcess api;
    private readonly int postmaster;
    private readonly IReadOnlyList<NationEntry> citizens;
    private readonly BenchIdentity identity;
    private readonly int concurrency;
    private readonly TimeSpan duration, warmUp;

    public CitizenRun(ApiProcess api, int postmaster, IReadOnlyList<NationEntry> citizens, BenchIdentity identity, string[] args)
    {
        (this.api, this.postmaster, this.citizens, this.identity) = (api, postmaster, citizens, identity);
        concurrency = CitizenFhirCommand.Number(args, "--concurrency", 32);
        duration = TimeSpan.FromSeconds(CitizenFhirCommand.Number(args, "--duration", 10));
        warmUp = TimeSpan.FromSeconds(CitizenFhirCommand.Number(args, "--warm-up", 5));
    }

    /// <summary>A sample of citizens, whole: each measure of the list is found by the ordinary search. Throws when one is not.</summary>
    public async Task CheckAsync()
    {
        var (requests, random) = (Requests(), new Random(5));
        using var connection = new HttpConnection(api.Address);
        await connection.OpenAsync();
        for (var i = 0; i < Sample; i++)
        {
            var number = citizens.Count - 1 - random.Next(KeptForWarmUp);
            await connection.SendAsync(requests.All(number));
            var missing = citizens[number].Observations.FirstOrDefault(id => connection.Body.Span.IndexOf(System.Text.Encoding.ASCII.GetBytes($"\"{id}\"")) < 0);
            if (connection.Status != 200 || missing is not null)
                throw new InvalidOperationException($"Citizen {number}: status {connection.Status}, measure {missing} not found.");
        }
    }

    /// <summary>Each citizen once at most, in random order.</summary>
    public async Task<CitizenPoint> ColdAsync(string scenario)
    {
        var requests = Requests();
        await LoopAsync(scenario, random => requests.Of(scenario, citizens.Count - 1 - random.Next(KeptForWarmUp), random), warmUp, 1);
        var order = Enumerable.Range(0, citizens.Count - KeptForWarmUp).ToArray();
        new Random(2).Shuffle(order);
        var at = -1;
        return await MeasureAsync(scenario, "cold", random => Interlocked.Increment(ref at) is var i && i < order.Length ? requests.Of(scenario, order[i], random) : null);
    }

    /// <summary>Any citizen at any time; a window of warm-up before.</summary>
    public async Task<CitizenPoint> WarmAsync(string scenario)
    {
        var requests = Requests();
        ReadOnlyMemory<byte>? Next(Random random) => requests.Of(scenario, random.Next(citizens.Count), random);
        await LoopAsync(scenario, Next, warmUp, 3);
        return await MeasureAsync(scenario, "warm", Next);
    }

    private CitizenRequests Requests() => new(citizens, identity, api.Address.ToString());

    private async Task<CitizenPoint> MeasureAsync(string scenario, string run, Func<Random, ReadOnlyMemory<byte>?> next)
    {
        var (apiBefore, postgresBefore) = (CpuClock.SecondsOf(api.Pid), CpuClock.SecondsOfFamily(postmaster));
        var result = await LoopAsync(scenario, next, duration, 4);
        var (apiCpu, postgresCpu) = (CpuClock.SecondsOf(api.Pid) - apiBefore, CpuClock.SecondsOfFamily(postmaster) - postgresBefore);
        var (now, highest) = CpuClock.ResidentMebibytes(api.Pid);
        var answered = Math.Max(1, result.Latencies.Count);
        var point = new CitizenPoint(scenario, run, citizens.Count, concurrency, result.Latencies.Count, result.Failed, Round(result.Seconds), Round(answered / result.Seconds),
            Round(apiCpu * 1000 / answered), Round(postgresCpu * 1000 / answered), Round((apiCpu + postgresCpu) * 1000 / answered),
            Round(result.Latencies.Percentile(0.5)), Round(result.Latencies.Percentile(0.99)), Round(now), Round(highest), CpuClock.LoadAverage());
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{scenario,-12} {run,-5} {point.PerSecond,8:f0}/s  CPU {point.CpuMs:f3} ms (API {point.ApiCpuMs:f3} + PostgreSQL {point.PostgresCpuMs:f3})  p50 {point.P50Ms:f1}  p99 {point.P99Ms:f1} ms  {point.Requests} requests, {point.Failed} failed  API {point.ResidentMebibytes:f0} MiB  load {point.LoadAverage}"));
        if (result.FirstFailure is { } failure)
            Console.WriteLine($"  first failure: {failure}");
        return point;
    }

    private Task<LoopResult> LoopAsync(string scenario, Func<Random, ReadOnlyMemory<byte>?> next, TimeSpan length, int seed) =>
        new ClosedLoop(api.Address, concurrency, CitizenRequests.Scenarios.Single(one => one.Name == scenario).Status, next).RunAsync(length, seed);

    private static double Round(double value) => Math.Round(value, 4);
}
