using Sante.Kernel;
using static Sante.Space.Tests.People;

namespace Sante.Space.Tests;

public class AgendaTests
{
    private static readonly DateTimeOffset Start = new(2026, 7, 1, 8, 0, 0, TimeSpan.Zero);

    private static readonly Actor Second = Platform with { Identifier = new(ActorIdentifier.ClientSystem, "rdv-deux"), Name = "RDV Deux" };
    private static readonly Actor Third = Platform with { Identifier = new(ActorIdentifier.ClientSystem, "rdv-trois"), Name = "RDV Trois" };

    private static PushAppointment Push(
        Actor? by = null, string id = "a1", AppointmentStatus status = AppointmentStatus.Booked, DateTimeOffset? start = null, int minute = 0, ActorIdentifier? practitioner = null) =>
        new(new((by ?? Platform).Identifier, (by ?? Platform).Name, id),
            new(status, start ?? Start, (start ?? Start).AddMinutes(20), practitioner ?? Doctor.Identifier, Doctor.Name, "cabinet des Lilas", null, Now.AddMinutes(minute)),
            by ?? Platform);

    private static (AgendaState State, IReadOnlyList<SpaceEvent> Events) Do(AgendaState state, PushAppointment push)
    {
        var events = Agendas.Decide(state, push, Now).Value;
        return (events.Cast<AgendaEvent>().Aggregate(state, Agendas.Evolve), events);
    }

    private static AgendaState All(params PushAppointment[] pushes) => pushes.Aggregate(AgendaState.Zero, (state, push) => Do(state, push).State);

    [Fact]
    public void Push_TheSameTwice_ChangesNothing()
    {
        var (state, events) = Do(AgendaState.Zero, Push());
        Assert.IsType<AppointmentPushed>(Assert.Single(events));
        Assert.Empty(Do(state, Push()).Events);
        Assert.Empty(Do(state, Push(minute: 5)).Events);
    }

    [Fact]
    public void Push_OnlyAnotherStatus_IsAStatusChange()
    {
        var (state, events) = Do(All(Push()), Push(status: AppointmentStatus.Cancelled, minute: 1));
        Assert.IsType<AppointmentStatusChanged>(Assert.Single(events));
        Assert.Equal(AppointmentStatus.Cancelled, Assert.Single(Agendas.Shown(state)).Appointment.Status);
    }

    [Fact]
    public void Push_AnOlderState_NeverUndoesANewer()
    {
        var state = All(Push(minute: 5), Push(status: AppointmentStatus.Arrived, minute: 9));
        Assert.Empty(Do(state, Push(minute: 7)).Events);
    }

    [Fact]
    public void Push_AfterTheEnd_IsRefused_ButAnErrorMayBeAdmitted()
    {
        var state = All(Push(), Push(status: AppointmentStatus.Cancelled, minute: 1));
        Assert.Equal("appointment-finished", Agendas.Decide(state, Push(minute: 2), Now).Refusal?.Code);
        Assert.Empty(Agendas.Shown(Do(state, Push(status: AppointmentStatus.EnteredInError, minute: 3)).State));
    }

    [Fact]
    public void Push_ForAnotherPlatform_OrWrong_IsRefused()
    {
        Assert.Equal("appointment-not-yours", Agendas.Decide(AgendaState.Zero, Push() with { By = Second }, Now).Refusal?.Code);
        Assert.Equal("appointment-invalid", Agendas.Decide(AgendaState.Zero, Push(id: ""), Now).Refusal?.Code);
        var push = Push();
        Assert.Equal("appointment-invalid", Agendas.Decide(
            AgendaState.Zero, push with { Appointment = push.Appointment with { EndsAt = Start.AddMinutes(-1) } }, Now).Refusal?.Code);
    }

    [Fact]
    public void Shown_ThreePlatformsTellTheSameAppointment_ItIsThereOnceWithAllThree()
    {
        var shown = Assert.Single(Agendas.Shown(All(Push(), Push(Second, "b7"), Push(Third, "c9"))));
        Assert.Equal(["RDV Deux", "RDV Trois", "RDV Un"], shown.Sources.Select(s => s.PlatformName));
    }

    [Fact]
    public void Shown_OtherPractitionerOrOtherStart_AreOtherAppointments_InOrderOfStart()
    {
        var shown = Agendas.Shown(All(Push(start: Start.AddHours(1)), Push(Second, "b7"), Push(Third, "c9", practitioner: Nurse.Identifier)));
        Assert.Equal(3, shown.Count);
        Assert.Equal(Start.AddHours(1), shown[^1].Appointment.StartsAt);
    }

    [Fact]
    public void Shown_WithoutAPractitionersIdentifier_NothingIsMerged()
    {
        static PushAppointment Anonymous(PushAppointment push) => push with { Appointment = push.Appointment with { Practitioner = null } };
        Assert.Equal(2, Agendas.Shown(All(Anonymous(Push()), Anonymous(Push(Second, "b7")))).Count);
    }

    [Fact]
    public void Shown_TheLastChangeWins_WhicheverPlatformToldIt()
    {
        foreach (var (early, late) in new[] { (Platform, Second), (Second, Platform) })
        {
            var shown = Assert.Single(Agendas.Shown(All(Push(early, "x", minute: 1), Push(late, "y", AppointmentStatus.Cancelled, minute: 2))));
            Assert.Equal(AppointmentStatus.Cancelled, shown.Appointment.Status);
        }
    }

    [Fact]
    public void Shown_IsTheSameInWhateverOrderThePlatformsPushed()
    {
        PushAppointment[] pushes = [Push(), Push(Second, "b7", AppointmentStatus.Arrived), Push(Third, "c9", AppointmentStatus.CheckedIn)];
        var one = Assert.Single(Agendas.Shown(All(pushes)));
        var other = Assert.Single(Agendas.Shown(All([.. pushes.Reverse()])));
        Assert.Equal(one.Appointment, other.Appointment);
        Assert.Equal(one.Sources, other.Sources);
    }
}
