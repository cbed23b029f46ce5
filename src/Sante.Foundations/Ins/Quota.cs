namespace Sante.Foundations.Identities;

/// <summary>A token bucket: so many searches at once, refilled evenly. Pure: time comes in as an instant of the security clock.</summary>
/// <param name="Burst">Searches that a caller may make at once.</param>
/// <param name="PerMinute">Searches regained per minute.</param>
public sealed record Quota(int Burst, int PerMinute)
{
    /// <summary>What one caller has left.</summary>
    /// <param name="Left">Searches left, with their fraction.</param>
    /// <param name="At">When that was true.</param>
    public readonly record struct Level(double Left, DateTimeOffset At);

    /// <summary>A caller never seen.</summary>
    public Level Full(DateTimeOffset now) => new(Burst, now);

    /// <summary>Takes one. When none is left the level is unchanged and the wait until the next one is told.</summary>
    public (Level Next, TimeSpan? RetryAfter) Take(Level level, DateTimeOffset now)
    {
        // A clock set back refills nothing and takes nothing away.
        var minutes = Math.Max(0, (now - level.At).TotalMinutes);
        var left = Math.Min(Burst, level.Left + (minutes * PerMinute));
        var at = now > level.At ? now : level.At;
        return left >= 1
            ? (new Level(left - 1, at), null)
            : (new Level(left, at), TimeSpan.FromSeconds(Math.Ceiling((1 - left) / PerMinute * 60)));
    }
}
