using Sante.Kernel;

namespace Sante.Space;

/// <summary>French words of the acts on a space, for lines and sentences. Exhaustive by test. Pure.</summary>
internal static class TraceActs
{
    /// <summary>What follows "X a": past participle and complement; {0} is whom or what it is about.</summary>
    private static readonly Dictionary<string, string> Phrases = new(StringComparer.Ordinal)
    {
        ["account-begun"] = "créé l'espace",
        ["opening-letter-sent"] = "envoyé la lettre qui annonce l'ouverture de l'espace",
        ["opening-refused"] = "refusé l'ouverture de l'espace",
        ["account-opened"] = "ouvert l'espace",
        ["account-closed"] = "fermé l'espace",
        ["account-reopened"] = "rouvert l'espace",
        ["majority-reached"] = "pris acte de la majorité du titulaire : ses parents n'agissent plus pour lui",
        ["death-recorded"] = "pris acte du décès du titulaire",
        ["consent-granted"] = "autorisé {0}",
        ["consent-narrowed"] = "restreint l'accord donné à {0}",
        ["consent-revoked"] = "retiré son accord à {0}",
        ["consent-expired"] = "constaté la fin de l'accord donné à {0}",
        ["actor-blocked"] = "bloqué {0}",
        ["actor-unblocked"] = "débloqué {0}",
        ["representative-declared"] = "inscrit {0} comme représentant légal",
        ["representative-ended"] = "mis fin aux pouvoirs d'un représentant légal",
        ["care-team-member-added"] = "ajouté {0} à l'équipe de soins",
        ["care-team-member-removed"] = "retiré {0} de l'équipe de soins",
        ["medecin-traitant-declared"] = "déclaré {0} comme médecin traitant",
        ["medecin-traitant-ended"] = "mis fin à la déclaration de {0} comme médecin traitant",
        ["trusted-person-named"] = "désigné {0} comme personne de confiance",
        ["trusted-person-removed"] = "retiré {0} des personnes de confiance",
        ["emergency-opposition-set"] = "changé les oppositions à l'accès en urgence ({0})",
        ["glass-broken"] = "ouvert un accès en urgence (bris de glace)",
        ["emergency-closed"] = "mis fin à l'accès en urgence de {0}",
        ["emergency-expired"] = "constaté la fin de l'accès en urgence de {0}",
        ["document-hidden"] = "masqué un document aux professionnels",
        ["document-shown"] = "rendu un document visible aux professionnels",
        ["document-labelled"] = "déposé un document à visibilité restreinte",
        ["patient-invited"] = "proposé un rendez-vous au sujet d'un document",
        ["revealed-to-patient"] = "rendu un document visible au titulaire",
        ["revealed-to-representatives"] = "rendu un document visible aux représentants légaux",
        ["paired"] = "relié l'application {0} à l'espace",
        ["unpaired"] = "coupé le lien avec l'application {0}",
        ["appointment-pushed"] = "transmis un rendez-vous",
        ["appointment-status-changed"] = "changé l'état d'un rendez-vous",
        // Acts of the INS registry, which are no events of the space.
        ["local-identifier-linked"] = "rattaché son numéro de dossier à l'identité de santé",
        ["identity-merged"] = "rapproché une identité de santé enregistrée en double",
    };

    /// <summary>The facts that have a phrase.</summary>
    public static IEnumerable<string> Known => Phrases.Keys;

    public static string Phrase(string fact, string? about) =>
        Phrases[fact].Replace("{0}", about, StringComparison.Ordinal);

    /// <summary>Whom or what a fact is about, as shown to people; null when the phrase needs none.</summary>
    public static string? AboutOf(SpaceEvent happened) => happened switch
    {
        ConsentGranted e => $"{e.Grantee.Name} ({TraceFrench.Rights(e.Read, e.Write)}{Until(e.UntilOn)})",
        ConsentNarrowed e => $"{e.Grantee.Name} ({TraceFrench.Rights(e.Read, e.Write)}{Until(e.UntilOn)})",
        ConsentRevoked e => e.Grantee.Name,
        ConsentExpired e => e.Grantee.Name,
        ActorBlocked e => e.Grantee.Name,
        ActorUnblocked e => e.Grantee.Name,
        RepresentativeDeclared e => e.Name,
        CareTeamMemberAdded e => e.Member.Name,
        CareTeamMemberRemoved e => e.Member.Name,
        MedecinTraitantDeclared e => e.Doctor.Name,
        MedecinTraitantEnded e => e.Doctor.Name,
        TrustedPersonNamed e => e.Name,
        TrustedPersonRemoved e => e.Name,
        EmergencyOppositionSet e => Oppositions(e),
        EmergencyClosed e => e.Professional.Name,
        EmergencyExpired e => e.Professional.Name,
        Paired e => $"« {e.Editor.Name} » ({TraceFrench.Rights(e.Read, e.Write)})",
        Unpaired e => $"« {e.Editor.Name} »",
        AccountEvent or RepresentativeEnded or GlassBroken or VisibilityEvent or AgendaEvent => null,
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened.GetType().Name, null),
    };

    private static string Until(DateOnly? until) => until is { } on ? $", jusqu'au {TraceFrench.Date(on)}" : "";

    private static string Oppositions(EmergencyOppositionSet e) => (e.OpposesBrisDeGlace, e.OpposesCentre15) switch
    {
        (true, true) => "opposition au bris de glace et au SAMU",
        (true, false) => "opposition au bris de glace",
        (false, true) => "opposition au SAMU",
        _ => "aucune opposition",
    };
}
