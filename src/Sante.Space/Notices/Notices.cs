using Sante.Kernel;

namespace Sante.Space;

/// <summary>One in-space notice to one person. <paramref name="Kind"/> is stable and kebab-case; <paramref name="Text"/> is French and names no content.</summary>
[GenerateSerializer]
public sealed record Notice(ActorIdentifier To, string Kind, string Text)
{
    public override string ToString() => $"Notice {Kind}";
}

/// <summary>
/// Who is told what after a fact, as data: the outbox carries it in the fact's own transaction. Pure.
/// Both representatives of a minor hear of each act of either (issue 2); holder, representatives and médecin traitant of an emergency
/// (CSP R1111-48). What is a minor's secret is told to no representative: what concerns such a document goes to the holder alone.
/// </summary>
public static class Notices
{
    /// <summary>Kinds that tell of one document: those that may be of a minor's secret.</summary>
    public static IReadOnlyCollection<string> OfDocuments { get; } = ["patient-invited", "document-revealed"];

    /// <summary>Notices of a fact. <paramref name="after"/> is the state that contains it.</summary>
    public static IReadOnlyList<Notice> Of(AccessState after, SpaceEvent happened)
    {
        var name = after.Account.HolderName;
        var by = happened.By.Name;
        return happened switch
        {
            OpeningLetterSent => HolderSide(after, happened, "opening-announced",
                $"L'espace santé de {name} s'ouvrira le {TraceFrench.Date(CivilDate.At(after.Account.OpensAt!.Value))}, sauf refus de votre part d'ici là."),
            AccountOpened or AccountReopened => HolderSide(after, happened, "account-opened", $"L'espace santé de {name} est ouvert."),
            OpeningRefused => HolderSide(after, happened, "opening-refused", $"{by} a refusé l'ouverture de l'espace santé de {name}."),
            AccountClosed => HolderSide(after, happened, "account-closed", $"{by} a fermé l'espace santé de {name}."),
            MajorityReached => [new(after.Account.Holder!, "majority-reached", "Vous êtes majeur : vous seul décidez maintenant de votre espace santé.")],
            ConsentEvent or CareTeamMemberAdded or CareTeamMemberRemoved or MedecinTraitantDeclared or MedecinTraitantEnded
                or EmergencyOppositionSet or PairingEvent => HolderSide(after, happened, SpaceJson.EventNames[happened.GetType()],
                    $"Espace santé de {name} : {by} a {TraceActs.Phrase(SpaceJson.EventNames[happened.GetType()], TraceActs.AboutOf(happened))}."),
            GlassBroken broken => Emergency(after, broken),
            PatientInvited invited => AboutDocument(after, invited, "patient-invited",
                "Un professionnel souhaite vous parler d'un document de ce dossier : prenez rendez-vous avec votre médecin."),
            RevealedToPatient revealed => AboutDocument(after, revealed, "document-revealed", "Un document de ce dossier vous est maintenant visible."),
            AccountBegun or DeathRecorded or EntourageEvent or EmergencyEvent or VisibilityEvent or AgendaEvent => [],
            _ => throw new ArgumentOutOfRangeException(nameof(happened), happened.GetType().Name, null),
        };
    }

    /// <summary>Notices of an access in mode centre 15, which no fact precedes; empty for any other line.</summary>
    public static IReadOnlyList<Notice> Of(AccessState state, TraceLine line, DateTimeOffset at) =>
        line is { Rule: "acc-centre-15", Allowed: true }
            ? ToEmergencyCircle(state, at, "emergency-centre-15",
                $"Le SAMU ({line.Who.Name}) a consulté le dossier de {state.Account.HolderName} le {TraceFrench.Moment(at)}.")
            : [];

    private static IReadOnlyList<Notice> Emergency(AccessState state, GlassBroken broken)
    {
        var where = broken.By.Structure is { } structure ? $" ({structure.Name})" : "";
        return ToEmergencyCircle(state, broken.At, "emergency-begun",
            $"{broken.By.Name}{where} a ouvert le dossier de {state.Account.HolderName} en urgence (bris de glace) le {TraceFrench.Moment(broken.At)}, "
            + $"lieu : {broken.Place}, motif : « {broken.Reason} ». Cet accès prend fin le {TraceFrench.Moment(broken.At + Emergencies.Duration)}.");
    }

    private static IReadOnlyList<Notice> ToEmergencyCircle(AccessState state, DateTimeOffset at, string kind, string text)
    {
        IEnumerable<ActorIdentifier> people = HolderAndRepresentatives(state, at);
        return [.. (state.Entourage.MedecinTraitant is { } doctor ? people.Append(doctor.Member.Identifier) : people).Select(to => new Notice(to, kind, text))];
    }

    private static IReadOnlyList<Notice> AboutDocument(AccessState state, VisibilityEvent happened, string kind, string text) =>
        state.Visibility.Of(happened.DocumentId).HiddenFromRepresentatives
            ? [new(state.Account.Holder!, kind, text)]
            : HolderSide(state, happened, kind, text);

    private static IReadOnlyList<Notice> HolderSide(AccessState state, SpaceEvent happened, string kind, string text) =>
        [.. HolderAndRepresentatives(state, happened.At).Select(to => new Notice(to, kind, text))];

    private static IEnumerable<ActorIdentifier> HolderAndRepresentatives(AccessState state, DateTimeOffset at) =>
        state.RepresentativesAt(at).Select(r => r.Person).Prepend(state.Account.Holder!);
}
