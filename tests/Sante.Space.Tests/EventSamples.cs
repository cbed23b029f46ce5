using Sante.Kernel;
using static Sante.Space.Tests.People;

namespace Sante.Space.Tests;

/// <summary>One full sample of every event; the golden files hold their stored form.</summary>
internal static class EventSamples
{
    private static readonly Actor By = Mother.AsDelegate();
    private static readonly Grantee Him = Doctor.Grant();
    private static readonly AppointmentSource Source = new(Platform.Identifier, Platform.Name, "a1");

    public static IReadOnlyList<SpaceEvent> All { get; } =
    [
        new AccountBegun(Lea, "Léa Durand", BirthOn, Now, Registry),
        new OpeningLetterSent(Now, Registry),
        new OpeningRefused(Now, By),
        new AccountOpened(true, Now, Actor.Platform),
        new AccountClosed(Now, By),
        new AccountReopened(Now, By),
        new MajorityReached(Now, Actor.Platform),
        new DeathRecorded(new(2026, 6, 9), Now, Registry),
        new ConsentGranted(Id(1), Him, Categories.Documents | Categories.Measures, Categories.Measures, Purposes.Care | Purposes.FollowUp, new(2026, 6, 10), new(2026, 6, 30), Now, By),
        new ConsentNarrowed(Id(1), Him, Categories.Documents, Categories.None, Purposes.Care, null, Now, By),
        new ConsentRevoked(Id(1), Him, Now, By),
        new ConsentExpired(Id(1), Him, Now, Actor.Platform),
        new ActorBlocked(Practice.Grant(), Now, By),
        new ActorUnblocked(Practice.Grant(), Now, By),
        new RepresentativeDeclared(Mother.Identifier, "Jeanne Durand", RepresentativeKind.Parent, Now, Registry),
        new RepresentativeEnded(Mother.Identifier, Now, Registry),
        new CareTeamMemberAdded(Him, "Généraliste", Now, By),
        new CareTeamMemberRemoved(Him, Now, By),
        new MedecinTraitantDeclared(Him, Now, By),
        new MedecinTraitantEnded(Him, Now, By),
        new TrustedPersonNamed("Marie Durand", "06 00 00 00 00", Now, By),
        new TrustedPersonRemoved("Marie Durand", Now, By),
        new EmergencyOppositionSet(true, false, Now, By),
        new GlassBroken(Id(9), "inconscient", "rue des Lilas", Now, Urgentist),
        new EmergencyClosed(Id(9), Urgentist.Grant(), Now, Urgentist),
        new EmergencyExpired(Id(9), Urgentist.Grant(), Now, Actor.Platform),
        new DocumentHidden("0001-doc", Now, By),
        new DocumentShown("0001-doc", Now, By),
        new DocumentLabelled("0001-doc", Labels.InvisiblePatient | Labels.InvisibleRepresentantsLegaux, Now, Hospital),
        new PatientInvited("0001-doc", Now, Actor.Platform),
        new RevealedToPatient("0001-doc", false, Now, Doctor),
        new RevealedToRepresentatives("0001-doc", Now, Holder),
        new Paired(Id(7), App.Grant(), "urn:oid:1.2.250.1.999.1", "user-42", Categories.None, Categories.Measures, Now, By),
        new Unpaired(Id(7), App.Grant(), Now, By),
        new AppointmentPushed(Source, new(AppointmentStatus.Booked, Now.AddDays(3), Now.AddDays(3).AddMinutes(20), Doctor.Identifier, Doctor.Name, "cabinet des Lilas", "suivi", Now), Now, Platform),
        new AppointmentStatusChanged(Source, AppointmentStatus.EnteredInError, Now, Now, Platform),
    ];

    public static SpaceEvent Of(string name) => All.Single(e => e.GetType().Name == name);
}
