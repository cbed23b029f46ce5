using Sante.Kernel;

namespace Sante.Space;

/// <summary>What a trace line is about.</summary>
[GenerateSerializer]
public enum TraceAction
{
    Read,
    Search,
    Deposit,
    Amend,
    /// <summary>Content withdrawn by who fed it: its versions stay.</summary>
    Delete,
    BreakGlass,
    ReadTrace,
    /// <summary>The identity was found by its traits or matricule: the INS registry looked, nothing of the record left.</summary>
    IdentityFound,
    /// <summary>An act on the space itself: <see cref="TraceLine.Fact"/> says which.</summary>
    Act,
}

/// <summary>
/// The content of one line of a citizen's access trace: who, for whom, what, why, under which rule and consent. When, number and salt are the ledger's.
/// Encrypted at rest; never logged. Its JSON form is stable (golden file).
/// </summary>
[GenerateSerializer]
public sealed record TraceLine
{
    /// <summary>Who; for a delegate <see cref="Actor.For"/> says for whom, <see cref="Actor.Structure"/> where.</summary>
    public required Actor Who { get; init; }
    public required TraceAction Action { get; init; }
    public required bool Allowed { get; init; }
    /// <summary>Stable id of the rule that decided (<c>acc-…</c>).</summary>
    public required string Rule { get; init; }
    /// <summary>That rule in one French sentence.</summary>
    public required string Reason { get; init; }
    public Purposes Purpose { get; init; }
    public AccessMode Mode { get; init; }
    public Categories Categories { get; init; }
    /// <summary>Logical ids of what left or was stored; of documents also of those that were only counted.</summary>
    public IReadOnlyList<string> Ids { get; init; } = [];
    /// <summary>How many resources left or were stored.</summary>
    public int Total { get; init; }
    /// <summary>Document types asked for or fed (JDV_J66).</summary>
    public IReadOnlyList<string> TypeCodes { get; init; } = [];
    /// <summary>Kind of query, without its values ("DocumentReference par type").</summary>
    public string? Query { get; init; }
    /// <summary>What the professional wrote when breaking the glass.</summary>
    public string? EmergencyReason { get; init; }
    public string? Place { get; init; }
    public ConsentReference? Consent { get; init; }
    /// <summary>The client through which it came.</summary>
    public string? Origin { get; init; }
    /// <summary>Short name of the event for <see cref="TraceAction.Act"/>.</summary>
    public string? Fact { get; init; }
    /// <summary>Whom or what the act is about, as shown to people.</summary>
    public string? About { get; init; }
    /// <summary>How many equal refusals of the same minute share this line; 1 else.</summary>
    public int Count { get; init; } = 1;

    public override string ToString() => $"{Action} {(Allowed ? "allowed" : "refused")} {Rule}";
}

/// <summary>Makes trace lines. Pure.</summary>
public static class TraceLines
{
    /// <summary>The line of one access request, allowed or refused. <paramref name="ids"/> and <paramref name="total"/>: what leaves or is stored.</summary>
    public static TraceLine Of(
        AccessState state, AccessRequest request, AccessDecision decision, IReadOnlyList<string> ids, int total, string? query = null)
    {
        var emergency = state.Emergency.ActiveOf(request.Actor.Identifier, request.Now);
        var isEmergency = request.Mode == AccessMode.BrisDeGlace && decision.Rule != "acc-feed";
        return new()
        {
            Who = state.Acting(request.Actor, request.Now),
            Action = ActionOf(request.Action),
            Allowed = decision.Allowed,
            Rule = decision.Rule,
            Reason = decision.Reason,
            Purpose = request.Purpose,
            // Feeding has no modes: the header of one would mark a plain deposit as an emergency.
            Mode = decision is { Allowed: true, Rule: "acc-feed" } ? AccessMode.Normal : request.Mode,
            Categories = request.Categories,
            Ids = ids,
            Total = total,
            TypeCodes = request.TypeCodes,
            Query = query,
            EmergencyReason = isEmergency ? emergency?.Reason : null,
            Place = isEmergency ? emergency?.Place : null,
            Consent = decision.Consent,
            Origin = request.Actor.Client,
        };
    }

    /// <summary>The line of one fact of the space, made by the holder's side, a professional, the registry or the platform.</summary>
    public static TraceLine Of(SpaceEvent happened, AccessDecision decision)
    {
        var broken = happened as GlassBroken;
        return new()
        {
            Who = happened.By,
            Action = broken is null ? TraceAction.Act : TraceAction.BreakGlass,
            Allowed = true,
            Rule = decision.Rule,
            Reason = decision.Reason,
            Mode = broken is null ? AccessMode.Normal : AccessMode.BrisDeGlace,
            Purpose = broken is null ? Purposes.None : Purposes.Care,
            Ids = happened is VisibilityEvent visibility ? [visibility.DocumentId] : [],
            EmergencyReason = broken?.Reason,
            Place = broken?.Place,
            Consent = decision.Consent,
            Origin = happened.By.Client,
            Fact = SpaceJson.EventNames[happened.GetType()],
            About = TraceActs.AboutOf(happened),
        };
    }

    private static TraceAction ActionOf(AccessAction action) => action switch
    {
        AccessAction.Read => TraceAction.Read,
        AccessAction.Search => TraceAction.Search,
        AccessAction.Feed => TraceAction.Deposit,
        AccessAction.Amend => TraceAction.Amend,
        AccessAction.Delete => TraceAction.Delete,
        AccessAction.BreakGlass => TraceAction.BreakGlass,
        AccessAction.ReadTrace => TraceAction.ReadTrace,
        AccessAction.Govern or AccessAction.LeaveEmergency => TraceAction.Act,
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, null),
    };
}

/// <summary>Which lines, and what of them, a reader of the trace sees. Pure.</summary>
public static class TraceSight
{
    /// <summary>
    /// The line as the holder's side may see it: documents that are invisible to this reader are taken out, count included, and with them the types;
    /// null when nothing else is in the line (a minor's secret reaches no parent; R1111-53 holds for the trace too).
    /// </summary>
    public static TraceLine? For(TraceLine line, VisibilityFilter filter)
    {
        var seen = line.Ids.Where(id => !filter.HiddenIds.Contains(id)).ToList();
        var taken = line.Ids.Count - seen.Count;
        return taken == 0 ? line
            : seen.Count == 0 ? null
            : line with { Ids = seen, Total = Math.Max(seen.Count, line.Total - taken), TypeCodes = [] };
    }
}
