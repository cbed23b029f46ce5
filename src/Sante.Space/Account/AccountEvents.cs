using Sante.Kernel;

namespace Sante.Space;

/// <summary>Facts of the life of a space, append-only.</summary>
[GenerateSerializer]
public abstract record AccountEvent(DateTimeOffset At, Actor By) : SpaceEvent(At, By);

/// <summary>The space begins with the identity, pending (CSP L1111-13-1; house idea 1). <paramref name="Holder"/> is the Patient.id.</summary>
[GenerateSerializer]
public sealed record AccountBegun(ActorIdentifier Holder, string HolderName, DateOnly BirthOn, DateTimeOffset At, Actor By) : AccountEvent(At, By);

/// <summary>The letter that opens the six weeks to refuse went to the holder or the legal representatives (CSP R1111-28).</summary>
[GenerateSerializer]
public sealed record OpeningLetterSent(DateTimeOffset At, Actor By) : AccountEvent(At, By);

/// <summary>The holder or a legal representative opposed the opening (CSP L1111-13-1, R1111-28).</summary>
[GenerateSerializer]
public sealed record OpeningRefused(DateTimeOffset At, Actor By) : AccountEvent(At, By);

/// <summary>The space opened, and with it the DMP (CSP R1111-40). <paramref name="Automatic"/>: by itself after the delay.</summary>
[GenerateSerializer]
public sealed record AccountOpened(bool Automatic, DateTimeOffset At, Actor By) : AccountEvent(At, By);

/// <summary>Closed at the holder's or a representative's wish; the content is kept ten years (CSP L1111-18).</summary>
[GenerateSerializer]
public sealed record AccountClosed(DateTimeOffset At, Actor By) : AccountEvent(At, By);

/// <summary>Opened again before the end of the ten years (CSP L1111-18).</summary>
[GenerateSerializer]
public sealed record AccountReopened(DateTimeOffset At, Actor By) : AccountEvent(At, By);

/// <summary>The holder came of age: parental authority ends (Code civil, art. 371-1 and 414).</summary>
[GenerateSerializer]
public sealed record MajorityReached(DateTimeOffset At, Actor By) : AccountEvent(At, By);

/// <summary>The holder died on that civil date, as told by the civil registry; the space is kept and closed to all (CSP L1111-18).</summary>
[GenerateSerializer]
public sealed record DeathRecorded(DateOnly DiedOn, DateTimeOffset At, Actor By) : AccountEvent(At, By);
