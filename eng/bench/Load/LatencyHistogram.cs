using System.Diagnostics;
using System.Numerics;

namespace Sante.Bench.Load;

/// <summary>
/// Counts of durations in buckets that grow with them: 64 to each doubling, so a percentile is right within 1.6 %. From 1 µs to about an hour.
/// Not thread-safe: one per connection, then <see cref="Add"/>.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int BucketsPerDoubling = 64;
    private const int Doublings = 32;
    private readonly long[] counts = new long[BucketsPerDoubling * Doublings];

    public long Count { get; private set; }

    /// <summary>Records one duration, as the difference of two <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public void Record(long elapsedTicks)
    {
        var micros = Math.Max(1, (ulong)(elapsedTicks * 1_000_000.0 / Stopwatch.Frequency));
        var doubling = BitOperations.Log2(micros);
        var within = (int)(((micros - (1UL << doubling)) * BucketsPerDoubling) >> doubling);
        counts[Math.Min(counts.Length - 1, doubling * BucketsPerDoubling + within)]++;
        Count++;
    }

    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < counts.Length; i++)
            counts[i] += other.counts[i];
        Count += other.Count;
    }

    /// <summary>The duration in milliseconds that this part (0 to 1) of the requests did not exceed; 0 when there were none.</summary>
    public double Percentile(double part)
    {
        var rank = (long)Math.Ceiling(Count * part);
        long seen = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            seen += counts[i];
            if (seen >= rank && seen > 0)
                return (1UL << (i / BucketsPerDoubling)) * (1 + (i % BucketsPerDoubling + 1.0) / BucketsPerDoubling) / 1000;
        }

        return 0;
    }
}
