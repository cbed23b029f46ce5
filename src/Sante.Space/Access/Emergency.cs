using System.Collections.Immutable;
using Sante.Kernel;

namespace Sante.Space;

/// <summary>One bris de glace under way: who, since when, why, where.</summary>
[GenerateSerializer]
public sealed record Emergency(Guid Id, Actor Professional, DateTimeOffset BegunAt, string Reason, string Place)
{
    /// <summary>The instant from which it no longer opens anything.</summary>
    public DateTimeOffset EndsAt => BegunAt + Emergencies.Duration;

    public override string ToString() => $"Emergency {Id}";
}

/// <summary>Emergencies under way by professional (<see cref="Grantee.KeyOf"/>), and what the holder opposes.</summary>
[GenerateSerializer]
public sealed record EmergencyState(bool OpposesBrisDeGlace, bool OpposesCentre15, ImmutableDictionary<string, Emergency> ByProfessional)
{
    public static EmergencyState Zero { get; } = new(false, false, ImmutableDictionary<string, Emergency>.Empty);

    /// <summary>The emergency of this professional that still opens at that instant, or null.</summary>
    public Emergency? ActiveOf(ActorIdentifier professional, DateTimeOffset now) =>
        ByProfessional.TryGetValue(Grantee.KeyOf(professional), out var emergency) && now < emergency.EndsAt ? emergency : null;

    public override string ToString() => $"Emergencies {ByProfessional.Count}";
}

/// <summary>An act of emergency. Open account, block, opposition and profession are decided before, by <c>Access.Decide</c>.</summary>
[GenerateSerializer]
public abstract record EmergencyCommand(Actor By)
{
    public sealed override string ToString() => GetType().Name;
}

/// <summary>The holder's side says in advance what it opposes.</summary>
[GenerateSerializer]
public sealed record SetEmergencyOpposition(bool OpposesBrisDeGlace, bool OpposesCentre15, Actor By) : EmergencyCommand(By);

/// <summary>Bris de glace. While one of the same professional is under way, changes nothing: the first term stands.</summary>
[GenerateSerializer]
public sealed record BreakGlass(Guid EmergencyId, string Reason, string Place, Actor By) : EmergencyCommand(By);

/// <summary>Ends it: the professional his own, the holder's side any. Twice changes nothing.</summary>
[GenerateSerializer]
public sealed record CloseEmergency(Guid EmergencyId, Actor By) : EmergencyCommand(By);

/// <summary>Due work: notes the end. Changes nothing when closed before or too early.</summary>
[GenerateSerializer]
public sealed record ExpireEmergency(Guid EmergencyId, Actor By) : EmergencyCommand(By);

/// <summary>
/// Bris de glace: needs a reason and a place, lasts four hours or until closed, is refused on prior opposition. Pure.
/// Refusal codes: emergency-reason-missing, emergency-place-missing, access-not-authorised, emergency-unknown.
/// </summary>
public static class Emergencies
{
    /// <summary>How long one bris de glace opens. The law says no figure; issue 2 says 4 h (eng/adr/0063).</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromHours(4);

    /// <summary>Longest reason or place, in characters.</summary>
    public const int TextLimit = 500;

    /// <summary>
    /// Checks what the professional wrote, without any state: to be asked before the access decision, so that the answer tells nothing of the space.
    /// </summary>
    public static Refusal? Check(string reason, string place) =>
        string.IsNullOrWhiteSpace(reason) || reason.Length > TextLimit ? Refusals.Reason
        : string.IsNullOrWhiteSpace(place) || place.Length > TextLimit ? Refusals.Place
        : null;

    public static Outcome<IReadOnlyList<SpaceEvent>> Decide(EmergencyState state, EmergencyCommand command, DateTimeOffset now) => command switch
    {
        SetEmergencyOpposition o => o.OpposesBrisDeGlace == state.OpposesBrisDeGlace && o.OpposesCentre15 == state.OpposesCentre15
            ? Decided.Nothing : Decided.Events(new EmergencyOppositionSet(o.OpposesBrisDeGlace, o.OpposesCentre15, now, o.By)),
        BreakGlass b when Check(b.Reason, b.Place) is { } wrong => wrong,
        BreakGlass when state.OpposesBrisDeGlace => AccessRefusals.NotAuthorised,
        BreakGlass b => state.ActiveOf(b.By.Identifier, now) is not null
            ? Decided.Nothing : Decided.Events(new GlassBroken(b.EmergencyId, b.Reason.Trim(), b.Place.Trim(), now, b.By)),
        CloseEmergency c => Close(state, c, now),
        ExpireEmergency e => ById(state, e.EmergencyId) is { } found && now >= found.EndsAt
            ? Decided.Events(new EmergencyExpired(found.Id, ToGrantee(found.Professional), now, e.By)) : Decided.Nothing,
        _ => throw new ArgumentOutOfRangeException(nameof(command), command.GetType().Name, null),
    };

    public static EmergencyState Evolve(EmergencyState state, EmergencyEvent happened) => happened switch
    {
        EmergencyOppositionSet o => state with { OpposesBrisDeGlace = o.OpposesBrisDeGlace, OpposesCentre15 = o.OpposesCentre15 },
        GlassBroken g => state with
        {
            ByProfessional = state.ByProfessional.SetItem(Grantee.KeyOf(g.By.Identifier), new(g.EmergencyId, g.By, g.At, g.Reason, g.Place)),
        },
        EmergencyClosed c => Remove(state, c.EmergencyId),
        EmergencyExpired e => Remove(state, e.EmergencyId),
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened.GetType().Name, null),
    };

    private static Outcome<IReadOnlyList<SpaceEvent>> Close(EmergencyState state, CloseEmergency close, DateTimeOffset now)
    {
        if (ById(state, close.EmergencyId) is not { } found)
        {
            return Decided.Nothing;
        }

        var isHolderSide = close.By.Kind is ActorKind.Citizen or ActorKind.Delegate;
        return isHolderSide || close.By.IsSameAs(found.Professional.Identifier)
            ? Decided.Events(new EmergencyClosed(found.Id, ToGrantee(found.Professional), now, close.By))
            : Refusals.Unknown;
    }

    private static Emergency? ById(EmergencyState state, Guid id) => state.ByProfessional.Values.FirstOrDefault(e => e.Id == id);

    private static EmergencyState Remove(EmergencyState state, Guid id) =>
        ById(state, id) is { } found
            ? state with { ByProfessional = state.ByProfessional.Remove(Grantee.KeyOf(found.Professional.Identifier)) }
            : state;

    private static Grantee ToGrantee(Actor professional) => new(GranteeKind.Person, professional.Identifier, professional.Name);

    private static class Refusals
    {
        public static readonly Refusal Reason = new("emergency-reason-missing", RefusalKind.Invalid, "L'accès en urgence demande un motif (500 caractères au plus).");
        public static readonly Refusal Place = new("emergency-place-missing", RefusalKind.Invalid, "L'accès en urgence demande un lieu (500 caractères au plus).");
        public static readonly Refusal Unknown = new("emergency-unknown", RefusalKind.Unknown, "Accès en urgence inconnu.");
    }
}
