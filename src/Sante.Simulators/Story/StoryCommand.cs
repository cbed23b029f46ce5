using System.Globalization;
using System.Diagnostics;
using System.Text;

namespace Sante.Simulators.Story;

/// <summary>
/// <c>Sante.Simulators story --endpoints FILE --sandbox FILE</c>: plays the main job against the running platform, by HTTP only.
/// Exit code 0, 1 when the platform did not do what the story expects, 64 for wrong arguments.
/// </summary>
public static class StoryCommand
{
    // sysexits.h: EX_USAGE.
    private const int WrongArguments = 64;

    private static readonly (string Title, Func<Stage, Task> Play)[] Steps =
    [
        ("Une naissance : une identité, un espace qui s'ouvre de lui-même", Birth.PlayAsync),
        ("L'hôpital, le laboratoire, une balance et trois plateformes de rendez-vous alimentent le dossier", Feeds.PlayAsync),
        ("Le médecin de famille demande le dossier : refusé", RefusedDoctor.PlayAsync),
        ("La mère voit les dépôts et le refus ; elle laisse entrer le médecin", Consent.PlayAsync),
        ("Le médecin lit aussitôt, sur l'autre API ; il écrit une note", Reading.PlayAsync),
        ("La mère lit la trace", TraceReading.PlayAsync),
        ("Elle masque la lettre de liaison", Hiding.PlayAsync),
        ("Le bris de glace", EmergencyAccess.PlayAsync),
        ("Elle retire son accord", Revocation.PlayAsync),
        ("Le système de l'hôpital est tué et PostgreSQL redémarre au milieu d'un dépôt", Crash.PlayAsync),
    ];

    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        if (Option(args, "--endpoints") is not { } endpointsFile || Option(args, "--sandbox") is not { } sandboxFile)
        {
            await Console.Error.WriteLineAsync("Sante.Simulators story --endpoints endpoints.json --sandbox sandbox.json");
            return WrongArguments;
        }

        Console.OutputEncoding = Encoding.UTF8;
        var narration = new Narration(Console.Out);
        var endpoints = Endpoints.Read(endpointsFile);
        using var platform = new Platform(endpoints, narration);
        using var stage = new Stage(platform, narration, new Checks(narration), new Cast(Sandbox.Read(sandboxFile)));
        ShortenNames(stage);
        return await PlayAsync(stage, new StoryFiles(endpointsFile, sandboxFile)) ? 0 : 1;
    }

    /// <summary>The value after an option, or null.</summary>
    internal static string? Option(IReadOnlyList<string> args, string name)
    {
        for (var i = 0; i + 1 < args.Count; i++)
        {
            if (args[i] == name)
            {
                return args[i + 1];
            }
        }

        return null;
    }

    private static async Task<bool> PlayAsync(Stage stage, StoryFiles files)
    {
        stage.Files = files;
        stage.Narration.Say($"L'histoire, sur {stage.Platform.FrontEnds} API : une enfant, sa mère qui agit pour elle, ceux qui la soignent.");
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < Steps.Length; i++)
        {
            stage.Narration.Title(i + 1, Steps[i].Title);
            try
            {
                await Steps[i].Play(stage);
            }
            catch (Exception failed) when (failed is StoryFailedException or HttpRequestException or TaskCanceledException or InvalidOperationException or KeyNotFoundException or global::System.Text.Json.JsonException)
            {
                stage.Narration.Say(failed is StoryFailedException ? failed.Message : $"{failed.GetType().Name} : {failed.Message}{Environment.NewLine}{failed.StackTrace}");
                stage.Narration.Say($"✗ L'histoire s'arrête à l'étape {i + 1}.");
                return false;
            }
        }

        stage.Narration.Say("");
        stage.Narration.Say(string.Create(CultureInfo.GetCultureInfo("fr-FR"), $"L'histoire est allée à son terme : {stage.Checks.Held} vérifications, {watch.Elapsed.TotalSeconds:0.0} s."));
        return true;
    }

    private static void ShortenNames(Stage stage)
    {
        foreach (var persona in stage.Cast.Sandbox.Personas)
        {
            stage.Narration.Shorten(Cast.FamilyNameOf(persona));
        }
    }
}

/// <summary>What the story was started with: the hospital's process is started with the same.</summary>
public sealed record StoryFiles(string Endpoints, string Sandbox);
