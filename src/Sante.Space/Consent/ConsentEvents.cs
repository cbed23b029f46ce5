using Sante.Kernel;

namespace Sante.Space;

/// <summary>Facts of consent, append-only.</summary>
[GenerateSerializer]
public abstract record ConsentEvent(DateTimeOffset At, Actor By) : SpaceEvent(At, By);

/// <summary>The holder or a representative lets an actor in, in place of what was granted before (CSP L1111-13-1, R1111-46). Civil dates of Paris, both included.</summary>
[GenerateSerializer]
public sealed record ConsentGranted(
    Guid ConsentId, Grantee Grantee, Categories Read, Categories Write, Purposes Purposes, DateOnly FromOn, DateOnly? UntilOn,
    DateTimeOffset At, Actor By) : ConsentEvent(At, By);

/// <summary>The same consent, with less in it (GDPR art. 7(3): withdrawn as easily as given, here in part).</summary>
[GenerateSerializer]
public sealed record ConsentNarrowed(
    Guid ConsentId, Grantee Grantee, Categories Read, Categories Write, Purposes Purposes, DateOnly? UntilOn,
    DateTimeOffset At, Actor By) : ConsentEvent(At, By);

/// <summary>Withdrawn (GDPR art. 7(3); CSP L1111-19). Without a consent before it, it is the objection of R1111-46 to a member of the care team.</summary>
[GenerateSerializer]
public sealed record ConsentRevoked(Guid? ConsentId, Grantee Grantee, DateTimeOffset At, Actor By) : ConsentEvent(At, By);

/// <summary>The last day of the consent is over; noted by the platform, decided by the date itself.</summary>
[GenerateSerializer]
public sealed record ConsentExpired(Guid ConsentId, Grantee Grantee, DateTimeOffset At, Actor By) : ConsentEvent(At, By);

/// <summary>Refused in every mode, emergency included, until unblocked (DMP rules; CSP L1111-19: the holder may modify the list at any time).</summary>
[GenerateSerializer]
public sealed record ActorBlocked(Grantee Grantee, DateTimeOffset At, Actor By) : ConsentEvent(At, By);

/// <summary>The block is lifted; nothing is granted by it (CSP L1111-19).</summary>
[GenerateSerializer]
public sealed record ActorUnblocked(Grantee Grantee, DateTimeOffset At, Actor By) : ConsentEvent(At, By);
