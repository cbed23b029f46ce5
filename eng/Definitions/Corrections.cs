namespace Sante.Definitions;

/// <summary>Expressions of R4 that cannot mean what their text says; ours, each with its reason in <c>Input/invariant-corrections.csv</c>.</summary>
internal static class Corrections
{
    private static readonly Dictionary<string, (string Published, string Ours)> ByKey = File
        .ReadLines(Path.Combine(AppContext.BaseDirectory, "Input", "invariant-corrections.csv")).Skip(1).Select(line => line.Split(';'))
        .ToDictionary(cells => cells[0], cells => (cells[1], cells[2]), StringComparer.Ordinal);

    /// <summary>The expression to compile. A published one that has changed is a bug of the table and throws.</summary>
    public static string Of(string key, string expression) =>
        !ByKey.TryGetValue(key, out var correction) ? expression
        : correction.Published == expression ? correction.Ours
        : throw new InvalidDataException($"The correction of {key} is for another expression than: {expression}");
}
