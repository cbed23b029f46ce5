using System.Globalization;
using Sante.Fhir.Definitions;

namespace Sante.Fhir.Check;

/// <summary>One check: where issues are gathered. Not shared between threads.</summary>
internal sealed class CheckRun(R4 definitions, FhirLimits limits, FhirInteraction interaction)
{
    private readonly HashSet<(string Code, string Where)> onceOnly = [];
    private readonly HashSet<(int Node, string Profile)> checkedProfiles = [];
    private int trials;

    public R4 Definitions { get; } = definitions;
    public FhirLimits Limits { get; } = limits;
    public FhirInteraction Interaction { get; } = interaction;
    public List<FhirIssue> Issues { get; private set; } = [];
    public int InvariantsNotEvaluated { get; set; }

    /// <summary>Enough errors: further ones add nothing.</summary>
    public bool IsFull => Issues.Count >= Limits.MaxIssues;

    public void Error(FhirNode node, string type, string code, string text, string? under = null) => Add(FhirSeverity.Error, node, type, code, text, under);

    public void Warn(FhirNode node, string type, string code, string text) => Add(FhirSeverity.Warning, node, type, code, text, null);

    /// <summary>A remark that is worth one line, however often its cause occurs.</summary>
    public void Note(FhirSeverity severity, FhirNode node, string type, string code, string about, string text)
    {
        if (onceOnly.Add((code, about)))
        {
            Add(severity, node, type, code, text, null);
        }
    }

    /// <summary>False when this profile was already checked on this node (claimed by the resource and asked by the Bundle's profile, say).</summary>
    public bool IsFirst(FhirNode node, string profile) => trials > 0 || checkedProfiles.Add((node.Index, profile));

    /// <summary>Runs a check whose findings are only counted: true when nothing in it refuses.</summary>
    public bool Tries(Action check)
    {
        var kept = Issues;
        Issues = [];
        trials++;
        check();
        trials--;
        var passed = !Issues.Any(issue => issue.Refuses);
        Issues = kept;
        return passed;
    }

    private void Add(FhirSeverity severity, FhirNode node, string type, string code, string text, string? under)
    {
        if (!IsFull)
        {
            Issues.Add(new FhirIssue(severity, type, code, NodePath.Of(node) + (under is null ? "" : "." + under), text));
        }
    }

    public static string Count(int value) => value.ToString(CultureInfo.InvariantCulture);
}
