using System.Collections.Concurrent;
using Sante.Kernel;

namespace Sante.Foundations.Identities;

/// <summary>What each caller of this host has left of its quota of searches. Security clock. Thread-safe; forgets full buckets.</summary>
/// <param name="quota">The same for every caller.</param>
/// <param name="clock">Security time.</param>
public sealed class InsQuotas(Quota quota, TimeProvider clock)
{
    private const int MostCallers = 10_000;
    private readonly ConcurrentDictionary<ActorIdentifier, Quota.Level> levels = new();

    /// <summary>Takes one search of this caller's; the time to wait when none is left.</summary>
    public TimeSpan? Take(ActorIdentifier caller)
    {
        var now = clock.GetUtcNow();
        if (levels.Count > MostCallers)
        {
            Forget(now);
        }

        TimeSpan? wait = null;
        levels.AddOrUpdate(
            caller,
            _ => quota.Take(quota.Full(now), now).Next,
            (_, level) =>
            {
                (var next, wait) = quota.Take(level, now);
                return next;
            });
        return wait;
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var (caller, level) in levels)
        {
            if (quota.Take(level, now).Next.Left >= quota.Burst - 1)
            {
                levels.TryRemove(caller, out _);
            }
        }
    }
}
