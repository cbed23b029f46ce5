using Sante.Rules.Tests.Rules;
using Sante.Rules.Tests.Samples;
using Sante.Rules.Tests.Source;

namespace Sante.Rules.Tests;

/// <summary>Each rule on the real tree, and each proved to bite on samples: a rule that finds nothing must be one that could.</summary>
public class HouseTests
{
    private static readonly Lazy<SourceTree> Repository = new(SourceTree.OfRepository);

    private static readonly string[] KnownFiles = ["src/Sante.Kernel/Ins.cs", "NuGet.config", "README.md", "Santé.sln", "eng/refusals.md"];

    public static TheoryData<string> RuleNames => [.. Rule.All.Select(rule => rule.Name)];

    public static TheoryData<int> SampleNumbers => [.. Enumerable.Range(0, Sample.All.Count)];

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void Repository_Keeps(string ruleName)
    {
        var violations = Named(ruleName).Check(Repository.Value).ToList();

        Assert.True(violations.Count == 0, $"{ruleName}\n{string.Join('\n', violations.Take(60))}");
    }

    [Theory]
    [MemberData(nameof(SampleNumbers))]
    public void Sample_IsJudgedAsExpected(int number)
    {
        var sample = Sample.All[number];

        var violations = Named(sample.RuleName).Check(SourceTree.Of(sample.Files)).ToList();

        Assert.True(violations.Count > 0 == sample.IsBad,
            $"{sample.RuleName} on sample {number} ({sample.Files[0].Path}): {(sample.IsBad ? "did not bite" : string.Join('\n', violations))}\n{sample.Files[0].Text}");
    }

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void Rule_HasABadAndAGoodSample(string ruleName)
    {
        Assert.Contains(Sample.All, sample => sample.RuleName == ruleName && sample.IsBad);
        Assert.Contains(Sample.All, sample => sample.RuleName == ruleName && !sample.IsBad);
    }

    [Fact]
    public void Repository_IsReallyRead()
    {
        Assert.True(Repository.Value.CSharp.Count() >= 30);
        Assert.All(KnownFiles, path => Assert.Contains(Repository.Value.Files, file => file.Path == path && file.Text.Length > 0));
    }

    [Fact]
    public void Rules_HaveDistinctNames() => Assert.Equal(Rule.All.Count, Rule.All.Select(rule => rule.Name).Distinct().Count());

    private static Rule Named(string name) => Rule.All.Single(rule => rule.Name == name);
}
