using System.Text.RegularExpressions;
using Sante.Rules.Tests.Source;

namespace Sante.Rules.Tests.Rules;

/// <summary>House idea 3: both permits are created in one place, and only a decision of the access grain gives an Evaluate permit.</summary>
public static class PermitRules
{
    private const string PermitFile = "src/Sante.Ledger/Permits.cs";
    private const string PermitTypes = "EvaluatePermit|DisclosePermit";
    private const string MakesEvaluate = @"\bPermits\s*\.\s*Evaluate\b";
    private const string MakesDisclose = @"\bPermits\s*\.\s*Disclose\b";

    /// <summary>Who may make which permit. A second caller of either needs a decision record.</summary>
    private static readonly string[] EvaluateCallers = ["src/Sante.Space/Access/AccessGrain.cs"];

    private static readonly string[] DiscloseCallers = ["src/Sante.Ledger/Ledger.cs"];

    public static IReadOnlyList<Rule> All { get; } =
    [
        new("permits-are-made-in-one-place", Construction),
        new("evaluate-follows-a-decision", tree => Callers(tree, MakesEvaluate, EvaluateCallers)),
        new("disclose-follows-the-trace", tree => Callers(tree, MakesDisclose, DiscloseCallers)),
    ];

    /// <summary>Their constructors are internal: outside the Ledger the compiler says no; inside, this does. Default values and reflection count too.</summary>
    private static IEnumerable<Violation> Construction(SourceTree tree)
    {
        foreach (var file in tree.CSharp.Where(file => file.Path != PermitFile && !file.IsUnder("tests")))
        {
            foreach (var violation in Scan.Words(file, $@"\bnew\s+(?:{PermitTypes})\s*\(|\b(?:{PermitTypes})\s+\w+\s*=\s*new\s*\(|\bGetUninitializedObject\b", "permits are made in Permits.cs"))
            {
                yield return violation;
            }
        }

        foreach (var file in tree.Files.Where(file => file.Path == PermitFile))
        {
            foreach (Match match in Regex.Matches(file.Code, $@"\bpublic\s+(?:{PermitTypes})\s*\(|\bstruct\s+(?:{PermitTypes})\b|\brecord\s+(?:class\s+|struct\s+)?(?:{PermitTypes})\b"))
            {
                yield return file.At(match.Index, "a permit is a sealed class with an internal constructor: nothing else can make or copy one");
            }
        }
    }

    private static IEnumerable<Violation> Callers(SourceTree tree, string pattern, string[] allowed) =>
        tree.Product.Where(file => !allowed.Contains(file.Path)).SelectMany(file => Scan.Words(file, pattern, "only " + string.Join(", ", allowed)));
}
