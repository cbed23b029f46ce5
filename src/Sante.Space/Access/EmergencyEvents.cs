using Sante.Kernel;

namespace Sante.Space;

/// <summary>Facts of emergency access, append-only.</summary>
[GenerateSerializer]
public abstract record EmergencyEvent(DateTimeOffset At, Actor By) : SpaceEvent(At, By);

/// <summary>What the holder opposes in advance: bris de glace, the SAMU regulator, both or neither (CSP L1111-17 I, R1111-48).</summary>
[GenerateSerializer]
public sealed record EmergencyOppositionSet(bool OpposesBrisDeGlace, bool OpposesCentre15, DateTimeOffset At, Actor By) : EmergencyEvent(At, By);

/// <summary>A professional entered in emergency; <see cref="SpaceEvent.By"/> is that professional (CSP L1111-17 I). Lasts <see cref="Emergencies.Duration"/>.</summary>
[GenerateSerializer]
public sealed record GlassBroken(Guid EmergencyId, string Reason, string Place, DateTimeOffset At, Actor By) : EmergencyEvent(At, By);

/// <summary>Closed before its term, by the professional or by the holder's side.</summary>
[GenerateSerializer]
public sealed record EmergencyClosed(Guid EmergencyId, Grantee Professional, DateTimeOffset At, Actor By) : EmergencyEvent(At, By);

/// <summary>The four hours are over; noted by the platform, decided by the instant itself.</summary>
[GenerateSerializer]
public sealed record EmergencyExpired(Guid EmergencyId, Grantee Professional, DateTimeOffset At, Actor By) : EmergencyEvent(At, By);
