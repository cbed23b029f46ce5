namespace Sante.Rules.Tests.Samples;

/// <summary>Files on which one rule must bite, or must not.</summary>
public sealed record Sample(string RuleName, bool IsBad, params IReadOnlyList<(string Path, string Text)> Files)
{
    public static IReadOnlyList<Sample> All { get; } =
        [.. PartSamples.All, .. SliceSamples.All, .. EndpointSamples.All, .. CatalogueSamples.All, .. ShapeSamples.All, .. BuildSamples.All];

    public static Sample Bad(string rule, string path, string text) => new(rule, true, (path, text));

    public static Sample Good(string rule, string path, string text) => new(rule, false, (path, text));
}
