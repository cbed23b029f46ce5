using System.Collections.Immutable;
using Sante.Kernel;

namespace Sante.Space;

/// <summary>Restrictive confidentiality labels: TRE_A07 (OID 1.2.250.1.213.1.1.4.13), beside N, R and V, which restrict nothing here.</summary>
[Flags]
[GenerateSerializer]
public enum Labels
{
    None = 0,
    /// <summary>MASQUE_PS: hidden from professionals but its author and the médecin traitant.</summary>
    MasquePs = 1,
    /// <summary>INVISIBLE_PATIENT: not yet told to the patient.</summary>
    InvisiblePatient = 2,
    /// <summary>INVISIBLE_REPRESENTANTS_LEGAUX: a minor's secret.</summary>
    InvisibleRepresentantsLegaux = 4,
}

/// <summary>Who does not see one document. <paramref name="HiddenFromPatientAt"/> is when it was fed invisible to the patient.</summary>
[GenerateSerializer]
public sealed record DocumentVisibility(
    string DocumentId, bool HiddenFromProfessionals, DateTimeOffset? HiddenFromPatientAt, bool Invited, bool RevealedToPatient,
    bool HiddenFromRepresentatives, bool RevealedToRepresentatives)
{
    /// <summary>Invisible to the patient at that instant: by itself no longer after a month (CSP R1111-53), whether or not the due work has run.</summary>
    public bool IsHiddenFromPatientAt(DateTimeOffset now) => HiddenFromPatientAt is { } since && now < Visibilities.RevealAt(since);

    public override string ToString() => $"Visibility {DocumentId}";
}

/// <summary>Documents that are or were restricted, by logical id. A document that is not here is visible to all.</summary>
[GenerateSerializer]
public sealed record VisibilityState(ImmutableDictionary<string, DocumentVisibility> Documents)
{
    public static VisibilityState Zero { get; } = new(ImmutableDictionary<string, DocumentVisibility>.Empty);

    public DocumentVisibility Of(string documentId) =>
        Documents.GetValueOrDefault(documentId) ?? new DocumentVisibility(documentId, false, null, false, false, false, false);

    public override string ToString() => $"Visibilities {Documents.Count}";
}

/// <summary>An act on who sees a document. That it exists, and that <paramref name="By"/> may, are decided before.</summary>
[GenerateSerializer]
public abstract record VisibilityCommand(string DocumentId, Actor By)
{
    public sealed override string ToString() => GetType().Name;
}

/// <summary>The holder's side hides it from professionals.</summary>
[GenerateSerializer]
public sealed record HideDocument(string DocumentId, Actor By) : VisibilityCommand(DocumentId, By);

/// <summary>The holder's side shows it to professionals again.</summary>
[GenerateSerializer]
public sealed record ShowDocument(string DocumentId, Actor By) : VisibilityCommand(DocumentId, By);

/// <summary>At feeding, in the same write as the document. No label, no event: such a feed leaves the access version alone.</summary>
[GenerateSerializer]
public sealed record LabelDocument(string DocumentId, Labels Labels, Actor By) : VisibilityCommand(DocumentId, By);

/// <summary>A professional has told the patient.</summary>
[GenerateSerializer]
public sealed record RevealToPatient(string DocumentId, Actor By) : VisibilityCommand(DocumentId, By);

/// <summary>Due work after two weeks: invites the patient to see a professional, once.</summary>
[GenerateSerializer]
public sealed record InvitePatientWhenDue(string DocumentId, Actor By) : VisibilityCommand(DocumentId, By);

/// <summary>Due work after a month: visible by itself.</summary>
[GenerateSerializer]
public sealed record RevealToPatientWhenDue(string DocumentId, Actor By) : VisibilityCommand(DocumentId, By);

/// <summary>The minor or a professional shows it to the legal representatives. Cannot be undone.</summary>
[GenerateSerializer]
public sealed record RevealToRepresentatives(string DocumentId, Actor By) : VisibilityCommand(DocumentId, By);

/// <summary>
/// Who sees which document. Pure; never alters the document. Each act twice changes nothing.
/// Refusal codes: labels-incompatible, visibility-irreversible, not-found.
/// </summary>
public static class Visibilities
{
    /// <summary>Days until the patient is invited to see a professional: CSP R1111-53, two weeks.</summary>
    public const int InviteDays = 14;

    /// <summary>Months until the document shows by itself: CSP R1111-53.</summary>
    public const int RevealMonths = 1;

    /// <summary>When the two weeks are over; the first day does not count, the last counts whole.</summary>
    public static DateTimeOffset InviteAt(DateTimeOffset fedAt) => CivilDate.EndOf(CivilDate.At(fedAt).AddDays(InviteDays));

    /// <summary>When the month is over; the last day counts whole.</summary>
    public static DateTimeOffset RevealAt(DateTimeOffset fedAt) => CivilDate.EndOf(CivilDate.At(fedAt).AddMonths(RevealMonths));

