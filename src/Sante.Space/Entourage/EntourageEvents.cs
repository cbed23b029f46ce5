using Sante.Kernel;

namespace Sante.Space;

/// <summary>Facts about the people around a citizen, append-only.</summary>
[GenerateSerializer]
public abstract record EntourageEvent(DateTimeOffset At, Actor By) : SpaceEvent(At, By);

/// <summary>The civil registry names a holder of parental authority (Code civil, art. 371-1) or a guardian (art. 459). <paramref name="Person"/> is the Patient.id of his own space.</summary>
[GenerateSerializer]
public sealed record RepresentativeDeclared(ActorIdentifier Person, string Name, RepresentativeKind Kind, DateTimeOffset At, Actor By) : EntourageEvent(At, By);

/// <summary>The registry ends that power before its term (Code civil, art. 378 and following; judge's decision).</summary>
[GenerateSerializer]
public sealed record RepresentativeEnded(ActorIdentifier Person, DateTimeOffset At, Actor By) : EntourageEvent(At, By);

/// <summary>A member of the care team is known to the holder (CSP L1110-12, R1111-46).</summary>
[GenerateSerializer]
public sealed record CareTeamMemberAdded(Grantee Member, string Role, DateTimeOffset At, Actor By) : EntourageEvent(At, By);

/// <summary>No longer of the care team (CSP L1110-12).</summary>
[GenerateSerializer]
public sealed record CareTeamMemberRemoved(Grantee Member, DateTimeOffset At, Actor By) : EntourageEvent(At, By);

/// <summary>The one médecin traitant (CSS L162-5-3), in place of the one before.</summary>
[GenerateSerializer]
public sealed record MedecinTraitantDeclared(Grantee Doctor, DateTimeOffset At, Actor By) : EntourageEvent(At, By);

/// <summary>No médecin traitant any more (CSS L162-5-3).</summary>
[GenerateSerializer]
public sealed record MedecinTraitantEnded(Grantee Doctor, DateTimeOffset At, Actor By) : EntourageEvent(At, By);

/// <summary>A personne de confiance is named (CSP L1111-6). It gives no access to the record.</summary>
[GenerateSerializer]
public sealed record TrustedPersonNamed(string Name, string? Contact, DateTimeOffset At, Actor By) : EntourageEvent(At, By);

/// <summary>The naming is taken back (CSP L1111-6: revocable at any time).</summary>
[GenerateSerializer]
public sealed record TrustedPersonRemoved(string Name, DateTimeOffset At, Actor By) : EntourageEvent(At, By);
