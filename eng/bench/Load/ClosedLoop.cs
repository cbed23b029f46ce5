using System.Diagnostics;
using System.Net;

namespace Sante.Bench.Load;

/// <summary>What a loop met in its measured window.</summary>
/// <param name="Latencies">Of answers of the expected status.</param>
/// <param name="Failed">Answers of another status.</param>
/// <param name="FirstFailure">Status and body of the first of these, or null.</param>
/// <param name="Seconds">Length of the window.</param>
internal sealed record LoopResult(LatencyHistogram Latencies, long Failed, string? FirstFailure, double Seconds);

/// <summary>
/// Closed loop: each of some connections sends its next request when the last answer is complete. <paramref name="next"/> gives the bytes of a
/// request, or null when there is nothing left to ask; called from many threads, with the connection's own random numbers.
/// </summary>
internal sealed class ClosedLoop(IPEndPoint server, int connections, int expectedStatus, Func<Random, ReadOnlyMemory<byte>?> next)
{
    /// <summary>Loops for that long, or until nothing is left.</summary>
    public async Task<LoopResult> RunAsync(TimeSpan duration, int seed)
    {
        var began = Stopwatch.GetTimestamp();
        var end = began + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var parts = await Task.WhenAll(Enumerable.Range(0, connections).Select(number => Task.Run(() => ConnectionAsync(new Random(seed * 1000 + number), end))));
        var all = new LatencyHistogram();
        foreach (var part in parts)
            all.Add(part.Latencies);
        return new LoopResult(all, parts.Sum(part => part.Failed), parts.FirstOrDefault(part => part.FirstFailure is not null)?.FirstFailure,
            Stopwatch.GetElapsedTime(began).TotalSeconds);
    }

    private async Task<LoopResult> ConnectionAsync(Random random, long end)
    {
        var latencies = new LatencyHistogram();
        var failed = 0;
        string? first = null;
        using var connection = new HttpConnection(server);
        await connection.OpenAsync();
        for (var sent = Stopwatch.GetTimestamp(); sent < end && next(random) is { } request; sent = Stopwatch.GetTimestamp())
        {
            await connection.SendAsync(request);
            if (connection.Status == expectedStatus)
            {
                latencies.Record(Stopwatch.GetTimestamp() - sent);
                continue;
            }

            failed++;
            first ??= $"{connection.Status} {System.Text.Encoding.UTF8.GetString(connection.Body.Span)}";
        }

        return new LoopResult(latencies, failed, first, 0);
    }
}