    public static Outcome<IReadOnlyList<SpaceEvent>> Decide(VisibilityState state, VisibilityCommand command, DateTimeOffset now)
    {
        var present = state.Of(command.DocumentId);
        return command switch
        {
            // What the holder's side cannot see yet, it cannot hide either: the answer is that of an id that does not exist.
            HideDocument or ShowDocument or RevealToRepresentatives or RevealToPatient when IsUnseenBy(command.By, present, now) => DocumentRefusals.Unknown,
            HideDocument c => If(!present.HiddenFromProfessionals, new DocumentHidden(c.DocumentId, now, c.By)),
            ShowDocument c => If(present.HiddenFromProfessionals, new DocumentShown(c.DocumentId, now, c.By)),
            LabelDocument c => Label(present, c, now),
            RevealToPatient c => If(present.HiddenFromPatientAt is not null, new RevealedToPatient(c.DocumentId, false, now, c.By)),
            InvitePatientWhenDue c => If(present is { HiddenFromPatientAt: { } since, Invited: false } && now >= InviteAt(since),
                new PatientInvited(c.DocumentId, now, c.By)),
            RevealToPatientWhenDue c => If(present.HiddenFromPatientAt is { } since && now >= RevealAt(since),
                new RevealedToPatient(c.DocumentId, true, now, c.By)),
            RevealToRepresentatives c => If(present.HiddenFromRepresentatives, new RevealedToRepresentatives(c.DocumentId, now, c.By)),
            _ => throw new ArgumentOutOfRangeException(nameof(command), command.GetType().Name, null),
        };
    }

    public static VisibilityState Evolve(VisibilityState state, VisibilityEvent happened)
    {
        var present = state.Of(happened.DocumentId);
        return state with
        {
            Documents = state.Documents.SetItem(happened.DocumentId, happened switch
            {
                DocumentHidden => present with { HiddenFromProfessionals = true },
                DocumentShown => present with { HiddenFromProfessionals = false },
                DocumentLabelled labelled => present with
                {
                    HiddenFromProfessionals = present.HiddenFromProfessionals || labelled.Labels.HasFlag(Labels.MasquePs),
                    HiddenFromPatientAt = labelled.Labels.HasFlag(Labels.InvisiblePatient) ? labelled.At : present.HiddenFromPatientAt,
                    HiddenFromRepresentatives = present.HiddenFromRepresentatives || labelled.Labels.HasFlag(Labels.InvisibleRepresentantsLegaux),
                },
                PatientInvited => present with { Invited = true },
                RevealedToPatient => present with { HiddenFromPatientAt = null, RevealedToPatient = true },
                RevealedToRepresentatives => present with { HiddenFromRepresentatives = false, RevealedToRepresentatives = true },
                _ => throw new ArgumentOutOfRangeException(nameof(happened), happened.GetType().Name, null),
            }),
        };
    }

    private static Outcome<IReadOnlyList<SpaceEvent>> Label(DocumentVisibility present, LabelDocument label, DateTimeOffset now)
    {
        var together = label.Labels
            | (present.HiddenFromProfessionals ? Labels.MasquePs : Labels.None)
            | (present.IsHiddenFromPatientAt(now) ? Labels.InvisiblePatient : Labels.None);
        if (Incompatible(together) is { } wrong)
        {
            return wrong;
        }

        if ((label.Labels.HasFlag(Labels.InvisibleRepresentantsLegaux) && present.RevealedToRepresentatives)
            || (label.Labels.HasFlag(Labels.InvisiblePatient) && present.RevealedToPatient))
        {
            return Refusals.Irreversible;
        }

        var isNew = (label.Labels.HasFlag(Labels.MasquePs) && !present.HiddenFromProfessionals)
            || (label.Labels.HasFlag(Labels.InvisiblePatient) && present.HiddenFromPatientAt is null)
            || (label.Labels.HasFlag(Labels.InvisibleRepresentantsLegaux) && !present.HiddenFromRepresentatives);
        return If(isNew, new DocumentLabelled(label.DocumentId, label.Labels, now, label.By));
    }

    /// <summary>MASQUE_PS and INVISIBLE_PATIENT together would hide it from everyone: refused (DMP EX_2.1-1050). Needs no state.</summary>
    public static Refusal? Incompatible(Labels labels) =>
        labels.HasFlag(Labels.MasquePs | Labels.InvisiblePatient) ? Refusals.Incompatible : null;

    private static bool IsUnseenBy(Actor by, DocumentVisibility present, DateTimeOffset now) => by.Kind switch
    {
        ActorKind.Citizen => present.IsHiddenFromPatientAt(now),
        ActorKind.Delegate => present.IsHiddenFromPatientAt(now) || present.HiddenFromRepresentatives,
        _ => false,
    };

    private static Outcome<IReadOnlyList<SpaceEvent>> If(bool isNew, SpaceEvent happened) => isNew ? Decided.Events(happened) : Decided.Nothing;

    private static class Refusals
    {
        public static readonly Refusal Incompatible = new("labels-incompatible", RefusalKind.Invalid, "Un document ne peut pas être à la fois masqué aux professionnels et invisible au patient.");
        public static readonly Refusal Irreversible = new("visibility-irreversible", RefusalKind.Conflict, "Ce document a déjà été montré : cela ne peut pas être repris.");
    }
}

/// <summary>Not there, not of this space, or not visible: never told apart.</summary>
public static class DocumentRefusals
{
    public static Refusal Unknown { get; } = new("not-found", RefusalKind.Unknown, "Document inconnu.");
}
