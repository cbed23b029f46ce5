using System.Diagnostics;

namespace Sante.Bench;

/// <summary>How fast the disk makes 8 KiB durable, written and synced in a loop for a second: what every committing writer waits for.</summary>
internal static class DiskSync
{
    public static (double PerSecond, double MedianMicroseconds, double P99Microseconds) Measure(string folder)
    {
        var path = Path.Combine(folder, $"bench-sync-{Environment.ProcessId}");
        var times = new List<double>();
        using (var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
        {
            var page = new byte[8 << 10];
            for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(1);)
            {
                var from = Stopwatch.GetTimestamp();
                file.Position = 0;
                file.Write(page);
                file.Flush(flushToDisk: true);
                times.Add(Stopwatch.GetElapsedTime(from).TotalMicroseconds);
            }
        }
        times.Sort();
        return (1_000_000 / times.Average(), times[times.Count / 2], times[(int)(times.Count * 0.99)]);
    }
}
