using Sante.Kernel;

namespace Sante.Space;

/// <summary>
/// Who may see what, in the order of the law: open, not blocked (in every mode), mode (normal needs an authorisation, bris de glace and centre 15 have
/// their own conditions), profession × document type, visibility (facts of CSP L1111-17, R1111-46 to R1111-53; DMP 2.10.0). Pure.
/// Every answer names its rule; a carer or an app that is refused hears one code only, <c>access-not-authorised</c>.
/// Feeding needs an open space and an identified author, no authorisation (CSP R1111-47).
/// </summary>
public static class Access
{
    public static AccessDecision Decide(AccessState state, AccessRequest request)
    {
        var capacity = state.CapacityOf(request.Actor, request.Now);
        // Before the space's own rules: who is barred everywhere is barred here, whatever was granted.
        if (request.Bar is { } bar)
        {
            return Refuse(bar.Rule, bar.Reason, capacity, AccessRefusals.NotAuthorised);
        }

        return capacity switch
        {
            Capacity.Platform => request.Action == AccessAction.Govern
                ? Allow("acc-platform", "Échéance prévue par la loi.", capacity, null, null, VisibilityFilter.Nothing)
                : Refuse("acc-operator", "L'exploitant de la plateforme ne lit pas les dossiers.", capacity, AccessRefusals.NotAuthorised),
            Capacity.Holder or Capacity.Representative => HolderSide(state, request, capacity),
            Capacity.Stranger => Refuse("acc-not-yours", "Cette personne n'agit pas, ou plus, pour le titulaire.", capacity, AccessRefusals.SpaceUnknown),
            Capacity.Carer => CarerAccess.Decide(state, request),
            Capacity.App => AppAccess(state, request),
            _ => Refuse("acc-operator", "L'exploitant de la plateforme ne lit pas les dossiers.", capacity, AccessRefusals.NotAuthorised),
        };
    }

    /// <summary>
    /// The request with as many of its optional categories as are allowed beside the needed ones, and its decision. Refused, it is the request as made;
    /// one that needs no category by itself then names all that it wanted.
    /// </summary>
    public static (AccessRequest Asked, AccessDecision Decision) Widest(AccessState state, AccessRequest request)
    {
        var decision = Decide(state, request);
        var asked = request;
        foreach (var category in Enum.GetValues<Categories>().Where(one => one is not (Categories.None or Categories.Consentable) && request.Optional.HasFlag(one)))
        {
            var wider = asked with { Categories = asked.Categories | category };
            if (Decide(state, wider) is { Allowed: true } more && (decision.Allowed || request.Categories == Categories.None))
                (asked, decision) = (wider, more);
        }

        return (decision.Allowed || request.Categories != Categories.None ? asked : request with { Categories = request.Optional }, decision);
    }

    /// <summary>The holder or a representative in office: everything but what is, for a time or from them, invisible.</summary>
    private static AccessDecision HolderSide(AccessState state, AccessRequest request, Capacity capacity)
    {
        var isHolder = capacity == Capacity.Holder;
        var rule = isHolder ? "acc-holder" : "acc-representative";
        var reason = isHolder ? "C'est votre espace." : "Représentant légal du titulaire.";
        if (state.Account.Status == AccountStatus.Deceased)
        {
            return Refuse("acc-not-open", "L'espace d'une personne décédée est fermé à tous.", capacity, AccessRefusals.SpaceNotOpen);
        }

        // The modes are those of professionals: marked as an emergency, a line of the holder's side would mislead who reads it.
        if (request.Mode != AccessMode.Normal)
        {
            return Refuse("acc-citizen-mode", "L'accès en urgence est réservé aux professionnels de santé.", capacity, AccessRefusals.NotAuthorised);
        }

        var governs = request.Action is AccessAction.Govern or AccessAction.ReadTrace;
        if (!governs && state.Account.Status != AccountStatus.Open)
        {
            return Refuse("acc-not-open", "L'espace n'est pas ouvert.", capacity, AccessRefusals.SpaceNotOpen);
        }

        if (request.Action is AccessAction.BreakGlass or AccessAction.LeaveEmergency)
        {
            return Refuse("acc-emergency-profession", "L'accès en urgence est réservé aux professionnels de santé.", capacity, AccessRefusals.NotAuthorised);
        }

        if (request.Action == AccessAction.Feed && request.TypeCodes.Any(code => !HabilitationMatrix.Current.IsPatientType(code)))
        {
            return Refuse("acc-citizen-type", "Ce type de document est réservé aux professionnels.", capacity, AccessRefusals.TypeNotForCitizens);
        }

        var own = state.Entourage.Representatives.Values.Select(r => r.Person).Append(state.Account.Holder!).ToList();
        var isOfOwn = request.Action is AccessAction.Amend or AccessAction.Delete;
        var filter = new VisibilityFilter(isOfOwn, isOfOwn ? own : [], TypeFilter.All,
            HiddenFromHolderSide(state, request.Now, isHolder));
        return Allow(rule, reason, capacity, null, isHolder ? null : UntilOfRepresentative(state, request), filter);
    }

