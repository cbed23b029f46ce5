using System.Globalization;

namespace Sante.AppHost.Embedded.Run;

/// <summary>The options after <c>--</c>: <c>--story</c>, <c>--exit</c>, <c>--clean</c>, <c>--apis N</c>.</summary>
/// <param name="Story">Play the main job once everything is ready.</param>
/// <param name="Exit">Stop afterwards (or, without story, as soon as everything is ready) and return 0 or 1.</param>
/// <param name="Clean">Forget the data of earlier runs. Alone: and end.</param>
/// <param name="Apis">How many API front-ends, 1–16.</param>
public sealed record RunOptions(bool Story, bool Exit, bool Clean, int Apis)
{
    public const string Usage = "dotnet run --project AppHost -- [--story] [--exit] [--clean] [--apis N]";

    /// <summary>Only <c>--clean</c>: nothing is started.</summary>
    public bool OnlyClean => Clean && !Story && !Exit;

    /// <summary>Why the options cannot be used, for people: one is unknown, or N is no number from 1 to 16. Null when they can.</summary>
    public string? Fault { get; init; }

    public static RunOptions Parse(IReadOnlyList<string> args)
    {
        ArgumentNullException.ThrowIfNull(args);
        var options = new RunOptions(false, false, false, 1);
        for (var i = 0; i < args.Count; i++)
        {
            options = args[i] switch
            {
                "--story" => options with { Story = true },
                "--exit" => options with { Exit = true },
                "--clean" => options with { Clean = true },
                "--apis" when i + 1 < args.Count && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var apis) && apis is >= 1 and <= 16 =>
                    options with { Apis = int.Parse(args[++i], CultureInfo.InvariantCulture) },
                _ => options with { Fault = $"Option inconnue ou incomplète : {args[i]}{Environment.NewLine}{Usage}" },
            };
        }

        return options;
    }
}
