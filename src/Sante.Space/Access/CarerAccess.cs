using Sante.Kernel;

namespace Sante.Space;

/// <summary>The order of the law for professionals, named staff and systems of structures. Part of <see cref="Access"/>. Pure.</summary>
internal static class CarerAccess
{
    private const Categories OpenedByCareTeam = Categories.Booklet | Categories.Documents | Categories.Measures | Categories.Prescriptions;

    /// <summary>By what right a carer enters: the rule, the sentence, the consent, the end, and what exceptions come with it.</summary>
    private sealed record Basis(string Rule, string Reason, ConsentReference? Consent, DateTimeOffset? Until, bool SeesHidden = false, bool OnlyOwn = false);

    public static AccessDecision Decide(AccessState state, AccessRequest request)
    {
        var isFeed = request.Action is AccessAction.Feed or AccessAction.Amend or AccessAction.Delete;
        // 1. The space exists and is open. Feeders are told so (DMP TD0.2), readers are not.
        if (state.Account.Status != AccountStatus.Open)
        {
            return Access.Refuse("acc-not-open", "L'espace n'était pas ouvert.", Capacity.Carer,
                isFeed ? AccessRefusals.SpaceNotOpen : AccessRefusals.NotAuthorised);
        }

        if (isFeed)
        {
            return Feed(request);
        }

        // Leaving only narrows: even a blocked professional may.
        if (request.Action == AccessAction.LeaveEmergency)
        {
            return Leave(state, request);
        }

        // 2. Not blocked, in every mode.
        if (state.Consent.Blocks(request.Actor))
        {
            return Refuse("acc-blocked", "Vous l'avez bloqué.");
        }

        if (request.Action is AccessAction.Govern or AccessAction.ReadTrace)
        {
            return Refuse("acc-holder-only", "Ces actes sont réservés au titulaire et à ses représentants.");
        }

        // 3. The mode.
        var (basis, refusal) = request.Action == AccessAction.BreakGlass ? BeginEmergency(state, request) : Enter(state, request);
        if (basis is null)
        {
            return refusal!;
        }

        // 4. Profession × document type. 5. Visibility.
        return Filter(state, request, basis);
    }

    private static AccessDecision Feed(AccessRequest request) =>
        request.Actor.Identifier.Value.Length == 0
            ? Access.Refuse("acc-no-author", "Le dépôt n'avait pas d'auteur identifié.", Capacity.Carer, AccessRefusals.AuthorMissing)
            : Access.Allow("acc-feed", "Le dépôt dans votre dossier ne demande pas d'accord (CSP R1111-47).", Capacity.Carer, null, null,
                Own(request.Actor, TypeFilter.None, new HashSet<string>(), onlyOwn: true));

    private static AccessDecision Leave(AccessState state, AccessRequest request) =>
        state.Emergency.ActiveOf(request.Actor.Identifier, request.Now) is null
            ? Refuse("acc-emergency-not-begun", "Il n'avait pas ouvert d'accès en urgence, ou celui-ci était fini.")
            : Access.Allow("acc-emergency", "Fin de l'accès en urgence.", Capacity.Carer, null, null, VisibilityFilter.Nothing);

    private static (Basis?, AccessDecision?) BeginEmergency(AccessState state, AccessRequest request) =>
        state.Emergency.OpposesBrisDeGlace ? (null, Refuse("acc-emergency-opposed", "Vous vous êtes opposé d'avance à l'accès en urgence."))
        : !IsHealthProfessional(request.Actor) ? (null, Refuse("acc-emergency-profession", "L'accès en urgence est réservé aux professionnels de santé."))
        : (new Basis("acc-emergency", "Accès en urgence (bris de glace).", null, request.Now + Emergencies.Duration), null);

    private static (Basis?, AccessDecision?) Enter(AccessState state, AccessRequest request) => request.Mode switch
    {
        AccessMode.Normal => Normal(state, request),
        AccessMode.BrisDeGlace => BrisDeGlace(state, request),
        AccessMode.Centre15 => Centre15(state, request),
        _ => throw new ArgumentOutOfRangeException(nameof(request), request.Mode, null),
    };

    private static (Basis?, AccessDecision?) Normal(AccessState state, AccessRequest request)
    {
        var actor = request.Actor;
        var personal = state.Consent.Of(actor.Identifier);
        var ofStructure = actor.Structure is { } structure ? state.Consent.Of(structure.Identifier) : null;
        var isMedecinTraitant = state.Entourage.IsMedecinTraitant(actor);

        // The act about the person itself is the last word about it; without one, the care team, then the act about its structure.
        var member = MemberAfter(state, actor, personal);
        if (member is null && personal is null)
        {
            member = MemberOfStructure(state, actor, ofStructure);
        }

        if (member is not null && IsOpenedByCareTeam(request))
        {
            return isMedecinTraitant && member == state.Entourage.MedecinTraitant
                ? (new Basis("acc-medecin-traitant", "C'est votre médecin traitant.", null, null, SeesHidden: true), null)
                : (new Basis("acc-care-team", "Il fait partie de votre équipe de soins.", null, null), null);
        }

        var isOverSince = personal?.IsOverAt(request.Now) == true && personal.End is null or ConsentEnd.Expired && ofStructure?.LastActAt > personal.LastActAt;
        var consent = personal is null || isOverSince ? ofStructure : personal;
        if (Access.Lack(consent, request, isWrite: false) is not { } lack)
        {
            return (new Basis("acc-consent", "Avec votre accord.", Access.ReferenceTo(consent), consent!.EndsAt, SeesHidden: isMedecinTraitant), null);
        }

        // Whoever fed something may read it again, and nothing else, unless an authorisation was withdrawn or ran out: that always bites.
        return request.IsDepositor && (consent is null || consent.IsActiveAt(request.Now))
            ? (new Basis("acc-own-deposit", "Il relit ce qu'il a lui-même déposé.", null, null, OnlyOwn: true), null)
            : (null, Access.Refuse(lack.Rule, lack.Reason, Capacity.Carer, AccessRefusals.NotAuthorised, Access.ReferenceTo(consent)));
    }

