using System.Diagnostics;
using Sante.Kernel;

namespace Sante.Ledger;

/// <summary>
/// Lets content of one space be opened inside the store (filter, compare, patch, search text). Given by a decision; its results
/// cannot leave: leaving needs a <see cref="DisclosePermit"/>. Not serialisable, not kept beyond the request.
/// </summary>
public sealed class EvaluatePermit
{
    internal EvaluatePermit(SpaceId space, long accessVersion, DateTimeOffset? until, string rule) =>
        (Space, AccessVersion, Until, Rule) = (space, accessVersion, until, rule);

    public SpaceId Space { get; }
    /// <summary>The access version decided on: the fence compares it when the line is written.</summary>
    public long AccessVersion { get; }
    /// <summary>Platform time after which the decision no longer holds, or null.</summary>
    public DateTimeOffset? Until { get; }
    /// <summary>The access rule that decided.</summary>
    public string Rule { get; }
}

/// <summary>
/// Lets what one durable trace line names leave the platform. Only the fenced trace makes it; the response writer accepts
/// nothing else. Good for <see cref="Life"/> after the line; a longer response asks the fence again
/// (<see cref="Ledger.StillHoldsAsync"/>) and is cut when the access version has moved.
/// </summary>
public sealed class DisclosePermit
{
    /// <summary>House idea 2: what was recorded before a revocation may be on its way for at most 2 s.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(2);
    private readonly long recorded = Stopwatch.GetTimestamp();

    internal DisclosePermit(SpaceId space, long accessVersion, long line, DateTimeOffset at) =>
        (Space, AccessVersion, Line, At) = (space, accessVersion, line, at);

    public SpaceId Space { get; }
    public long AccessVersion { get; }
    /// <summary>Number of the trace line that names what leaves.</summary>
    public long Line { get; }
    /// <summary>Platform time of that line.</summary>
    public DateTimeOffset At { get; }
    /// <summary>Time since the line was recorded, on a clock that nobody moves.</summary>
    public TimeSpan Age => Stopwatch.GetElapsedTime(recorded);
}

/// <summary>The one place where permits are made.</summary>
public static class Permits
{
    /// <summary>After a decision that allows; called by the access grain alone (a rule test checks it).</summary>
    public static EvaluatePermit Evaluate(SpaceId space, long accessVersion, DateTimeOffset? until, string rule) =>
        new(space, accessVersion, until, rule);

    internal static DisclosePermit Disclose(WriteRequest request, Verdict verdict) =>
        Disclose(request.Space, request.AccessVersion, verdict.FirstLine, verdict.At);

    /// <summary>Of a line that is durable, by its number and instant.</summary>
    internal static DisclosePermit Disclose(SpaceId space, long accessVersion, long line, DateTimeOffset at) => new(space, accessVersion, line, at);
}
