using Orleans;
using Orleans.Concurrency;
using Sante.Kernel;
using Sante.Ledger;

namespace Sante.Space;

/// <summary>
/// What a decision that allows gives: the permit to open inside the store, and what of it this actor may see. Nothing found under it may be
/// answered, not even an absence, before <see cref="IAccessGrain.DiscloseAsync"/> has recorded it.
/// </summary>
public sealed record Evaluation(EvaluatePermit Permit, AccessRequest Request, AccessDecision Decision, AccessState State)
{
    public override string ToString() => $"Evaluation {Decision}";
}

/// <summary>What is about to leave: logical ids, total, kind of query. <paramref name="TypeCodes"/>: document types among them.</summary>
public sealed record Disclosure(IReadOnlyList<string> Ids, int Total, string? Query = null, IReadOnlyList<string>? TypeCodes = null)
{
    /// <summary>Nothing was found: that answer is recorded as well.</summary>
    public static Disclosure Nothing(string? query = null) => new([], 0, query);

    public override string ToString() => $"Disclosure of {Total}";
}

/// <summary>Who may see what in this space, and the record of it. Calls interleave: each is decided on an immutable state and fenced.</summary>
public interface IAccessGrain : IGrainWithGuidKey
{
    /// <summary>
    /// Decides. Refused: the refusal's line is durable (or shared) when the public refusal is answered. Allowed: an evaluation.
    /// Also <c>space-unknown</c>, <c>database-unavailable</c>, <c>space-erased</c>.
    /// </summary>
    [AlwaysInterleave]
    Task<Outcome<Evaluation>> EvaluateAsync(AccessRequest request);

    /// <summary>
    /// Records what leaves; the permit once the line is durable. Null when the state was stale or the permit had ended:
    /// evaluate again, and forget what was found.
    /// </summary>
    [AlwaysInterleave]
    Task<Outcome<DisclosePermit?>> DiscloseAsync(Evaluation evaluation, Disclosure disclosure);
}

public sealed partial class SpaceGrain : IAccessGrain
{
    private static readonly Refusal Erased = new("space-erased", RefusalKind.Unknown, "Le contenu de cet espace a été effacé.");

    public async Task<Outcome<Evaluation>> EvaluateAsync(AccessRequest request)
    {
        for (var (attempt, present) = (1, default(Held)); attempt <= MostAttempts; attempt++)
        {
            if (!(await HeldAsync(stale: present)).TryGet(out present, out var unavailable))
                return unavailable;
            var (asked, decision) = Access.Widest(present.State.Access, Asked(request) with { IsDepositor = false });
            if (!decision.Allowed && decision.Capacity == Capacity.Carer && await HoldsContentOfAsync(asked.Actor))
            {
                (asked, decision) = Access.Widest(present.State.Access, Asked(request) with { IsDepositor = true });
            }
            if (decision.Allowed)
                return present.Erased && asked.Action != AccessAction.ReadTrace
                    ? Erased
                    : new Evaluation(PermitOf(present, decision), asked, decision, present.State.Access);
            if (await RefuseAsync(present, asked, decision) is { } told)
                return told;
        }
        return Contended;
    }

    public async Task<Outcome<DisclosePermit?>> DiscloseAsync(Evaluation evaluation, Disclosure disclosure)
    {
        var (permit, request, decision, state) = evaluation;
        if (disclosure.TypeCodes is { } types)
            request = request with { TypeCodes = types };
        var line = TraceLines.Of(state, request, decision, disclosure.Ids, disclosure.Total, disclosure.Query);
        var notices = Notices.Of(state, line, request.Now);
        var traced = await ledger.TraceAsync(permit, Json(line), r => r with { Outbox = [.. notices.Select(Json)] });
        if (!traced.TryGet(out var recorded, out var refusal))
            return refusal;
        // Unless someone has loaded a later one since: it was on this state that the decision rested.
        if (recorded.Permit is null && held is { } known && known.AccessVersion <= permit.AccessVersion)
            held = null;
        return Outcome.Of(recorded.Permit);
    }

    /// <summary>The one place where a decision becomes a permit.</summary>
    private EvaluatePermit PermitOf(Held present, AccessDecision decision) =>
        Permits.Evaluate(Space, present.AccessVersion, decision.Until, decision.Rule);

    /// <summary>Whether the store holds something fed by this actor or its structure; a yes opens nothing by itself.</summary>
    private async Task<bool> HoldsContentOfAsync(Actor actor) =>
        await ledger.Resources.HoldsAsync(Space, DepositTokens.Of(actor.Identifier))
        || (actor.Structure is { } structure && await ledger.Resources.HoldsAsync(Space, DepositTokens.Of(structure.Identifier)));
}

/// <summary>The keyed token under which content is found by who fed it.</summary>
public static class DepositTokens
{
    public static IndexToken Of(ActorIdentifier depositor) => new("depositor", Grantee.KeyOf(depositor));

    /// <summary>Tokens of what this actor feeds: itself and, acting in a structure, that structure.</summary>
    public static IReadOnlyList<IndexToken> For(Actor actor) =>
        actor.Structure is { } structure ? [Of(actor.Identifier), Of(structure.Identifier)] : [Of(actor.Identifier)];
}

/// <summary>An actor's own log (notices, misses) is its own: the token that proves who it is opens it.</summary>
public static class OwnLog
{
    /// <summary>Spaces of actors have no consents, hence one access version for ever.</summary>
    public const long AccessVersion = 1;

    public static EvaluatePermit PermitOf(SpaceId actorSpace) => Permits.Evaluate(actorSpace, AccessVersion, null, "acc-own-log");
}
