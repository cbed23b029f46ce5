using Orleans;
using Sante.Kernel;
using Sante.Ledger;

namespace Sante.Space;

/// <summary>
/// Content to store in one act, all or nothing: new resources and new versions, opaque here. <paramref name="Ids"/>: logical ids for the line,
/// <paramref name="Labels"/>: restrictive labels by logical id, <paramref name="TypeCodes"/>: document types fed.
/// </summary>
public sealed record Deposit(
    IReadOnlyList<NewResource> Resources, IReadOnlyList<string> Ids, IReadOnlyDictionary<string, Labels> Labels, IdempotencyKey? Idempotency, string? Query)
{
    /// <summary>New documents and what each replaces: hidden from professionals or from representatives, the old one hides the new one.</summary>
    public IReadOnlyList<(string Id, string Replaced)> Replacements { get; init; } = [];

    public override string ToString() => $"Deposit of {Ids.Count}";
}

/// <summary>
/// The first answer of a deposit: recorded at <paramref name="At"/> (platform time), or <paramref name="FirstResult"/> as it was kept under the same
/// idempotency key by an earlier sending, which wrote everything already.
/// </summary>
public sealed record Deposited(DateTimeOffset At, byte[]? FirstResult)
{
    /// <summary>Lets what the line names leave; null when it is a first answer given again.</summary>
    public DisclosePermit? Permit { get; init; }

    public override string ToString() => FirstResult is null ? "Deposited" : "Deposited before";
}

/// <summary>Storing content in this space. What a citizen hides or shows is decided here too, in <c>VisibilityGrain.cs</c>.</summary>
public interface IRecordGrain : IGrainWithGuidKey
{
    /// <summary>
    /// Decides (feed or amend), then stores with the line, in one transaction. Refusals: those of the access decision, <c>version-conflict</c>
    /// (another version is present), <c>idempotency-key-reused</c> (same key, other content), <c>labels-incompatible</c>, <c>visibility-irreversible</c>,
    /// <c>host-cannot-hear</c>, <c>database-unavailable</c>. Durable when it answers; idempotent with a key.
    /// </summary>
    Task<Outcome<Deposited>> DepositAsync(AccessRequest request, Deposit deposit);
}

public sealed partial class SpaceGrain : IRecordGrain
{
    private static readonly Refusal VersionConflict = new("version-conflict", RefusalKind.Conflict, "Une autre version est présente : relisez, puis recommencez.");
    private static readonly Refusal KeyReused = new("idempotency-key-reused", RefusalKind.Conflict, "Cet identifiant d'envoi a déjà servi à un autre contenu.");

    public async Task<Outcome<Deposited>> DepositAsync(AccessRequest request, Deposit deposit)
    {
        for (var (attempt, present) = (1, default(Held)); attempt <= MostAttempts; attempt++)
        {
            if (!(await HeldAsync(stale: present)).TryGet(out present, out var unavailable))
                return unavailable;
            var asked = Asked(request);
            var decision = Access.Decide(present.State.Access, asked);
            if (!decision.Allowed)
            {
                if (await RefuseAsync(present, asked, decision) is { } told)
                    return told;
                continue;
            }
            if (!LabelsOf(present, asked, deposit).TryGet(out var events, out var refusal))
            {
                if (await FirstOfAsync(present, deposit.Idempotency) is { } first)
                    return first;
                if ((await ledger.CommitAsync(Confirmation(present))).TryGet(out var stands, out var away) && !stands.IsAccepted)
                    continue;
                return away ?? refusal;
            }
            var permit = PermitOf(present, decision);
            var line = TraceLines.Of(present.State.Access, asked, decision, deposit.Ids, deposit.Ids.Count, deposit.Query);
            var traced = await ledger.TraceAsync(permit, Json(line), r => Storing(r, present, events, decision, deposit));
            if (!traced.TryGet(out var recorded, out var lost))
                return lost;
            switch (recorded.Verdict.Kind)
            {
                case VerdictKind.Accepted:
                    if (events.Count > 0)
                        held = present.After(events, recorded.Verdict);
                    return new Deposited(recorded.Verdict.At, null) { Permit = recorded.Permit };
                case VerdictKind.Duplicate:
                    return new Deposited(recorded.Verdict.At, recorded.Verdict.Result);
                case VerdictKind.Conflict:
                    return VersionConflict;
                case VerdictKind.KeyReused:
                    return KeyReused;
            }
        }
        return Contended;
    }

    /// <summary>The answer of an earlier sending under this key; null when there was none. Asked with a state version that never is: it writes nothing.</summary>
    private async Task<Deposited?> FirstOfAsync(Held present, IdempotencyKey? sent) =>
        sent is not null
        && (await ledger.CommitAsync(new WriteRequest(Space, present.AccessVersion) { StateVersion = -1, Idempotency = sent })).TryGet(out var verdict, out _)
        && verdict.Kind == VerdictKind.Duplicate
            ? new Deposited(verdict.At, verdict.Result) : null;

    private WriteRequest Storing(WriteRequest traced, Held present, IReadOnlyList<SpaceEvent> events, AccessDecision decision, Deposit deposit)
    {
        if (events.Count > 0)
        {
            var appending = Appending(present, events, decision);
            traced = appending with { Lines = [.. traced.Lines, .. appending.Lines] };
        }
        return traced with { Resources = deposit.Resources, Idempotency = deposit.Idempotency };
    }

    /// <summary>The labels fed, and those that a document takes over from the one it replaces: a correction must not undo what the citizen hid.</summary>
    private static Dictionary<string, Labels> LabelsWith(Deposit deposit, VisibilityState state)
    {
        var labels = deposit.Labels.ToDictionary();
        foreach (var (id, replaced) in deposit.Replacements)
        {
            var before = state.Of(replaced);
            var kept = (before.HiddenFromProfessionals ? Labels.MasquePs : Labels.None)
                | (before.HiddenFromRepresentatives ? Labels.InvisibleRepresentantsLegaux : Labels.None);
            if (kept != Labels.None)
                labels[id] = labels.GetValueOrDefault(id) | kept;
        }
        return labels;
    }

    /// <summary>Restrictive labels are facts of the visibility stream, in the same write as the documents: no instant at which they are visible.</summary>
    private static Outcome<IReadOnlyList<SpaceEvent>> LabelsOf(Held present, AccessRequest asked, Deposit deposit)
    {
        var events = new List<SpaceEvent>();
        var state = present.State.Access.Visibility;
        var acting = present.State.Access.Acting(asked.Actor, asked.Now);
        foreach (var (id, labels) in LabelsWith(deposit, state))
        {
            if (!Visibilities.Decide(state, new LabelDocument(id, labels, acting), asked.Now).TryGet(out var decided, out var refusal))
                return refusal;
            foreach (var happened in decided.Cast<VisibilityEvent>())
            {
                state = Visibilities.Evolve(state, happened);
                events.Add(happened);
            }
        }
        return Outcome.Of<IReadOnlyList<SpaceEvent>>(events);
    }
}
