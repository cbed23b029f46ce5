using System.Text.RegularExpressions;
using Sante.Rules.Tests.Source;

namespace Sante.Rules.Tests.Rules;

/// <summary>Names and sizes (house §3, §4, §7).</summary>
public static partial class ShapeRules
{
    private const int FileLines = 300;

    private static readonly HashSet<string> EmptyWords = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Common", "Base", "Processor", "Dto", "Info"];

    /// <summary>Files over 300 lines that are right to be so, each with its reason.</summary>
    private static readonly Dictionary<string, string> LongFiles = [];

    /// <summary>Methods over their limit that are right to be so, each with its reason.</summary>
    private static readonly Dictionary<string, string> LongMethods = new()
    {
        ["AppHost/Embedded/Postgres/PostgresSettings.cs: Write"] = "a table: each setting of PostgreSQL with its value",
    };

    private static readonly (string Path, int Lines)[] Limits =
    [
        ("AppHost/Program.cs", 100), ("README.md", 120),
        .. new[] { "Api", "Silo", "Portal", "Identity", "Simulators" }.Select(host => ($"src/Sante.{host}/Program.cs", 80)),
    ];

    public static IReadOnlyList<Rule> All { get; } =
    [
        new("type-names-say-something", TypeNames),
        new("names-are-ascii", AsciiNames),
        new("files-are-short", FileSizes),
        new("methods-are-short", MethodSizes),
        new("migrations-are-dated", Migrations),
    ];

    private static IEnumerable<Violation> TypeNames(SourceTree tree) =>
        from file in tree.CSharp
        from type in Scan.Types(file)
        let word = Words().Matches(type.Name).Select(match => match.Value).FirstOrDefault(EmptyWords.Contains)
        where word is not null
        select file.At(type.Offset, $"{type.Name}: {word} says nothing");

    private static IEnumerable<Violation> AsciiNames(SourceTree tree) =>
        from file in tree.Files
        where file.Path != "Santé.sln" && file.Path.Any(c => !char.IsAscii(c))
        select new Violation(file.Path, 1, "file and folder names are ASCII");

    private static IEnumerable<Violation> FileSizes(SourceTree tree) =>
        from file in tree.Files
        let limit = Limits.FirstOrDefault(row => row.Path == file.Path).Lines is var own and > 0 ? own : file.IsCSharp ? FileLines : int.MaxValue
        where file.LineCount > limit && !LongFiles.ContainsKey(file.Path)
        select new Violation(file.Path, limit, $"{file.LineCount} lines, at most {limit}");

    /// <summary>House §4 questions a method over 40 lines; tests and tools may take 60.</summary>
    private static IEnumerable<Violation> MethodSizes(SourceTree tree)
    {
        foreach (var file in tree.CSharp)
        {
            var most = file.IsUnder("tests") || file.IsUnder("eng") ? 60 : 40;
            foreach (Match method in MethodStart().Matches(file.Code))
            {
                var open = method.Index + method.Length - 1;
                var lines = file.Code.AsSpan(open, Scan.Closing(file.Code, open) - open).Count('\n') - 1;
                if (lines > most && !LongMethods.ContainsKey($"{file.Path}: {method.Groups["name"].Value}"))
                {
                    yield return file.At(method.Groups["name"].Index, $"{method.Groups["name"].Value} has {lines} lines, at most {most}");
                }
            }
        }
    }

    private static IEnumerable<Violation> Migrations(SourceTree tree) =>
        from file in tree.Files
        where file.Path.Contains("/Migrations/", StringComparison.Ordinal) && file.Path.EndsWith(".sql", StringComparison.Ordinal)
        where !MigrationName().IsMatch(file.Name)
        select new Violation(file.Path, 1, "a migration is named yyyyMMddHHmm_slice.sql");

    [GeneratedRegex(@"[A-Z]+(?![a-z])|[A-Z][a-z]*\d*")]
    private static partial Regex Words();

    [GeneratedRegex(@"^20\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d_[a-z0-9_]+\.sql$")]
    private static partial Regex MigrationName();

    // Modifiers, a return type, a name, parameters without braces, and the opening brace of the body.
    [GeneratedRegex(@"\b(?:public|internal|private|protected|static|async|override|virtual)\s+(?!(?:[a-z]+\s+)*(?:class|record|struct|interface|enum)\b)[\w<>\[\]?,. ()]+?\s(?<name>[A-Z]\w*)(?:<[\w, ]+>)?\s*\([^{};]*\)(?:\s*where[^{;]+)?\s*\{")]
    private static partial Regex MethodStart();
}