    private static (Basis?, AccessDecision?) BrisDeGlace(AccessState state, AccessRequest request) =>
        state.Emergency.OpposesBrisDeGlace ? (null, Refuse("acc-emergency-opposed", "Vous vous êtes opposé d'avance à l'accès en urgence."))
        : !IsHealthProfessional(request.Actor) ? (null, Refuse("acc-emergency-profession", "L'accès en urgence est réservé aux professionnels de santé."))
        : state.Emergency.ActiveOf(request.Actor.Identifier, request.Now) is not { } emergency
            ? (null, Refuse("acc-emergency-not-begun", "Il n'avait pas ouvert d'accès en urgence, ou celui-ci était fini."))
        : !IsOpenedByCareTeam(request) ? (null, Refuse("acc-emergency-scope", "L'accès en urgence n'ouvre pas cela."))
        : (new Basis("acc-emergency", "Accès en urgence (bris de glace).", null, emergency.EndsAt), null);

    private static (Basis?, AccessDecision?) Centre15(AccessState state, AccessRequest request) =>
        request.Actor is not { Kind: ActorKind.Professional, Situation.MedicalRegulation: true }
            ? (null, Refuse("acc-centre-15-not-regulator", "Ce mode est réservé aux médecins régulateurs du SAMU."))
        : state.Emergency.OpposesCentre15 ? (null, Refuse("acc-centre-15-opposed", "Vous vous êtes opposé d'avance à l'accès du SAMU."))
        : !IsOpenedByCareTeam(request) ? (null, Refuse("acc-emergency-scope", "L'accès en urgence n'ouvre pas cela."))
        : (new Basis("acc-centre-15", "Accès du médecin régulateur du SAMU (centre 15).", null, null), null);

    private static AccessDecision Filter(AccessState state, AccessRequest request, Basis basis)
    {
        var types = basis.OnlyOwn ? TypeFilter.None : HabilitationMatrix.Current.TypesFor(request.Actor.Situation?.Profession);
        var asksDocuments = request.Categories.HasFlag(Categories.Documents) && request.Action != AccessAction.BreakGlass;
        var isOutOfMatrix = asksDocuments && !basis.OnlyOwn
            && (types.IsEmpty || (request.TypeCodes.Count > 0 && !request.TypeCodes.Any(types.Allows)));
        if (isOutOfMatrix && !request.IsDepositor)
        {
            return Refuse("acc-matrix", "Sa profession n'a pas accès à ce type de document.") with { Consent = basis.Consent };
        }

        HashSet<string> hidden = basis.SeesHidden
            ? []
            : [.. state.Visibility.Documents.Values.Where(d => d.HiddenFromProfessionals).Select(d => d.DocumentId)];
        return Access.Allow(basis.Rule, basis.Reason, Capacity.Carer, basis.Consent, basis.Until, Own(request.Actor, types, hidden, basis.OnlyOwn));
    }

    private static VisibilityFilter Own(Actor actor, TypeFilter types, IReadOnlySet<string> hidden, bool onlyOwn) =>
        new(onlyOwn, actor.Structure is { } structure ? [actor.Identifier, structure.Identifier] : [actor.Identifier], types, hidden);

    /// <summary>Deemed authorised as a member (R1111-46), unless the holder's side said something of him since; its own later addition is such a word too.</summary>
    private static CareTeamMember? MemberAfter(AccessState state, Actor actor, Consent? act)
    {
        var listed = state.Entourage.CareTeam.GetValueOrDefault(Grantee.KeyOf(actor.Identifier));
        return state.Entourage.IsMedecinTraitant(actor) && IsLastWord(state.Entourage.MedecinTraitant!, act) ? state.Entourage.MedecinTraitant
            : listed is not null && IsLastWord(listed, act) ? listed
            : null;
    }

    private static CareTeamMember? MemberOfStructure(AccessState state, Actor actor, Consent? act) =>
        actor.Structure is { } structure
        && state.Entourage.CareTeam.GetValueOrDefault(Grantee.KeyOf(structure.Identifier)) is { } member && IsLastWord(member, act)
            ? member : null;

    private static bool IsLastWord(CareTeamMember member, Consent? act) => act is null || (member.ByHolderSide && member.AddedAt > act.LastActAt);

    private static bool IsOpenedByCareTeam(AccessRequest request) =>
        request.Categories != Categories.None && (request.Categories & ~OpenedByCareTeam) == Categories.None && Access.IsOnePurpose(request.Purpose);

    private static bool IsHealthProfessional(Actor actor) =>
        actor is { Kind: ActorKind.Professional, Situation: { } situation } && HabilitationMatrix.Current.Knows(situation.Profession);

    private static AccessDecision Refuse(string rule, string reason) =>
        Access.Refuse(rule, reason, Capacity.Carer, AccessRefusals.NotAuthorised);
}
