using System.Collections.Immutable;
using Sante.Kernel;

namespace Sante.Space;

/// <summary>How a consent came to its end.</summary>
[GenerateSerializer]
public enum ConsentEnd
{
    Revoked,
    Expired,
    Blocked,
}

/// <summary>
/// The last explicit act of the holder's side about one actor. <see cref="End"/> set: the act was a withdrawal, or the consent is over.
/// <see cref="Id"/> is null only for an objection that no consent preceded.
/// </summary>
[GenerateSerializer]
public sealed record Consent(
    Guid? Id, Grantee Grantee, Categories Read, Categories Write, Purposes Purposes, DateOnly FromOn, DateOnly? UntilOn,
    DateTimeOffset GrantedAt, Actor GrantedBy, ConsentEnd? End, DateTimeOffset LastActAt)
{
    /// <summary>In force: not ended, and the civil date in Paris lies within the period (both days included).</summary>
    public bool IsActiveAt(DateTimeOffset now) => End is null && now >= CivilDate.StartOf(FromOn) && !IsOverAt(now);

    /// <summary>The last day is past.</summary>
    public bool IsOverAt(DateTimeOffset now) => EndsAt is { } endsAt && now >= endsAt;

    /// <summary>The instant at which it ends by itself; null without a last day.</summary>
    public DateTimeOffset? EndsAt => UntilOn is { } until ? CivilDate.EndOf(until) : null;

    public override string ToString() => $"Consent {Id}";
}

/// <summary>One blocked actor.</summary>
[GenerateSerializer]
public sealed record Block(Grantee Grantee, DateTimeOffset At, Actor By)
{
    public override string ToString() => $"Block {Grantee}";
}

/// <summary>Consents and blocks of one space by <see cref="Grantee.KeyOf"/>: one consent at most per actor, the latest act.</summary>
[GenerateSerializer]
public sealed record ConsentState(ImmutableDictionary<string, Consent> ByGrantee, ImmutableDictionary<string, Block> Blocked)
{
    public static ConsentState Zero { get; } = new(ImmutableDictionary<string, Consent>.Empty, ImmutableDictionary<string, Block>.Empty);

    /// <summary>The last explicit act about this very identifier.</summary>
    public Consent? Of(ActorIdentifier identifier) => ByGrantee.GetValueOrDefault(Grantee.KeyOf(identifier));

    /// <summary>True when the actor, its structure or the client through which it acts is blocked.</summary>
    public bool Blocks(Actor actor) => Blocked.Count > 0
        && (IsBlocked(actor.Identifier)
            || (actor.Structure is { } structure && IsBlocked(structure.Identifier))
            || (actor.Client is { } client && IsBlocked(new ActorIdentifier(ActorIdentifier.ClientSystem, client))));

    public bool IsBlocked(ActorIdentifier identifier) => Blocked.ContainsKey(Grantee.KeyOf(identifier));

    public override string ToString() => $"Consents {ByGrantee.Count}, blocks {Blocked.Count}";
}

/// <summary>An act of consent. Whether <paramref name="By"/> may is decided before, by <c>Access.Decide</c>.</summary>
[GenerateSerializer]
public abstract record ConsentCommand(Actor By)
{
    public sealed override string ToString() => GetType().Name;
}

/// <summary>Lets an actor in. <paramref name="FromOn"/> null = today; both dates included. Granting the same again changes nothing.</summary>
[GenerateSerializer]
public sealed record GrantConsent(
    Guid ConsentId, Grantee Grantee, Categories Read, Categories Write, Purposes Purposes, DateOnly? FromOn, DateOnly? UntilOn, Actor By) : ConsentCommand(By);

/// <summary>Keeps a part of the present consent.</summary>
[GenerateSerializer]
public sealed record NarrowConsent(ActorIdentifier Grantee, Categories Read, Categories Write, Purposes Purposes, DateOnly? UntilOn, Actor By) : ConsentCommand(By);

/// <summary>Withdraws; on an actor without consent it is an objection (a member of the care team is then refused). Noted each time.</summary>
[GenerateSerializer]
public sealed record RevokeConsent(Grantee Grantee, Actor By) : ConsentCommand(By);

/// <summary>Due work: notes the end of a consent. Changes nothing when it was replaced or ended, or goes on.</summary>
[GenerateSerializer]
public sealed record ExpireConsent(Guid ConsentId, Actor By) : ConsentCommand(By);

/// <summary>Refuses an actor in every mode and ends its consent.</summary>
[GenerateSerializer]
public sealed record BlockActor(Grantee Grantee, Actor By) : ConsentCommand(By);

/// <summary>Lifts a block; a consent must then be granted anew.</summary>
[GenerateSerializer]
public sealed record UnblockActor(ActorIdentifier Grantee, Actor By) : ConsentCommand(By);

