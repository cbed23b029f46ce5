using System.Globalization;
using System.Text.Json.Nodes;

namespace Sante.Simulators.Story;

/// <summary>Step 4: the mother sees the deposits and the refusal, and lets the doctor in for documents and measures until a date.</summary>
internal static class Consent
{
    public static async Task PlayAsync(Stage stage)
    {
        stage.Mother = await stage.SignInAsync(stage.Cast.Mother, "Clara (mère)");
        var me = await stage.Platform.GetAsync(stage.Mother, "/api/me", answer => $"agit pour {answer.Json.GetProperty("represents").GetArrayLength()} enfants");
        stage.Checks.That("elle agit pour sa fille", me.Json.GetProperty("represents").EnumerateArray().Any(child => Stage.TextOf(child, "patientId") == stage.Child.PatientId), () => me.Told);
        var trace = await stage.TraceAsync();
        stage.Checks.Equal("les deux documents et le poids déposés sont dans la trace", 3, trace.Count(line => Stage.TextOf(line, "action") == "deposit" && IsAllowed(line)
            && !Stage.SentenceOf(line).Contains("rendez-vous", StringComparison.Ordinal)));
        var refusal = trace.LastOrDefault(line => !IsAllowed(line) && Stage.SentenceOf(line).Contains(Cast.FamilyNameOf(stage.Cast.FamilyDoctor), StringComparison.OrdinalIgnoreCase));
        stage.Checks.Contains("le refus opposé au médecin est dans la trace", Stage.SentenceOf(refusal), "refusé");
        stage.Narration.Quote(Stage.SentenceOf(refusal));
        await GrantAsync(stage);
    }

    private static async Task GrantAsync(Stage stage)
    {
        var doctor = stage.Cast.FamilyDoctor;
        var until = DateOnly.FromDateTime(stage.PlatformNow.DateTime).AddMonths(6);
        var answer = await stage.Platform.SendAsync(stage.Mother, new Call(HttpMethod.Put, stage.Space($"/consents/rpps:{doctor.Rpps}"))
        {
            Body = new JsonObject
            {
                ["name"] = Cast.NameOf(doctor),
                ["read"] = new JsonArray("documents", "measures"),
                ["write"] = new JsonArray(),
                ["purposes"] = new JsonArray("care"),
                ["untilOn"] = until.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            },
            FrontEnd = 1,
            Essence = _ => $"documents et mesures, jusqu'au {until:dd/MM/yyyy}",
        });
        stage.Checks.That("la mère laisse entrer le médecin", answer.IsSuccess, () => answer.Told);
    }

    private static bool IsAllowed(global::System.Text.Json.JsonElement line) => line.GetProperty("allowed").GetBoolean();
}
