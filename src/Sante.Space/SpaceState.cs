using Sante.Kernel;

namespace Sante.Space;

/// <summary>
/// One space as held in memory between requests: the folded access streams. A cache, never the truth. <see cref="Agenda"/> is folded apart.
/// </summary>
[GenerateSerializer]
public sealed record SpaceState(AccessState Access)
{
    public static SpaceState Zero { get; } = new(AccessState.Zero);

    /// <summary>Folds one fact of any access stream. An agenda fact changes nothing here.</summary>
    public static SpaceState Evolve(SpaceState state, SpaceEvent happened)
    {
        var access = state.Access;
        return new(happened switch
        {
            AccountEvent e => access with { Account = Accounts.Evolve(access.Account, e) },
            // An act about someone who is of the care team is the later word because it is recorded later, whatever the clocks of two hosts say.
            ConsentEvent e => access with
            {
                Consent = Consents.Evolve(access.Consent, e),
                Entourage = Consents.ActOn(e) is { } grantee ? Entourages.Overruled(access.Entourage, grantee) : access.Entourage,
            },
            EntourageEvent e => access with { Entourage = Entourages.Evolve(access.Entourage, e) },
            EmergencyEvent e => access with { Emergency = Emergencies.Evolve(access.Emergency, e) },
            VisibilityEvent e => access with { Visibility = Visibilities.Evolve(access.Visibility, e) },
            PairingEvent e => access with { Pairing = Pairings.Evolve(access.Pairing, e) },
            AgendaEvent => access,
            _ => throw new ArgumentOutOfRangeException(nameof(happened), happened.GetType().Name, null),
        });
    }

    public override string ToString() => Access.ToString();
}

/// <summary>What each fact does to the rest of the platform. Exhaustive by test: a new event without an answer here fails.</summary>
public static class SpaceEvents
{
    /// <summary>The stream of a fact.</summary>
    public static string StreamOf(SpaceEvent happened) => happened switch
    {
        AccountEvent => SpaceStreams.Account,
        ConsentEvent => SpaceStreams.Consent,
        EntourageEvent => SpaceStreams.Entourage,
        EmergencyEvent => SpaceStreams.Emergency,
        VisibilityEvent => SpaceStreams.Visibility,
        PairingEvent => SpaceStreams.Pairing,
        AgendaEvent => SpaceStreams.Agenda,
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened.GetType().Name, null),
    };

    /// <summary>
    /// True when a decision taken before this fact must not stand after it (house §1). What only informs does not: the letter, an invitation,
    /// a trusted person, appointments.
    /// </summary>
    public static bool RaisesAccessVersion(SpaceEvent happened) => happened switch
    {
        OpeningLetterSent or PatientInvited => false,
        TrustedPersonNamed or TrustedPersonRemoved => false,
        AgendaEvent => false,
        AccountEvent or ConsentEvent or EntourageEvent or EmergencyEvent or VisibilityEvent or PairingEvent => true,
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened.GetType().Name, null),
    };

    /// <summary>The work that a fact asks for later, done by ordinary idempotent commands (<see cref="DueWork"/>).</summary>
    public static IReadOnlyList<DueWork> DueOf(SpaceEvent happened) => happened switch
    {
        // An adult whose space begins has no majority ahead.
        AccountBegun begun when CivilDate.MajorityAt(begun.BirthOn) > begun.At => [new(DueWork.Majority, CivilDate.MajorityAt(begun.BirthOn), "")],
        OpeningLetterSent letter => [new(DueWork.Opening, CivilDate.OppositionEndAt(letter.At), "")],
        ConsentGranted { UntilOn: { } until } granted => [new(DueWork.ConsentEnd, CivilDate.EndOf(until), granted.ConsentId.ToString("N"))],
        ConsentNarrowed { UntilOn: { } until } narrowed => [new(DueWork.ConsentEnd, CivilDate.EndOf(until), narrowed.ConsentId.ToString("N"))],
        GlassBroken broken => [new(DueWork.EmergencyEnd, broken.At + Emergencies.Duration, broken.EmergencyId.ToString("N"))],
        DocumentLabelled labelled when labelled.Labels.HasFlag(Labels.InvisiblePatient) =>
        [
            new(DueWork.PatientInvitation, Visibilities.InviteAt(labelled.At), labelled.DocumentId),
            new(DueWork.PatientReveal, Visibilities.RevealAt(labelled.At), labelled.DocumentId),
        ],
        _ => [],
    };
}

/// <summary>
/// Work to do at an instant of platform time. <paramref name="Key"/> says on what, within the space. Late or repeated work does no harm:
/// its command changes nothing then, and decisions look at the instants themselves.
/// </summary>
[GenerateSerializer]
public sealed record DueWork(string Kind, DateTimeOffset At, string Key)
{
    public const string Opening = "account-open";
    public const string Majority = "account-majority";
    public const string ConsentEnd = "consent-end";
    public const string EmergencyEnd = "emergency-end";
    public const string PatientInvitation = "document-invite";
    public const string PatientReveal = "document-reveal";

    public static IReadOnlyList<string> Kinds { get; } = [Opening, Majority, ConsentEnd, EmergencyEnd, PatientInvitation, PatientReveal];

    public override string ToString() => Kind;
}
