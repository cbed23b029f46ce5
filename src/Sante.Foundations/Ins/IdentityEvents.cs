using System.Text.Json.Serialization;
using Sante.Kernel;

namespace Sante.Foundations.Identities;

/// <summary>What happened to one identity; kept sealed, in order, for ever. Names of the JSON members are stable.</summary>
[JsonDerivedType(typeof(IdentityCreated), "created")]
[JsonDerivedType(typeof(MatriculeGiven), "matricule-given")]
[JsonDerivedType(typeof(InsConfirmed), "ins-confirmed")]
[JsonDerivedType(typeof(DocumentSeen), "document-seen")]
[JsonDerivedType(typeof(AttributeChanged), "attribute-changed")]
[JsonDerivedType(typeof(TraitsCorrected), "traits-corrected")]
[JsonDerivedType(typeof(LocalLinked), "local-linked")]
[JsonDerivedType(typeof(LocalUnlinked), "local-unlinked")]
[JsonDerivedType(typeof(IdentityAbsorbed), "absorbed")]
[JsonDerivedType(typeof(IdentityMerged), "merged")]
public abstract record IdentityEvent(DateTimeOffset At, ActorIdentifier By);

/// <summary>Legal source: CSP L1111-8-1 (INS), declaration of birth or import. <paramref name="Name"/> is how people write it, <paramref name="Patient"/> the public id.</summary>
public sealed record IdentityCreated(StoredTraits Traits, string Name, string Patient, IReadOnlyList<string> Parents, bool ByBirth, DateTimeOffset At, ActorIdentifier By) : IdentityEvent(At, By);

/// <summary>A matricule was given; the former one, if any, goes to the history (NIA to NIR, change of sex).</summary>
public sealed record MatriculeGiven(StoredMatricule Matricule, DateTimeOffset At, ActorIdentifier By) : IdentityEvent(At, By);

/// <summary>The INSi teleservice, or the national base itself, gave or confirmed matricule and traits (RNIV: récupérée).</summary>
public sealed record InsConfirmed(DateTimeOffset At, ActorIdentifier By) : IdentityEvent(At, By);

/// <summary>A high-trust identity document was seen (RNIV: validée). PA passport, CN identity card, LE residence permit, AN birth certificate.</summary>
public sealed record DocumentSeen(string Document, DateTimeOffset At, ActorIdentifier By) : IdentityEvent(At, By);

/// <summary>Homonyme, douteux or fictif was set or ended (RNIV).</summary>
public sealed record AttributeChanged(IdentityAttributes Attribute, bool Holds, DateTimeOffset At, ActorIdentifier By) : IdentityEvent(At, By);

/// <summary>The civil status changed or was wrong.</summary>
public sealed record TraitsCorrected(StoredTraits Traits, DateTimeOffset At, ActorIdentifier By) : IdentityEvent(At, By);

/// <summary>An establishment tied its own number to this identity.</summary>
public sealed record LocalLinked(LocalIdentifier Local, DateTimeOffset At, ActorIdentifier By) : IdentityEvent(At, By);

/// <summary>It untied it.</summary>
public sealed record LocalUnlinked(LocalIdentifier Local, DateTimeOffset At, ActorIdentifier By) : IdentityEvent(At, By);

/// <summary>A duplicate was merged into this identity: its matricules become history of this one, its local identifiers this one's.</summary>
public sealed record IdentityAbsorbed(Guid Duplicate, IReadOnlyList<StoredMatricule> Matricules, IReadOnlyList<LocalIdentifier> Locals, DateTimeOffset At, ActorIdentifier By) : IdentityEvent(At, By);

/// <summary>This identity was a duplicate and leads to another now.</summary>
public sealed record IdentityMerged(Guid Survivor, DateTimeOffset At, ActorIdentifier By) : IdentityEvent(At, By);
