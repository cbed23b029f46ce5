using Sante.Rules.Tests.Source;

namespace Sante.Rules.Tests.Rules;

/// <summary>One rule of the house: a name, and the places of a tree that break it.</summary>
public sealed record Rule(string Name, Func<SourceTree, IEnumerable<Violation>> Check)
{
    /// <summary>Every rule, checked on the real tree and each proved on samples.</summary>
    public static IReadOnlyList<Rule> All { get; } =
    [
        .. ProjectRules.All, .. PartRules.All, .. SliceRules.All, .. EndpointRules.All, .. CatalogueRules.All,
        .. PermitRules.All, .. ShapeRules.All, .. CodeRules.All, .. BuildRules.All,
    ];
}
