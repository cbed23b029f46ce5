using Sante.Fhir.Search;
using Sante.Ledger;

namespace Sante.Space.Workbench;

/// <summary>
/// Which of a resource's keys are kept, and the same names on the side of queries. A parameter whose values are always among another's is not kept twice:
/// <c>patient</c> where there is <c>subject</c>, the <c>combo-…</c> of Observation (record 0008).
/// </summary>
internal static class IndexKeys
{
    private const string Combo = "combo-";
    private const string Component = "component-";

    public static bool IsKept(string type, string parameter) => !(parameter == "patient" && HasSubject(type)) && !IsCombo(type, parameter);

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
        parameter == "patient" && HasSubject(type) ? ["subject"]
        : parameter == "patient:identifier" && HasSubject(type) ? ["subject:identifier"]
        : IsCombo(type, parameter) ? [parameter[Combo.Length..], Component + parameter[Combo.Length..]]
        : [parameter];

    private static bool HasSubject(string type) => SearchParameters.Of(type).ContainsKey("subject");

    private static bool IsCombo(string type, string parameter) => type == "Observation" && parameter.StartsWith(Combo, StringComparison.Ordinal);
}
