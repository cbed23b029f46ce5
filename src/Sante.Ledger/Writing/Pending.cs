using Sante.Kernel;

namespace Sante.Ledger.Writing;

/// <summary>A request that waits for its verdict, and the equal refusals that share it. Used by one task at a time.</summary>
internal sealed class Pending(SealedRequest request)
{
    private List<Pending>? sharers;

    public SealedRequest Request { get; } = request;
    public int BusyTimes { get; set; }
    public TaskCompletionSource<Outcome<(Verdict, Guid)>> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Whether the other is the same refusal, decided on the same version of the same space, and neither has been sent: one line is written for
    /// both, and the fence that confirms this one confirms the other. It has its verdict with this one.
    /// </summary>
    public bool TryShare(Pending other)
    {
        var (mine, its) = (Request, other.Request);
        if (mine.Share is null || mine.Share != its.Share || mine.Plain.Space != its.Plain.Space || mine.Plain.AccessVersion != its.Plain.AccessVersion
            || !mine.Plain.IsRefusalOnly || !its.Plain.IsRefusalOnly)
            return false;
        (sharers ??= []).Add(other);
        return true;
    }

    /// <summary>The verdict; where a line was written for this one, the sharers have none of their own.</summary>
    public void Settle((Verdict Verdict, Guid ResultRow) verdict)
    {
        Answer.TrySetResult(verdict);
        var shared = verdict.Verdict.IsAccepted ? verdict.Verdict with { Kind = VerdictKind.Shared, FirstLine = 0, AccessVersion = 0, StateVersion = 0 } : verdict.Verdict;
        foreach (var other in sharers ?? [])
            other.Settle((shared, default));
    }

    /// <summary>Lost infrastructure becomes a refusal; anything else is a bug and reaches the callers as an exception.</summary>
    public void Fail(Exception e)
    {
        if (Infrastructure.IsLost(e))
            Answer.TrySetResult(Writer.Unavailable);
        else
            Answer.TrySetException(e);
        foreach (var other in sharers ?? [])
            other.Fail(e);
    }
}

/// <summary>What the writer did since the start.</summary>
public sealed class WriterCounts
{
    private long batches, batched, alone, retries;

    public long Batches => Interlocked.Read(ref batches);
    /// <summary>Requests committed in batches.</summary>
    public long Batched => Interlocked.Read(ref batched);
    public long CommittedAlone => Interlocked.Read(ref alone);
    public long Retries => Interlocked.Read(ref retries);

    internal void Batch(int size)
    {
        Interlocked.Increment(ref batches);
        Interlocked.Add(ref batched, size);
    }

    internal void Alone() => Interlocked.Increment(ref alone);
    internal void Retry() => Interlocked.Increment(ref retries);
}
