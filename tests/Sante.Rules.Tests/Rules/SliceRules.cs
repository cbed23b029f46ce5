using System.Text.RegularExpressions;
using Sante.Rules.Tests.Source;

namespace Sante.Rules.Tests.Rules;

/// <summary>What a file of <c>Sante.Space</c> may know, by its folder and suffix (house §4, §5), and the arrows between slices.</summary>
public static class SliceRules
{
    private const string Root = "src/Sante.Space";
    private const string WorkbenchStore = Root + "/Workbench/Store";

    /// <summary>Folders of Sante.Space that are not slices, and why. Any other folder is a slice: its files are pure unless their suffix says else.</summary>
    private static readonly Dictionary<string, string> NotSlices = new()
    {
        ["FhirApi"] = "front-end: the FHIR specification's table of contents",
        ["FhirStore"] = "rows of FHIR content and their search values",
        ["Tokens"] = "front-end: access tokens and policies",
        ["Workbench"] = "an integrator's own FHIR server: its front-end, and in Store its rows",
        ["Work"] = "due work and outbox, carried out on the ledger through grains",
    };

    /// <summary>The arrows of house §4, from a slice's decisions to those of another; Record and Pairing by decision record 0012.</summary>
    private static readonly Dictionary<string, string[]> Arrows = new() { ["Access"] = ["Consent", "Entourage", "Account", "Record", "Pairing"] };

    /// <summary>Slices that decide nothing and put into words what the others did: they may name any event (record 0012).</summary>
    private static readonly HashSet<string> Readers = ["Trace", "Notices"];

    private static readonly string[] EffectSuffixes = ["Grain", "Endpoints", "Fhir", "View", "FhirStore", "Services"];

    /// <summary>Names of the Ledger that write. A front-end never has them.</summary>
    private const string LedgerWrites = @"\bCommitAsync\b|\bTraceAsync\b|\bWriteRequest\b|\bPermits\s*\.";

    private static readonly (string Name, Func<SourceFile, bool> Of, string Pattern, string What)[] Forbidden =
    [
        ("slice-decisions-are-pure", IsPure,
            $@"{PartRules.AspNet}|{PartRules.Grains}|{PartRules.Npgsql}|{PartRules.Ledger}|{PartRules.Fhir}|{PartRules.Foundations}|{PartRules.Clock}|{PartRules.Randomness}|{PartRules.Effects}",
            "decisions and events use Kernel alone"),
        ("grains-know-no-wire", file => Suffix(file) == "Grain", $"{PartRules.AspNet}|{PartRules.Fhir}|{PartRules.Npgsql}|{PartRules.Clock}", "grains use decisions, Ledger and grain names"),
        ("front-ends-never-write", IsFrontEnd, $"{LedgerWrites}|{PartRules.Npgsql}|\bSpaceGrain\b", "front-ends use Kernel, Fhir, ASP.NET and grain interfaces"),
        ("views-know-no-grain", file => Suffix(file) == "View", $"{PartRules.AspNet}|{PartRules.Grains}|{PartRules.Fhir}", "views use Kernel and Npgsql"),
        ("work-knows-no-wire", file => file.IsUnder(Root + "/Work"), $"{PartRules.AspNet}|{PartRules.Fhir}|{PartRules.Npgsql}|{PartRules.Clock}", "work uses decisions, Ledger and grains"),
        ("fhir-store-knows-no-web", IsStore, $"{PartRules.AspNet}|{PartRules.Grains}", "FhirStore uses Kernel, Fhir, Npgsql and the write batch"),
    ];

    public static IReadOnlyList<Rule> All { get; } =
    [
        .. Forbidden.Select(row => new Rule(row.Name, tree => tree.CSharp.Where(row.Of).SelectMany(file => Scan.Words(file, row.Pattern, row.What)))),
        new("slice-arrows", CheckArrows),
        new("slice-size", CheckSize),
    ];

    /// <summary>The slice that a file belongs to, or null: the folder under Sante.Space when it is one.</summary>
    public static string? Slice(SourceFile file) =>
        file.IsUnder(Root) && file.Path[(Root.Length + 1)..].Split('/') is [var folder, _, ..] && !NotSlices.ContainsKey(folder) ? folder : null;

    private static string? Suffix(SourceFile file) =>
        file.IsUnder(Root) ? EffectSuffixes.Where(suffix => file.Stem.EndsWith(suffix, StringComparison.Ordinal)).MaxBy(suffix => suffix.Length) : null;

    private static bool IsPure(SourceFile file) => file.IsCSharp && Suffix(file) is null && (Slice(file) is not null || IsInRoot(file));

    /// <summary>Words that all slices share stand in the root, and are as pure as they.</summary>
    private static bool IsInRoot(SourceFile file) => file.IsUnder(Root) && !file.Path[(Root.Length + 1)..].Contains('/', StringComparison.Ordinal);

    private static bool IsFrontEnd(SourceFile file) => file.IsUnder(Root + "/FhirApi") || (file.IsUnder(Root + "/Workbench") && !file.IsUnder(WorkbenchStore)) || Suffix(file) is "Endpoints" or "Fhir";

    private static bool IsStore(SourceFile file) => file.IsUnder(Root + "/FhirStore") || file.IsUnder(WorkbenchStore) || Suffix(file) == "FhirStore";

    /// <summary>A pure file may name the types of its own slice, of the slices its arrows reach, and those of no slice.</summary>
    private static IEnumerable<Violation> CheckArrows(SourceTree tree)
    {
        var pure = tree.CSharp.Where(file => IsPure(file) && Slice(file) is not null).ToList();
        var owner = pure
            .SelectMany(file => Scan.Types(file).Select(type => (type.Name, Slice: Slice(file)!)))
            .GroupBy(type => type.Name).Where(types => types.Select(type => type.Slice).Distinct().Count() == 1)
            .ToDictionary(types => types.Key, types => types.First().Slice);
        foreach (var file in pure.Where(file => !Readers.Contains(Slice(file)!)))
        {
            var own = Slice(file)!;
            foreach (Match word in Regex.Matches(file.Code, @"(?<![.\w])[A-Z]\w*"))
            {
                if (owner.TryGetValue(word.Value, out var slice) && slice != own && !Arrows.GetValueOrDefault(own, []).Contains(slice))
                {
                    yield return file.At(word.Index, $"{own} uses {word.Value} of {slice}: not among the arrows");
                }
            }
        }
    }

    /// <summary>House §4: question a slice over 600 lines or 12 files. Beyond twice that the answer is no.</summary>
    private static IEnumerable<Violation> CheckSize(SourceTree tree) =>
        tree.CSharp.Where(file => Slice(file) is not null).GroupBy(Slice)
            .Where(slice => slice.Sum(file => file.LineCount) > 1200 || slice.Count() > 24)
            .Select(slice => new Violation($"{Root}/{slice.Key}", 1, $"{slice.Sum(file => file.LineCount)} lines in {slice.Count()} files: split the slice"));
}
