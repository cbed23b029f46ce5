using System.Text;

namespace Sante.Foundations.Directories;

/// <summary>Texts embedded in this assembly.</summary>
internal static class Resources
{
    /// <summary>A whole text, for example <c>Sql.rpps_build.sql</c>.</summary>
    public static string Text(string name)
    {
        using var stream = typeof(Resources).Assembly.GetManifestResourceStream("Sante.Foundations." + name)
            ?? throw new InvalidOperationException($"No embedded text {name}.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>The lines of a data file after its header, cut at semicolons.</summary>
    public static IEnumerable<string[]> Csv(string name) =>
        Text(name).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.TrimEnd('\r').Split(';'));
}
