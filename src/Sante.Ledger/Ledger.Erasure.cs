using Sante.Kernel;

namespace Sante.Ledger;

public sealed partial class Ledger
{
    /// <summary>
    /// Erases a space: destroys its content root for good, then raises the access version, so that every host reads the roots again before it decides
    /// next. <paramref name="line"/> says so in the trace, which stays. Repeated after an answer that was lost it completes what was begun.
    /// Refusals as <see cref="CommitAsync"/>.
    /// </summary>
    public async Task<Outcome<Verdict>> EraseAsync(SpaceId space, ReadOnlyMemory<byte> line, CancellationToken cancel = default)
    {
        if (!World.CanHear)
            return Deaf;
        try
        {
            await Keys.DestroyContentAsync(space, cancel);
        }
        catch (Exception e) when (Infrastructure.IsLost(e) && !cancel.IsCancellationRequested)
        {
            return Unavailable;
        }
        while (true)
        {
            if (!(await LoadAsync(space, [], cancel)).TryGet(out var now, out var refusal))
                return refusal;
            var raised = await CommitAsync(new WriteRequest(space, now.AccessVersion) { RaisesAccess = true, Lines = [line] }, cancel);
            if (!raised.TryGet(out var verdict, out var lost) || verdict.Kind != VerdictKind.Stale)
                return lost is null ? verdict! : lost;
        }
    }
}
