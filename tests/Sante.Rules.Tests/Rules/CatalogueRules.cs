using System.Text.RegularExpressions;
using Sante.Rules.Tests.Source;

namespace Sante.Rules.Tests.Rules;

/// <summary>What the code makes and what the catalogues say are the same: refusal codes, and golden files of events.</summary>
public static partial class CatalogueRules
{
    private const string Catalogue = "eng/refusals.md";

    public static IReadOnlyList<Rule> All { get; } =
    [
        new("refusal-codes-are-literals", Literals),
        new("refusals-are-listed", Listed),
        new("listed-refusals-exist", Exist),
        new("events-have-golden-files", Golden),
    ];

    /// <summary>A code made at run time could not be compared with the catalogue.</summary>
    private static IEnumerable<Violation> Literals(SourceTree tree) =>
        from file in Source(tree)
        from Match made in AnyRefusal().Matches(file.Code)
        where !Made(file).Any(known => known.Offset == made.Index)
        select file.At(made.Index, "the code of a refusal is a string literal in kebab-case, its kind a RefusalKind");

    private static IEnumerable<Violation> Listed(SourceTree tree)
    {
        var rows = Rows(tree).ToLookup(row => row.Code);
        foreach (var file in Source(tree))
        {
            foreach (var (code, kind, offset) in Made(file))
            {
                if (!rows.Contains(code))
                {
                    yield return file.At(offset, $"{code} is not in {Catalogue}");
                }
                else if (!rows[code].Any(row => row.Kind.StartsWith(kind, StringComparison.Ordinal)))
                {
                    yield return file.At(offset, $"{code} is {kind} here and {rows[code].First().Kind} in {Catalogue}");
                }
            }
        }
    }

    private static IEnumerable<Violation> Exist(SourceTree tree)
    {
        var made = Source(tree).SelectMany(Made).Select(refusal => refusal.Code).ToHashSet();
        var seen = new HashSet<string>();
        foreach (var (code, _, line) in Rows(tree))
        {
            if (!made.Contains(code))
            {
                yield return new Violation(Catalogue, line, $"no code makes {code}");
            }

            if (!seen.Add(code))
            {
                yield return new Violation(Catalogue, line, $"{code} stands here twice");
            }
        }
    }

    private static IEnumerable<Violation> Golden(SourceTree tree) =>
        from file in tree.CSharp
        where file.IsUnder("src") && file.Stem.EndsWith("Events", StringComparison.Ordinal)
        from type in Scan.Types(file)
        where type.Kind.StartsWith("record", StringComparison.Ordinal) && !type.IsAbstract
        where !tree.Files.Any(golden => golden.IsUnder("tests") && golden.Path.EndsWith($"/Golden/{type.Name}.json", StringComparison.Ordinal))
        select file.At(type.Offset, $"{type.Name} has no tests/*/Golden/{type.Name}.json");

    private static IEnumerable<SourceFile> Source(SourceTree tree) => tree.Product;

    private static IEnumerable<(string Code, string Kind, int Offset)> Made(SourceFile file) =>
        LiteralRefusal().Matches(file.CodeAndStrings)
            .Where(match => file.Code[match.Index] == 'n') // code, not text in a string
            .Select(match => (match.Groups["code"].Value, match.Groups["kind"].Value, match.Index));

    private static IEnumerable<(string Code, string Kind, int Line)> Rows(SourceTree tree) =>
        from file in tree.Files
        where file.Path == Catalogue
        from row in file.Text.Split('\n').Select((text, index) => (Match: Row().Match(text), Line: index + 1))
        where row.Match.Success
        select (row.Match.Groups["code"].Value, row.Match.Groups["kind"].Value, row.Line);

    [GeneratedRegex(@"\bnew\s+Refusal\s*\(")]
    private static partial Regex AnyRefusal();

    [GeneratedRegex(@"\bnew(?:\s+Refusal)?\s*\(\s*(?:Code:\s*)?""(?<code>[a-z0-9]+(?:-[a-z0-9]+)*)""\s*,\s*(?:Kind:\s*)?RefusalKind\s*\.\s*(?<kind>\w+)")]
    private static partial Regex LiteralRefusal();

    [GeneratedRegex(@"^\|\s*`?(?<code>[a-z0-9]+(?:-[a-z0-9]+)*)`?\s*\|\s*(?<kind>[A-Z]\w*)")]
    private static partial Regex Row();
}
