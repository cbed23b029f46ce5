using System.Globalization;
using System.Text.Json;

namespace Sante.Simulators.Story;

/// <summary>Step 6: the mother reads the trace in plain French: who, for which structure, what, when, why, under which consent.</summary>
internal static class TraceReading
{
    public static async Task PlayAsync(Stage stage)
    {
        var trace = await stage.TraceAsync();
        foreach (var line in trace)
        {
            stage.Narration.Quote(Stage.SentenceOf(line));
        }

        var numbers = trace.Select(line => line.GetProperty("number").GetInt64()).ToList();
        stage.Checks.That("les lignes se suivent sans trou depuis la première", numbers.SequenceEqual(Enumerable.Range(1, numbers.Count).Select(number => (long)number)),
            () => string.Join(' ', numbers));
        var doctorName = Cast.FamilyNameOf(stage.Cast.FamilyDoctor);
        var reading = trace.Last(line => Stage.SentenceOf(line).Contains(doctorName, StringComparison.OrdinalIgnoreCase) && Stage.TextOf(line, "action") is "read"
            && line.GetProperty("allowed").GetBoolean());
        var sentence = Stage.SentenceOf(reading);
        stage.Checks.Contains("qui, pour quelle structure", sentence, Cast.NameOf(stage.Cast.FamilyDoctor), stage.PracticeName);
        stage.Checks.Contains("quoi", sentence, "document");
        stage.Checks.Contains("quand", sentence, stage.PlatformNow.Year.ToString(CultureInfo.InvariantCulture), " h ");
        stage.Checks.Contains("pourquoi", sentence, "soins");
        stage.Checks.Contains("sous quel accord", sentence, "accord", GivenNameOf(stage.Cast.Mother));
        ForWhom(stage, trace);
    }

    private static void ForWhom(Stage stage, IReadOnlyList<JsonElement> trace)
    {
        var act = trace.Last(line => Stage.SentenceOf(line).Contains("autorisé", StringComparison.Ordinal));
        stage.Checks.Contains("l'accord est donné par la mère pour sa fille", Stage.SentenceOf(act), GivenNameOf(stage.Cast.Mother), "pour", stage.Child.FamilyName);
        stage.Checks.Contains("la ligne dit pour qui", Stage.TextOf(act, "forWhom"), stage.Child.FamilyName);
        var isUnsaid = trace.Where(line => Stage.TextOf(line, "who").Length == 0 || Stage.SentenceOf(line).Length == 0).ToList();
        stage.Checks.Equal("chaque ligne a un auteur et une phrase", 0, isUnsaid.Count);
    }

    private static string GivenNameOf(SandboxPersona persona) => persona.Name.Split(' ')[0];
}
