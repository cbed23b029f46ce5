using Sante.Kernel;

namespace Sante.Space;

/// <summary>
/// Facts about who sees a document, append-only; the document itself is never altered by them.
/// <c>DocumentId</c> is the logical id under <c>/fhir</c>, the same for all versions.
/// </summary>
[GenerateSerializer]
public abstract record VisibilityEvent(string DocumentId, DateTimeOffset At, Actor By) : SpaceEvent(At, By);

/// <summary>Hidden from professionals by the holder's side (CSP R1111-49; MASQUE_PS of TRE_A07).</summary>
[GenerateSerializer]
public sealed record DocumentHidden(string DocumentId, DateTimeOffset At, Actor By) : VisibilityEvent(DocumentId, At, By);

/// <summary>Shown to professionals again (CSP R1111-49: the decision may be changed at any time).</summary>
[GenerateSerializer]
public sealed record DocumentShown(string DocumentId, DateTimeOffset At, Actor By) : VisibilityEvent(DocumentId, At, By);

/// <summary>Fed with restrictive labels by its author (TRE_A07; CSP R1111-49, R1111-53).</summary>
[GenerateSerializer]
public sealed record DocumentLabelled(string DocumentId, Labels Labels, DateTimeOffset At, Actor By) : VisibilityEvent(DocumentId, At, By);

/// <summary>Two weeks have passed: the patient is invited to see a professional about it (CSP R1111-53).</summary>
[GenerateSerializer]
public sealed record PatientInvited(string DocumentId, DateTimeOffset At, Actor By) : VisibilityEvent(DocumentId, At, By);

/// <summary>Visible to the patient: told by a professional, or by itself after a month (CSP R1111-53).</summary>
[GenerateSerializer]
public sealed record RevealedToPatient(string DocumentId, bool Automatic, DateTimeOffset At, Actor By) : VisibilityEvent(DocumentId, At, By);

/// <summary>Visible to the legal representatives, for good (DMP EX_3.3-1045).</summary>
[GenerateSerializer]
public sealed record RevealedToRepresentatives(string DocumentId, DateTimeOffset At, Actor By) : VisibilityEvent(DocumentId, At, By);