    /// <summary>An application: by its pairing or by a consent; never in emergency, never against a block.</summary>
    private static AccessDecision AppAccess(AccessState state, AccessRequest request)
    {
        if (state.Account.Status != AccountStatus.Open)
        {
            return Refuse("acc-not-open", "L'espace n'est pas ouvert.", Capacity.App, AccessRefusals.NotAuthorised);
        }

        if (state.Consent.Blocks(request.Actor))
        {
            return Refuse("acc-blocked", "Vous avez bloqué cette application.", Capacity.App, AccessRefusals.NotAuthorised);
        }

        var isWrite = request.Action is AccessAction.Feed or AccessAction.Amend or AccessAction.Delete;
        if (request.Mode != AccessMode.Normal || !(isWrite || request.Action is AccessAction.Read or AccessAction.Search))
        {
            return Refuse("acc-app-mode", "Une application n'agit ni en urgence ni à la place du titulaire.", Capacity.App, AccessRefusals.NotAuthorised);
        }

        var filter = new VisibilityFilter(
            request.Action is AccessAction.Amend or AccessAction.Delete, [request.Actor.Identifier], TypeFilter.All, HiddenFromHolderSide(state, request.Now, isHolder: true));
        // A booking platform acts for the practice where the citizen booked: it feeds the agenda without more, and reads nothing.
        if (isWrite && request.Categories == Categories.Agenda)
        {
            return Allow("acc-feed-agenda", "Rendez-vous transmis par la plateforme où il a été pris.", Capacity.App, null, null, filter);
        }

        var pairing = state.Pairing.Of(request.Actor.Identifier);
        if (pairing is not null && Covers(isWrite ? pairing.Write : pairing.Read, request.Categories))
        {
            return Allow("acc-pairing", "Vous avez relié cette application à votre espace.", Capacity.App, new(pairing.Id, pairing.At), null, filter);
        }

        var consent = state.Consent.Of(request.Actor.Identifier);
        return Lack(consent, request, isWrite) is { } lack
            ? Refuse(lack.Rule, lack.Reason, Capacity.App, AccessRefusals.NotAuthorised, ReferenceTo(consent))
            : Allow("acc-consent", "Avec votre accord.", Capacity.App, ReferenceTo(consent), consent!.EndsAt, filter);
    }

    /// <summary>What a consent lacks for a request: its rule and the sentence to the citizen; null when it suffices.</summary>
    internal static (string Rule, string Reason)? Lack(Consent? consent, AccessRequest request, bool isWrite) => consent switch
    {
        null => ("acc-no-consent", "Vous ne l'avez pas autorisé."),
        { End: ConsentEnd.Revoked } => ("acc-consent-revoked", "Vous avez retiré votre accord."),
        { End: ConsentEnd.Blocked } => ("acc-consent-revoked", "Votre accord a pris fin quand vous l'avez bloqué."),
        { End: ConsentEnd.Expired } => ("acc-consent-expired", "Votre accord est arrivé à son terme."),
        _ when consent.IsOverAt(request.Now) => ("acc-consent-expired", "Votre accord est arrivé à son terme."),
        _ when !consent.IsActiveAt(request.Now) => ("acc-consent-not-yet", "Votre accord ne commence que plus tard."),
        _ when !Covers(isWrite ? consent.Write : consent.Read, request.Categories) => ("acc-consent-scope", "Votre accord ne porte pas sur cela."),
        _ when !IsOnePurpose(request.Purpose) || !consent.Purposes.HasFlag(request.Purpose) => ("acc-consent-purpose", "Votre accord ne vaut pas pour cette finalité."),
        _ => null,
    };

    internal static ConsentReference? ReferenceTo(Consent? consent) =>
        consent is null ? null : new(consent.Id, consent.GrantedAt) { GrantedBy = consent.GrantedBy.Name };

    internal static bool IsOnePurpose(Purposes purpose) =>
        purpose is Purposes.Prevention or Purposes.Diagnosis or Purposes.Care or Purposes.FollowUp;

    internal static AccessDecision Allow(
        string rule, string reason, Capacity capacity, ConsentReference? consent, DateTimeOffset? until, VisibilityFilter filter) =>
        new(rule, reason, capacity, null, consent, until, filter);

    internal static AccessDecision Refuse(string rule, string reason, Capacity capacity, Refusal told, ConsentReference? consent = null) =>
        new(rule, reason, capacity, told, consent, null, VisibilityFilter.Nothing);

    private static bool Covers(Categories granted, Categories asked) => asked != Categories.None && (asked & ~granted) == Categories.None;

    /// <summary>What the patient, and so who acts for a minor, does not see yet (R1111-53), and a minor's secrets for the representatives.</summary>
    private static HashSet<string> HiddenFromHolderSide(AccessState state, DateTimeOffset now, bool isHolder) =>
        [.. state.Visibility.Documents.Values
            .Where(d => d.IsHiddenFromPatientAt(now) || (!isHolder && d.HiddenFromRepresentatives))
            .Select(d => d.DocumentId)];

    private static DateTimeOffset? UntilOfRepresentative(AccessState state, AccessRequest request) =>
        state.Entourage.RepresentativeOf(request.Actor.Identifier)?.Kind == RepresentativeKind.Parent ? CivilDate.MajorityAt(state.Account.BirthOn) : null;
}