/// <summary>
/// Whom the citizen lets in, for what, how long, why; whom he blocks. Pure. The latest act holds, whichever representative made it.
/// Refusal codes: consent-actor-invalid, consent-actor-blocked, consent-empty, consent-category-invalid, consent-purpose-missing,
/// consent-period-invalid, consent-unknown, consent-not-narrower.
/// </summary>
public static class Consents
{
    public static Outcome<IReadOnlyList<SpaceEvent>> Decide(ConsentState state, ConsentCommand command, DateTimeOffset now) => command switch
    {
        GrantConsent grant => Grant(state, grant, now),
        NarrowConsent narrow => Narrow(state, narrow, now),
        RevokeConsent revoke => Revoke(state, revoke, now),
        ExpireConsent expire => Expire(state, expire, now),
        BlockActor block => state.IsBlocked(block.Grantee.Identifier) ? Decided.Nothing
            : IsUsable(block.Grantee) ? Decided.Events(new ActorBlocked(block.Grantee, now, block.By)) : ConsentRefusals.ActorInvalid,
        UnblockActor unblock => state.Blocked.TryGetValue(Grantee.KeyOf(unblock.Grantee), out var blocked)
            ? Decided.Events(new ActorUnblocked(blocked.Grantee, now, unblock.By)) : Decided.Nothing,
        _ => throw new ArgumentOutOfRangeException(nameof(command), command.GetType().Name, null),
    };

    public static ConsentState Evolve(ConsentState state, ConsentEvent happened) => happened switch
    {
        ConsentGranted g => Put(state, new Consent(
            g.ConsentId, g.Grantee, g.Read, g.Write, g.Purposes, g.FromOn, g.UntilOn, g.At, g.By, null, g.At)),
        ConsentNarrowed n => Put(state, state.Of(n.Grantee.Identifier)! with
        {
            Read = n.Read, Write = n.Write, Purposes = n.Purposes, UntilOn = n.UntilOn, LastActAt = n.At,
        }),
        ConsentRevoked r => Put(state, Ended(state, r.Grantee, ConsentEnd.Revoked, r)),
        // The date itself is the act: noting it later must not look like a later act of the holder.
        ConsentExpired e => Put(state, state.Of(e.Grantee.Identifier)! with { End = ConsentEnd.Expired }),
        ActorBlocked b => Put(state, Ended(state, b.Grantee, ConsentEnd.Blocked, b)) with
        {
            Blocked = state.Blocked.SetItem(Grantee.KeyOf(b.Grantee.Identifier), new Block(b.Grantee, b.At, b.By)),
        },
        ActorUnblocked u => state with { Blocked = state.Blocked.Remove(Grantee.KeyOf(u.Grantee.Identifier)) },
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened.GetType().Name, null),
    };

    /// <summary>Whom an act of the holder's side is about; null when a date or a lifted block says nothing new of him.</summary>
    public static ActorIdentifier? ActOn(ConsentEvent happened) => happened switch
    {
        ConsentGranted g => g.Grantee.Identifier,
        ConsentNarrowed n => n.Grantee.Identifier,
        ConsentRevoked r => r.Grantee.Identifier,
        ActorBlocked b => b.Grantee.Identifier,
        _ => null,
    };

    private static Outcome<IReadOnlyList<SpaceEvent>> Grant(ConsentState state, GrantConsent grant, DateTimeOffset now)
    {
        var today = CivilDate.At(now);
        var current = state.Of(grant.Grantee.Identifier);
        var isActive = current is { End: null } && !current.IsOverAt(now);
        var fromOn = grant.FromOn ?? (isActive ? current!.FromOn : today);
        if (Check(grant, fromOn, today) is { } wrong)
        {
            return wrong;
        }

        if (state.IsBlocked(grant.Grantee.Identifier))
        {
            return ConsentRefusals.ActorBlocked;
        }

        var granted = new ConsentGranted(
            grant.ConsentId, grant.Grantee, grant.Read, grant.Write, grant.Purposes, fromOn, grant.UntilOn, now, grant.By);
        return isActive && SameTerms(current!, granted) ? Decided.Nothing : Decided.Events(granted);
    }

    private static Refusal? Check(GrantConsent grant, DateOnly fromOn, DateOnly today) =>
        !IsUsable(grant.Grantee) ? ConsentRefusals.ActorInvalid
        : (grant.Read | grant.Write) == Categories.None ? ConsentRefusals.Empty
        : ((grant.Read | grant.Write) & ~Categories.Consentable) != Categories.None ? ConsentRefusals.CategoryInvalid
        : grant.Purposes == Purposes.None || (grant.Purposes & ~Purposes.All) != Purposes.None ? ConsentRefusals.PurposeMissing
        : grant.UntilOn < today || grant.UntilOn < fromOn ? ConsentRefusals.PeriodInvalid
        : null;

    private static Outcome<IReadOnlyList<SpaceEvent>> Narrow(ConsentState state, NarrowConsent narrow, DateTimeOffset now)
    {
        if (state.Of(narrow.Grantee) is not { End: null, Id: { } id } current || current.IsOverAt(now))
        {
            return ConsentRefusals.Unknown;
        }

        if ((narrow.Read | narrow.Write) == Categories.None || narrow.Purposes == Purposes.None)
        {
            return ConsentRefusals.Empty;
        }

        var widens = (narrow.Read & ~current.Read) != Categories.None || (narrow.Write & ~current.Write) != Categories.None
            || (narrow.Purposes & ~current.Purposes) != Purposes.None
            || (current.UntilOn is { } until && (narrow.UntilOn is null || narrow.UntilOn > until));
        if (widens)
        {
            return ConsentRefusals.NotNarrower;
        }

        if (narrow.UntilOn < CivilDate.At(now) || narrow.UntilOn < current.FromOn)
        {
            return ConsentRefusals.PeriodInvalid;
        }

        var same = narrow.Read == current.Read && narrow.Write == current.Write && narrow.Purposes == current.Purposes && narrow.UntilOn == current.UntilOn;
        return same
            ? Decided.Nothing
            : Decided.Events(new ConsentNarrowed(id, current.Grantee, narrow.Read, narrow.Write, narrow.Purposes, narrow.UntilOn, now, narrow.By));
    }

    private static Outcome<IReadOnlyList<SpaceEvent>> Revoke(ConsentState state, RevokeConsent revoke, DateTimeOffset now)
    {
        if (!IsUsable(revoke.Grantee))
        {
            return ConsentRefusals.ActorInvalid;
        }

        // Always noted, even twice: since the first time the actor may have been added to the care team, and a withdrawal must always bite.
        var current = state.Of(revoke.Grantee.Identifier);
        return Decided.Events(new ConsentRevoked(current?.Id, current?.Grantee ?? revoke.Grantee, now, revoke.By));
    }

    private static Outcome<IReadOnlyList<SpaceEvent>> Expire(ConsentState state, ExpireConsent expire, DateTimeOffset now)
    {
        foreach (var consent in state.ByGrantee.Values)
        {
            if (consent.Id == expire.ConsentId && consent.End is null && consent.IsOverAt(now))
            {
                return Decided.Events(new ConsentExpired(expire.ConsentId, consent.Grantee, now, expire.By));
            }
        }

        return Decided.Nothing;
    }

    /// <summary>A citizen is never let in by a consent: representatives and, later, carers are delegations.</summary>
    private static bool IsUsable(Grantee grantee) =>
        grantee.IsWellFormed
        && grantee.Identifier.System is not (ActorIdentifier.PatientSystem or ActorIdentifier.PlatformSystem)
        && (grantee.Kind == GranteeKind.App) == (grantee.Identifier.System == ActorIdentifier.ClientSystem);

    private static bool SameTerms(Consent current, ConsentGranted granted) =>
        current.Read == granted.Read && current.Write == granted.Write && current.Purposes == granted.Purposes
        && current.FromOn == granted.FromOn && current.UntilOn == granted.UntilOn;

    private static Consent Ended(ConsentState state, Grantee grantee, ConsentEnd end, ConsentEvent act) =>
        (state.Of(grantee.Identifier)
            ?? new Consent(null, grantee, Categories.None, Categories.None, Purposes.None, CivilDate.At(act.At), null, act.At, act.By, null, act.At))
        with { End = end, LastActAt = act.At };

    private static ConsentState Put(ConsentState state, Consent consent) =>
        state with { ByGrantee = state.ByGrantee.SetItem(Grantee.KeyOf(consent.Grantee.Identifier), consent) };
}

