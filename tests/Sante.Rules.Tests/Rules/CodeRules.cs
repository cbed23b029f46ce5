using System.Text.RegularExpressions;
using Sante.Rules.Tests.Source;

namespace Sante.Rules.Tests.Rules;

/// <summary>Habits of all code: failures, leftovers, logging, tests.</summary>
public static class CodeRules
{
    private static readonly Regex BareCatch = new(@"\bcatch\s*(?:when\b[^{]*)?\{");
    private static readonly Regex EmptyCatch = new(@"\bcatch\s*\([^)]*\)\s*(?:when\s*\([^{]*\)\s*)?\{\s*\}");

    public static IReadOnlyList<Rule> All { get; } =
    [
        new("no-bare-catch", tree => Matches(tree.CSharp, BareCatch, "a catch names what it catches")),
        // A failure may be the expected end (a process already gone); then a comment in the braces says so.
        new("no-empty-catch", tree =>
            from file in tree.CSharp
            from Match match in EmptyCatch.Matches(file.CodeAndComments)
            where file.Code[match.Index] == 'c'
            select file.At(match.Index, "a caught failure is handled, or a comment says why not")),
        new("nothing-left-to-do", Leftovers),
        new("logging-is-generated", tree => tree.Product.SelectMany(file => Scan.Words(file,
            @"\.\s*Log(?:Trace|Debug|Information|Warning|Error|Critical)\s*\(", "use a [LoggerMessage] method"))),
        new("tests-are-never-skipped", tree => Matches(tree.CSharp, new Regex(@"\[\s*(?:Fact|Theory)\b[^\]]*\bSkip\s*="), "a test that does not run proves nothing")),
        new("tests-never-sleep", tree => tree.CSharp.Where(file => file.IsUnder("tests")).SelectMany(file => Scan.Words(file,
            @"\bThread\s*\.\s*Sleep\b", "wait for the fact itself, not for time"))),
        new("no-paths-of-this-machine", MachinePaths),
    ];

    private static IEnumerable<Violation> Leftovers(SourceTree tree) =>
        from file in tree.CSharp
        from Match match in Regex.Matches(file.CodeAndComments, @"\b(?:TODO|FIXME|HACK|XXX)\b|\bNotImplementedException\b")
        select file.At(match.Index, $"{match.Value} is left");

    // Written in pieces, so that this file does not break its own rule.
    private static IEnumerable<Violation> MachinePaths(SourceTree tree) =>
        from file in tree.Files
        from Match match in Regex.Matches(file.Text, "/wo" + @"rk/\w+|/ro" + @"ot/\.?\w+|[A-Z]:\\Us" + @"ers\\\w+")
        select file.At(match.Index, $"{match.Value} exists on one machine only");

    private static IEnumerable<Violation> Matches(IEnumerable<SourceFile> files, Regex pattern, string what) =>
        from file in files
        from Match match in pattern.Matches(file.Code)
        select file.At(match.Index, what);
}
