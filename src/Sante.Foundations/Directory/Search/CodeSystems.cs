namespace Sante.Foundations.Directories.Search;

/// <summary>FHIR systems of the terminology tables (<c>Terms/systems.csv</c>) and which professions are in which table.</summary>
internal static class CodeSystems
{
    private static readonly Dictionary<string, string> Systems =
        Resources.Csv("Terms.systems.csv").ToDictionary(fields => fields[0], fields => fields[1], StringComparer.Ordinal);

    private static readonly HashSet<string> UserTitles =
        [.. Resources.Csv("Terms.terms.csv").Where(fields => fields[0] == "UT").Select(fields => fields[1])];

    /// <summary>Types of savoir-faire that are tables of their own.</summary>
    public static IReadOnlyList<string> SkillTables { get; } = ["S", "C", "CEX", "OP", "DNQ", "CAPA", "PAC", "FQ", "DEC", "SST"];

    /// <summary>The system of a table; an unknown one gets a name of ours, as a new type of skill is data.</summary>
    public static string Of(string table) => Systems.GetValueOrDefault(table, "urn:sante:directory:" + table);

    /// <summary>The system of a profession's code.</summary>
    public static string OfProfession(string code) => Of(UserTitles.Contains(code) ? "UT" : "G15");

    /// <summary>Those of <paramref name="tables"/> that a token's system means: all when it is null; table P holds the professions of G15 and UT.</summary>
    public static IEnumerable<string> TablesOf(string? system, IEnumerable<string> tables) =>
        system is null ? tables : tables.Where(table => table == "P" ? system == Of("G15") || system == Of("UT") : system == Of(table));
}
