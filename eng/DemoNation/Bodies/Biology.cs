using System.Text.Json.Nodes;

namespace Sante.DemoNation;

/// <summary>A report of biology: its results are Observations of the same deposit.</summary>
internal static class Biology
{
    /// <summary>Report first, then its results; all by the laboratory.</summary>
    public static IReadOnlyList<Content> Of(IReadOnlyList<Reading> readings, DateTimeOffset at, Kernel.Actor laboratory, SpaceBook book)
    {
        var patientId = book.Citizen.Patient.ToString();
        var results = readings.Select(reading => new Content(book.NewRecordId("Observation"), "Observation", Observations.Of(reading, patientId), laboratory)).ToList();
        var report = Template.Copy("report");
        report["subject"] = new JsonObject { ["reference"] = "Patient/" + patientId };
        report["effectiveDateTime"] = Observations.Instant(at);
        report["issued"] = Observations.Instant(at);
        report["performer"] = new JsonArray(new JsonObject
        {
            ["identifier"] = new JsonObject { ["system"] = laboratory.Identifier.System, ["value"] = laboratory.Identifier.Value }, ["display"] = laboratory.Name,
        });
        report["result"] = new JsonArray([.. results.Select(result => (JsonNode)new JsonObject { ["reference"] = $"Observation/{result.Id}" })]);
        return [new Content(book.NewRecordId("DiagnosticReport"), "DiagnosticReport", Template.Bytes(report), laboratory), .. results];
    }
}