/// <summary>Why an act of consent is not taken.</summary>
internal static class ConsentRefusals
{
    public static readonly Refusal ActorInvalid = new("consent-actor-invalid", RefusalKind.Invalid, "Le professionnel, la structure ou l'application est mal désigné.");
    public static readonly Refusal ActorBlocked = new("consent-actor-blocked", RefusalKind.Conflict, "Cet acteur est bloqué : débloquez-le avant de l'autoriser.");
    public static readonly Refusal Empty = new("consent-empty", RefusalKind.Invalid, "L'accord ne porte sur rien.");
    public static readonly Refusal CategoryInvalid = new("consent-category-invalid", RefusalKind.Invalid, "Cette catégorie ne peut pas faire l'objet d'un accord.");
    public static readonly Refusal PurposeMissing = new("consent-purpose-missing", RefusalKind.Invalid, "L'accord doit dire pour quelle finalité il est donné.");
    public static readonly Refusal PeriodInvalid = new("consent-period-invalid", RefusalKind.Invalid, "La période de l'accord est déjà finie ou finit avant de commencer.");
    public static readonly Refusal Unknown = new("consent-unknown", RefusalKind.Unknown, "Aucun accord en cours pour cet acteur.");
    public static readonly Refusal NotNarrower = new("consent-not-narrower", RefusalKind.Invalid, "Un accord restreint ne peut pas contenir plus que l'accord en cours.");
}
