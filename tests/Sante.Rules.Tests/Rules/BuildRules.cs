using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Sante.Rules.Tests.Source;

namespace Sante.Rules.Tests.Rules;

/// <summary>Build files: no hidden sources of packages, no silent exceptions from the analyzers.</summary>
public static partial class BuildRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new("nuget-has-no-sources", NuGet),
        new("nowarn-says-why", NoWarn),
        new("suppressions-say-why", Suppressions),
        new("versions-are-central", Versions),
    ];

    private static IEnumerable<SourceFile> BuildFiles(SourceTree tree) =>
        tree.Files.Where(file => file.Path.EndsWith(".csproj", StringComparison.Ordinal) || file.Path.EndsWith(".props", StringComparison.Ordinal) || file.Path.EndsWith(".targets", StringComparison.Ordinal));

    private static IEnumerable<Violation> NuGet(SourceTree tree) =>
        from file in tree.Files
        where file.Name.Equals("nuget.config", StringComparison.OrdinalIgnoreCase)
        from element in XDocument.Parse(file.Text, LoadOptions.SetLineInfo).Descendants()
        where element.Name.LocalName is "packageSources" or "packageSourceMapping" or "packageSourceCredentials" or "clear"
        select new Violation(file.Path, ((IXmlLineInfo)element).LineNumber, $"{element.Name.LocalName}: package sources are the reader's own");

    /// <summary>Each code of a NoWarn is named in a comment of the same group.</summary>
    private static IEnumerable<Violation> NoWarn(SourceTree tree) =>
        from file in BuildFiles(tree)
        from element in XDocument.Parse(file.Text, LoadOptions.SetLineInfo).Descendants()
        where element.Name.LocalName == "NoWarn"
        let comments = string.Concat((element.Parent?.Nodes() ?? []).OfType<XComment>().Select(comment => comment.Value))
        from Match code in Code().Matches(element.Value)
        where !Regex.IsMatch(comments, $@"\b{code.Value}\b")
        select new Violation(file.Path, ((IXmlLineInfo)element).LineNumber, $"NoWarn of {code.Value} without its reason in a comment");

    private static IEnumerable<Violation> Suppressions(SourceTree tree)
    {
        foreach (var file in tree.CSharp)
        {
            foreach (Match match in Pragma().Matches(file.CodeAndComments).Where(match => !match.Groups["reason"].Success))
            {
                yield return file.At(match.Index, "#pragma warning disable without // reason");
            }

            foreach (Match match in Suppress().Matches(file.Code).Where(match => !match.Value.Contains("Justification", StringComparison.Ordinal)))
            {
                yield return file.At(match.Index, "SuppressMessage without Justification");
            }
        }

        foreach (var file in tree.Files.Where(file => file.Name == ".editorconfig"))
        {
            foreach (Match match in Severity().Matches(file.Text).Where(match => !match.Groups["reason"].Success))
            {
                yield return file.At(match.Groups["rule"].Index, "an analyzer turned off without a comment line above");
            }
        }
    }

    private static IEnumerable<Violation> Versions(SourceTree tree) =>
        from file in tree.Projects
        from element in XDocument.Parse(file.Text, LoadOptions.SetLineInfo).Descendants()
        where element.Name.LocalName == "PackageReference" && (element.Attribute("Version") ?? element.Attribute("VersionOverride")) is not null
        select new Violation(file.Path, ((IXmlLineInfo)element).LineNumber, "versions stand in Directory.Packages.props");

    [GeneratedRegex(@"\b[A-Z]{2,}\d+\b")]
    private static partial Regex Code();

    // The reason stands behind it or in a comment on the line above.
    [GeneratedRegex(@"(?<reason>//[^\n]*\w[^\n]*\n\s*)?#pragma\s+warning\s+disable[^\n/]*(?<reason>//[ ]*\w[^\n]*)?")]
    private static partial Regex Pragma();

    [GeneratedRegex(@"\[[^\]]*\bSuppressMessage\b[^\]]*\]")]
    private static partial Regex Suppress();

    [GeneratedRegex(@"(?<reason>^#[^\n]*\n(?:dotnet_diagnostic[^\n]*\n)*)?^(?<rule>dotnet_diagnostic\.\w+\.severity\s*=\s*none)", RegexOptions.Multiline)]
    private static partial Regex Severity();
}
