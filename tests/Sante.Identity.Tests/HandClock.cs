namespace Sante.Identity.Tests;

/// <summary>A security clock for tests: system time plus what <see cref="Advance"/> added.</summary>
public sealed class HandClock : TimeProvider
{
    private long addedTicks;

    public void Advance(TimeSpan by) => Interlocked.Add(ref addedTicks, by.Ticks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref addedTicks));

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => GetUtcNow().Ticks;
}
