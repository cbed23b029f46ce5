using System.Globalization;
using System.Text.Json.Nodes;

namespace Sante.Simulators.Story;

/// <summary>One appointment as a booking platform pushes it (gap-fr-appointment): the platform's own identifier makes it idempotent.</summary>
public sealed record AppointmentFeed(
    string System, string Number, string PatientId, string DoctorRpps, string DoctorName, string Place, string Reason, DateTimeOffset StartsAt, DateTimeOffset At)
{
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(20);

    public JsonObject ToResource() => new()
    {
        ["resourceType"] = "Appointment",
        ["meta"] = new JsonObject { ["profile"] = new JsonArray("https://interop.esante.gouv.fr/ig/fhir/gap/StructureDefinition/gap-fr-appointment") },
        ["identifier"] = new JsonArray(new JsonObject { ["system"] = System, ["value"] = Number }),
        ["status"] = "booked",
        ["description"] = Reason,
        ["start"] = Instant(StartsAt),
        ["end"] = Instant(StartsAt + Length),
        ["created"] = Instant(At),
        ["participant"] = new JsonArray(
            new JsonObject { ["actor"] = new JsonObject { ["reference"] = $"Patient/{PatientId}" }, ["status"] = "accepted" },
            new JsonObject
            {
                ["actor"] = new JsonObject
                {
                    ["type"] = "Practitioner",
                    ["identifier"] = new JsonObject { ["system"] = "https://rpps.esante.gouv.fr", ["value"] = DoctorRpps },
                    ["display"] = DoctorName,
                },
                ["status"] = "accepted",
            },
            new JsonObject { ["actor"] = new JsonObject { ["type"] = "Location", ["display"] = Place }, ["status"] = "accepted" }),
    };

    private static string Instant(DateTimeOffset at) => at.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);
}
