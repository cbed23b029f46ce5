using System.Globalization;
using System.Text.Json.Nodes;
using Sante.Space;

namespace Sante.DemoNation;

/// <summary>
/// What the agenda keeps of the examples of the guide Gestion d'agendas partagés: a request of an appointment (Appointment), in a slot (Slot), within the
/// hours of a diary (Schedule). Priority and specialty of a pushed appointment are not kept by the agenda.
/// </summary>
/// <param name="Status">In which the request is told.</param>
/// <param name="Reason">Label of the type of service.</param>
/// <param name="Specialty">TRE_R38 code of those whose diary it is.</param>
/// <param name="Length">Of the appointment.</param>
/// <param name="Slot">From one slot to the next.</param>
/// <param name="Opens">Civil time at which the diary begins.</param>
/// <param name="Closes">Civil time at which it ends.</param>
internal sealed record BookingExample(AppointmentStatus Status, string Reason, string Specialty, TimeSpan Length, TimeSpan Slot, TimeSpan Opens, TimeSpan Closes)
{
    private const string Availability = "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-schedule-availability-time";

    /// <summary>The one that the guide gives.</summary>
    public static BookingExample Known { get; } = Read();

    /// <summary>Slots of a day.</summary>
    public int Slots => (int)((Closes - Opens) / Slot);

    private static BookingExample Read()
    {
        var (appointment, slot, schedule) = (Template.Copy("Appointment-example-req-appointment"), Template.Copy("Slot-example"), Template.Copy("Schedule-example"));
        var hours = schedule["extension"]!.AsArray().First(extension => Text(extension!["url"]) == Availability)!["extension"]!.AsArray();
        TimeSpan Hour(string url) => Instant(hours.First(part => Text(part!["url"]) == url)!["valueDateTime"]).TimeOfDay;
        return new BookingExample(
            Enum.Parse<AppointmentStatus>(Text(appointment["status"]), ignoreCase: true), Text(appointment["serviceType"]![0]!["coding"]![0]!["display"]),
            Text(appointment["specialty"]![0]!["coding"]![0]!["code"]), TimeSpan.FromMinutes(appointment["minutesDuration"]!.GetValue<int>()),
            Instant(slot["end"]) - Instant(slot["start"]), Hour("start"), Hour("end"));
    }

    private static string Text(JsonNode? node) => node!.GetValue<string>();

    private static DateTimeOffset Instant(JsonNode? node) => DateTimeOffset.Parse(Text(node), CultureInfo.InvariantCulture);
}
