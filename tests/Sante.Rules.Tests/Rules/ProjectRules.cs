using System.Xml.Linq;
using Sante.Rules.Tests.Source;

namespace Sante.Rules.Tests.Rules;

/// <summary>House §5 at the level of projects: who may refer to whom. tests/ and eng/ may refer to anything.</summary>
public static class ProjectRules
{
    private const string Anything = "*";
    private const string AspNet = "Microsoft.AspNetCore.App";
    private static readonly string[] Jose = ["Microsoft.IdentityModel.JsonWebTokens", "Microsoft.IdentityModel.Tokens"];

    // Amendments to house §5 are those of decision records 0010–0012.
    private static readonly Dictionary<string, (string[] Projects, string[] Packages)> Allowed = new()
    {
        ["Sante.Kernel"] = ([], []),
        ["Sante.Fhir"] = (["Sante.Kernel"], []),
        ["Sante.Ledger"] = (["Sante.Kernel"], ["Npgsql"]),
        ["Sante.Foundations"] = (["Sante.Kernel", "Sante.Fhir", "Sante.Ledger"], ["Npgsql", AspNet]),
        ["Sante.Space"] = (["Sante.Kernel", "Sante.Fhir", "Sante.Ledger", "Sante.Foundations"], ["Npgsql", AspNet, .. Jose]),
        ["Sante.Identity"] = (["Sante.Kernel", "Sante.ServiceDefaults"], ["Npgsql", AspNet, "Microsoft.IdentityModel.Protocols.OpenIdConnect", .. Jose]),
        ["Sante.Simulators"] = (["Sante.Kernel", "Sante.Fhir", "Sante.ServiceDefaults"], [AspNet, .. Jose]),
        ["Sante.Portal"] = (["Sante.ServiceDefaults"], [AspNet]),
        ["Sante.Api"] = ([Anything], [Anything]),
        ["Sante.Silo"] = ([Anything], [Anything]),
        ["Sante.ServiceDefaults"] = ([], [Anything]),
        ["AppHost"] = (["Sante.AppHost.Embedded"], []),
        ["Sante.AppHost.Embedded"] = ([], [Anything]),
    };

    public static IReadOnlyList<Rule> All { get; } =
    [
        new("project-references", References),
        new("project-global-usings", GlobalUsings),
    ];

    private static IEnumerable<Violation> References(SourceTree tree)
    {
        foreach (var file in tree.Projects.Where(IsProduct))
        {
            if (!Allowed.TryGetValue(file.Name[..^".csproj".Length], out var allowed))
            {
                yield return new Violation(file.Path, 1, "a new project needs a row in ProjectRules and a decision record");
                continue;
            }

            var project = XDocument.Parse(file.Text);
            var sdk = project.Root?.Attribute("Sdk")?.Value == "Microsoft.NET.Sdk.Web" ? [AspNet] : Array.Empty<string>();
            // A project that is only built, to be started as a process, is not known.
            foreach (var started in project.Descendants("ProjectReference").Where(reference => reference.Attribute("ReferenceOutputAssembly")?.Value == "false").ToList())
            {
                started.Remove();
            }

            var projects = Includes(project, "ProjectReference").Select(path => path.Replace('\\', '/').Split('/')[^1].Replace(".csproj", "", StringComparison.Ordinal));
            var packages = Includes(project, "PackageReference").Concat(Includes(project, "FrameworkReference")).Concat(sdk);
            foreach (var reference in Forbidden(projects, allowed.Projects).Concat(Forbidden(packages, allowed.Packages)))
            {
                yield return new Violation(file.Path, 1, $"may not refer to {reference}");
            }
        }
    }

    /// <summary>A using for a whole project would hide from the other rules what a file uses.</summary>
    private static IEnumerable<Violation> GlobalUsings(SourceTree tree)
    {
        string[] harmless = ["Orleans", "Sante.Kernel"];
        foreach (var file in tree.Projects.Where(IsProduct))
        {
            foreach (var name in Forbidden(Includes(XDocument.Parse(file.Text), "Using"), harmless))
            {
                yield return new Violation(file.Path, 1, $"global using of {name}");
            }
        }

        foreach (var violation in tree.Product.SelectMany(file => Scan.Words(file, @"\bglobal\s+using\b(?!\s+(?:Orleans|Sante\.Kernel)\s*;)[^;]*", "global using")))
        {
            yield return violation;
        }
    }

    private static bool IsProduct(SourceFile file) => file.IsUnder("src") || file.IsUnder("ServiceDefaults") || file.IsUnder("AppHost");

    private static IEnumerable<string> Includes(XDocument project, string element) =>
        project.Descendants(element).Select(each => each.Attribute("Include")?.Value).OfType<string>();

    private static IEnumerable<string> Forbidden(IEnumerable<string> used, string[] allowed) =>
        allowed.Contains(Anything) ? [] : used.Except(allowed);
}
