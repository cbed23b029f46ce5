using Sante.Fhir.Search;
using Sante.Ledger;

namespace Sante.Space.Workbench;

/// <summary>
/// Which of a resource's keys are kept, and the same names on the side of queries. The <c>combo-…</c> of Observation hold what two other parameters hold
/// apart: they are not kept, and are looked for under those (record 0008).
/// </summary>
internal static class IndexKeys
{
    private const string Combo = "combo-";
    private const string Component = "component-";

    public static bool IsKept(string type, string parameter) => !IsCombo(type, parameter);

    /// <summary>A number's place: parameter and canonical unit.</summary>
    public static string NumberName(string type, string parameter, string unit) => $"{type}.{parameter}|{unit}";

    public static string NameOf(string type, string parameter) => $"{type}.{parameter}";

    public static IndexToken TokenOf(string type, string key) => new(type, key);

    /// <summary>The tokens that stand for a query's keys.</summary>
    public static IReadOnlyList<IndexToken> TokensOf(string type, IReadOnlyList<string> keys)
    {
        var tokens = new List<IndexToken>(keys.Count);
        foreach (var key in keys)
        {
            var end = key.IndexOf('\n', StringComparison.Ordinal);
            foreach (var parameter in end < 0 ? [key] : ParametersOf(type, key[..end]))
                tokens.Add(TokenOf(type, end < 0 ? key : string.Concat(parameter, key.AsSpan(end))));
        }
        return tokens;
    }

    /// <summary>The kept parameters whose values are those of a queried one.</summary>
    public static string[] ParametersOf(string type, string parameter) =>
        IsCombo(type, parameter) ? [parameter[Combo.Length..], Component + parameter[Combo.Length..]]
        : [parameter];

    private static bool IsCombo(string type, string parameter) => type == "Observation" && parameter.StartsWith(Combo, StringComparison.Ordinal);
}
