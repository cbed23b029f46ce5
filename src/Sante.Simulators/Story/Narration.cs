using System.Globalization;
using System.Text.RegularExpressions;

namespace Sante.Simulators.Story;

/// <summary>
/// The story on the console, for a person who watches. Family names are shortened to their initial and matricules masked: the line that
/// AppHost keeps of it can be searched like any log. Thread-safe.
/// </summary>
/// <param name="output">The console.</param>
public sealed partial class Narration(TextWriter output)
{
    private static readonly CultureInfo French = CultureInfo.GetCultureInfo("fr-FR");
    private readonly Lock gate = new();
    private readonly List<(string Text, string Shown)> masks = [];

    /// <summary>From now on this family name is an initial.</summary>
    public void Shorten(string familyName) => Mask(familyName, $"{familyName[0]}.");

    /// <summary>From now on this text is shown so.</summary>
    public void Mask(string text, string shown)
    {
        lock (gate)
        {
            masks.Add((text, shown));
            masks.Sort((one, other) => other.Text.Length.CompareTo(one.Text.Length));
        }
    }

    public void Title(int number, string text) => Write($"{Environment.NewLine}{number}. {text}");

    public void Say(string text) => Write($"   {text}");

    /// <summary>A sentence that the platform gave to a person.</summary>
    public void Quote(string text) => Write($"   « {text} »");

    public void Held(string what) => Write($"   ✓ {what}");

    /// <summary>One HTTP call and its answer.</summary>
    public void Call(string who, int frontEnd, string method, string path, int status, TimeSpan time, string essence) =>
        Write($"   → {who}, API {frontEnd} : {method} {Short(path)}{Environment.NewLine}   ← {status}"
            + (essence.Length > 0 ? $" {essence}" : "") + string.Create(French, $" ({time.TotalMilliseconds:0} ms)"));

    private void Write(string text)
    {
        lock (gate)
        {
            foreach (var (hidden, shown) in masks)
            {
                text = text.Replace(hidden, shown, StringComparison.OrdinalIgnoreCase).Replace($"{shown}.", shown, StringComparison.Ordinal);
            }

            output.WriteLine(Matricule().Replace(text, "INS…"));
            output.Flush();
        }
    }

    private static string Short(string path) => Uuid().Replace(RecordId().Replace(Uri.UnescapeDataString(path), "$1…"), "$1…");

    [GeneratedRegex(@"(\d+-[a-z0-9]{4})[a-z0-9]{22}")]
    private static partial Regex RecordId();

    [GeneratedRegex(@"([0-9a-f]{4})[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Uuid();

    [GeneratedRegex(@"\b[1278]\d{4}(\d|2[AB])\d{8,9}\b")]
    private static partial Regex Matricule();
}
