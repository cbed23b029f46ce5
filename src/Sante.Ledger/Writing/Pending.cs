using Sante.Kernel;

namespace Sante.Ledger.Writing;

/// <summary>What one caller waits for: a request or a group of them, and the equal refusals that share its verdict. Used by one task at a time.</summary>
internal sealed class Pending(SealedRequest[] requests)
{
    private List<Pending>? sharers;

    public SealedRequest[] Requests { get; } = requests;
    public bool IsGroup => Requests.Length > 1;
    public bool IsRefusal => !IsGroup && Requests[0].Share is not null && Requests[0].Plain.IsRefusalOnly;
    public int WeightBytes { get; } = requests.Sum(r => r.WeightBytes);
    public int BusyTimes { get; set; }
    public TaskCompletionSource<Outcome<(Verdict Verdict, Guid ResultRow)[]>> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Whether the other is the same refusal, decided on the same version of the same space, and neither has been sent: one line is written for
    /// both, and the fence that confirms this one confirms the other. It has its verdict with this one.
    /// </summary>
    public bool TryShare(Pending other)
    {
        if (!IsRefusal || !other.IsRefusal)
            return false;
        var (mine, its) = (Requests[0], other.Requests[0]);
        if (mine.Share != its.Share || mine.Plain.Space != its.Plain.Space || mine.Plain.AccessVersion != its.Plain.AccessVersion)
            return false;
        (sharers ??= []).Add(other);
        return true;
    }

    /// <summary>The verdicts; where a line was written for this one, the sharers have none of their own.</summary>
    public void Settle((Verdict Verdict, Guid ResultRow)[] verdicts)
    {
        Answer.TrySetResult(verdicts);
        if (sharers is null)
            return;
        var own = verdicts[0].Verdict;
        var shared = own.IsAccepted ? own with { Kind = VerdictKind.Shared, FirstLine = 0, AccessVersion = 0, StateVersion = 0 } : own;
        foreach (var other in sharers)
            other.Settle([(shared, default)]);
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
