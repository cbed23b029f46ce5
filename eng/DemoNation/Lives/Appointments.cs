using System.Globalization;
using Sante.DirectoryFiles;
using Sante.Kernel;
using Sante.Space;

namespace Sante.DemoNation;

/// <summary>
/// Appointments told by the three platforms: kept, cancelled, missed, and some to come. In a diary of the example's specialty some begin as the example's
/// request, in its slots and hours, confirmed an hour later; the latest still wait.
/// </summary>
internal sealed class Appointments(Nation nation, SpaceBook book, Carer doctor)
{
    private static readonly string[] Reasons = ["Consultation de suivi", "Renouvellement", "Vaccination", "Première consultation", "Bilan"];
    private static readonly AppointmentStatus[] Ends = [AppointmentStatus.Fulfilled, AppointmentStatus.Fulfilled, AppointmentStatus.Fulfilled, AppointmentStatus.Cancelled, AppointmentStatus.Noshow];

    public void Tell(int era, ref Dice dice)
    {
        foreach (var known in Agendas.Shown(book.Agenda).Where(shown => shown.Appointment.Status == AppointmentStatus.Booked && shown.Appointment.StartsAt < book.Now).ToList())
        {
            var ended = known.Appointment with { Status = dice.Of(Ends), UpdatedAt = book.Now };
            foreach (var source in known.Sources)
            {
                book.Push(new PushAppointment(source, ended, DemoClients.OfApp(source.Platform.Value, source.PlatformName)));
            }
        }

        if (dice.Percent(30))
        {
            Book(era, ref dice);
        }
    }

    private void Book(int era, ref Dice dice)
    {
        var isLast = era == nation.Calendar.Eras.Count - 1;
        var day = CivilDate.At(book.Now).AddDays(2 + dice.Next(isLast ? 60 : 15));
        var example = doctor.Person.Skill == BookingExample.Known.Specialty && dice.Percent(40) ? BookingExample.Known : null;
        var starts = CivilDate.StartOf(day) + (example is null ? TimeSpan.FromMinutes((9 * 60) + (15 * dice.Next(32))) : example.Opens + (example.Slot * dice.Next(example.Slots)));
        var (clientId, name) = dice.Of(DemoClients.Bookings);
        var workplace = doctor.Workplaces[0];
        var identifier = string.Create(CultureInfo.InvariantCulture, $"{clientId}-{book.NewId("appointment"):N}");
        var appointment = new Appointment(
            example?.Status ?? AppointmentStatus.Booked, starts, starts + (example?.Length ?? TimeSpan.FromMinutes(15)), doctor.Identifier, doctor.Name,
            workplace.Structure.Name, example?.Reason ?? dice.Of(Reasons), book.Now.AddHours(-2));
        var platform = DemoClients.OfApp(clientId, name);
        var source = new AppointmentSource(platform.Identifier, name, identifier);
        book.Push(new PushAppointment(source, appointment, platform));
        if (example is not null && !isLast)
        {
            appointment = appointment with { Status = AppointmentStatus.Booked, UpdatedAt = book.Now.AddHours(-1) };
            book.Push(new PushAppointment(source, appointment, platform));
        }

        if (dice.Percent(20))
        {
            // Two platforms show the same diary: the citizen sees the appointment once.
            var (second, secondName) = DemoClients.Bookings.First(other => other.ClientId != clientId);
            var other = DemoClients.OfApp(second, secondName);
            book.Push(new PushAppointment(new AppointmentSource(other.Identifier, secondName, "copie-" + identifier), appointment, other));
        }
    }
}
