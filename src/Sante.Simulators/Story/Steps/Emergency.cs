using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sante.Simulators.Story;

/// <summary>Step 8: the emergency doctor breaks the glass and reads; parents and médecin traitant are told; a blocked professional is refused even so.</summary>
internal static class EmergencyAccess
{
    private const string Reason = "Enfant inconsciente, antécédents inconnus";
    private const string Place = "Urgences pédiatriques";
    private static readonly TimeSpan NoticeTime = TimeSpan.FromSeconds(2);

    // The offset of platform time is told in whole seconds.
    private static readonly TimeSpan ClockSlack = TimeSpan.FromSeconds(2);

    public static async Task PlayAsync(Stage stage)
    {
        await BlockedAsync(stage);
        stage.EmergencyDoctor = await stage.SignInAsync(stage.Cast.EmergencyDoctor, "Dr Karim (urgences)", Cast.PracticeOf(stage.Cast.EmergencyDoctor));
        var circle = await CircleAsync(stage);
        var before = await stage.Platform.SendAsync(stage.EmergencyDoctor, stage.Search("DocumentReference", "status=current", inEmergency: true));
        stage.Checks.Equal("le seul mot « urgence » n'ouvre rien", "403 access-not-authorised", before.Told);
        var noReason = await stage.Platform.SendAsync(stage.EmergencyDoctor, Break(stage, "", Place));
        stage.Checks.Equal("sans motif, pas de bris de glace", "emergency-reason-missing", noReason.Code);
        var since = stage.PlatformNow - ClockSlack;
        var broken = await stage.Platform.SendAsync(stage.EmergencyDoctor, Break(stage, Reason, Place));
        stage.Checks.Equal("le bris de glace est ouvert", 201, (int)broken.Status);
        await ToldAsync(stage, circle, since, broken.At);
        await ReadAsync(stage);
        await MarkedAsync(stage);
    }

    private static async Task BlockedAsync(Stage stage)
    {
        var blocked = stage.Cast.BlockedDoctor;
        var answer = await stage.Platform.SendAsync(stage.Mother, new Call(HttpMethod.Put, stage.Space($"/blocks/rpps:{blocked.Rpps}"))
        {
            Body = new JsonObject { ["name"] = Cast.NameOf(blocked) },
        });
        stage.Checks.That("la mère bloque un médecin", answer.IsSuccess, () => answer.Told);
        var doctor = await stage.SignInAsync(blocked, "Dr Victor (bloqué)", Cast.PracticeOf(blocked));
        for (var frontEnd = 1; frontEnd <= stage.Platform.FrontEnds; frontEnd++)
        {
            var refused = await stage.Platform.SendAsync(doctor, Break(stage, Reason, Place) with { FrontEnd = frontEnd });
            stage.Checks.Equal("le médecin bloqué n'ouvre rien, même en urgence", "403 access-not-authorised", refused.Told);
        }
    }

    private static Call Break(Stage stage, string reason, string place) => new(HttpMethod.Post, "/api/emergencies")
    {
        Body = new JsonObject { ["ins"] = stage.Child.Matricule, ["insSystem"] = stage.Child.InsSystem, ["reason"] = reason, ["place"] = place },
        Essence = _ => "accès ouvert pour quatre heures",
    };

    /// <summary>Those who must be told, and where each looks.</summary>
    private static async Task<IReadOnlyList<(Caller Who, string Path)>> CircleAsync(Stage stage)
    {
        var father = await stage.SignInAsync(stage.Cast.Father, "Hugo (père)");
        var treating = stage.Cast.MedecinTraitant;
        var medecinTraitant = await stage.SignInAsync(treating, "médecin traitant", Cast.PracticeOf(treating));
        return [(stage.Mother, "/api/notices"), (father, "/api/notices"), (medecinTraitant, "/api/notices")];
    }

    private static async Task ToldAsync(Stage stage, IReadOnlyList<(Caller Who, string Path)> circle, DateTimeOffset since, DateTimeOffset brokenAt)
    {
        await Task.WhenAll(circle.Select(async person =>
        {
            while (true)
            {
                var answer = await stage.Platform.SendAsync(person.Who, new Call(HttpMethod.Get, person.Path) { IsQuiet = true });
                if (answer.IsSuccess && NoticeOf(stage, answer, since) is { } text)
                {
                    var late = answer.At - brokenAt;
                    stage.Checks.That(string.Create(CultureInfo.InvariantCulture, $"{person.Who.Name} a un avis en moins de 2 s ({late.TotalMilliseconds:0} ms)"), late <= NoticeTime, () => late.ToString());
                    stage.Narration.Quote(text);
                    return;
                }

                if (answer.At - brokenAt > NoticeTime)
                {
                    throw new StoryFailedException($"Attendu : {person.Who.Name} est prévenu en moins de 2 s{Environment.NewLine}  Constaté : {answer.Told}, aucun avis");
                }

                await Task.Delay(50);
            }
        }));
    }

    private static string? NoticeOf(Stage stage, Answer answer, DateTimeOffset since) =>
        (answer.Json.ValueKind == JsonValueKind.Array ? answer.Json : answer.Json.GetProperty("notices")).EnumerateArray()
        .Where(notice => Stage.TextOf(notice, "kind") == "emergency-begun" && notice.GetProperty("at").GetDateTimeOffset() >= since).Select(notice => Stage.TextOf(notice, "text"))
        .FirstOrDefault(text => text.Contains(stage.Child.FamilyName, StringComparison.OrdinalIgnoreCase) && text.Contains(stage.Child.GivenName, StringComparison.OrdinalIgnoreCase)
            && text.Contains(Place, StringComparison.Ordinal) && text.Contains(Reason, StringComparison.Ordinal));

    private static async Task ReadAsync(Stage stage)
    {
        var list = await stage.Platform.SendAsync(stage.EmergencyDoctor, stage.Search("DocumentReference", "status=current", inEmergency: true));
        stage.Checks.Equal("il lit le dossier en urgence ; ce qui est masqué le reste", "2", list.IsSuccess ? $"{list.Total}" : list.Told);
        var result = await stage.Platform.SendAsync(stage.EmergencyDoctor, Stage.Read($"/fhir/DocumentReference/{stage.Documents[DocumentType.LaboratoryReport]}", inEmergency: true));
        stage.Checks.Equal("il lit le résultat du laboratoire", 200, (int)result.Status);
        var normal = await stage.Platform.SendAsync(stage.EmergencyDoctor, stage.Search("DocumentReference", "status=current"));
        stage.Checks.Equal("hors du mode d'urgence il n'entre pas", "403 access-not-authorised", normal.Told);
    }

    private static async Task MarkedAsync(Stage stage)
    {
        var name = Cast.FamilyNameOf(stage.Cast.EmergencyDoctor);
        var lines = (await stage.TraceAsync()).Where(line => Stage.SentenceOf(line).Contains(name, StringComparison.OrdinalIgnoreCase)
            && line.GetProperty("allowed").GetBoolean()).ToList();
        stage.Checks.That("ses accès sont marqués d'urgence dans la trace, motif et lieu compris", lines.Count >= 3
            && lines.All(line => Stage.SentenceOf(line).StartsWith("Urgence", StringComparison.Ordinal))
            && lines.Any(line => Stage.SentenceOf(line).Contains(Reason, StringComparison.Ordinal) && Stage.SentenceOf(line).Contains(Place, StringComparison.Ordinal)),
            () => string.Join(Environment.NewLine, lines.Select(Stage.SentenceOf)));
        lines.ForEach(line => stage.Narration.Quote(Stage.SentenceOf(line)));
    }
}
