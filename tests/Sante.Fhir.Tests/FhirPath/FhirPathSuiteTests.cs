namespace Sante.Fhir.Tests.FhirPath;

/// <summary>The whole suite of the standard; cases that fail are listed with their reason, and a listed case that passes fails.</summary>
public class FhirPathSuiteTests
{
    private static readonly Lazy<Dictionary<string, string>> Listed = new(() => File.ReadLines(FhirPathSuite.PathOf("failing.csv")).Skip(1)
        .Select(line => line.Split(';', 2)).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal));

    public static TheoryData<string> Names => [.. FhirPathSuite.Cases.Select(test => test.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Case_PassesOrIsListed(string name)
    {
        var test = FhirPathSuite.Cases.Single(one => one.Name == name);

        var fault = FhirPathSuite.Judge(test);

        Assert.True(Listed.Value.ContainsKey(name) == fault is not null,
            fault is null ? $"{name} passes: take it off failing.csv" : $"{name}\n{test.Expression}\nexpected {test.Invalid} ({string.Join(", ", test.Outputs)})\nbut {fault}");
    }

    [Fact]
    public void Listed_AreAtMostTwoPercent() => Assert.True(Listed.Value.Count * 50 <= FhirPathSuite.Cases.Count);

    [Fact]
    public void Suite_IsRead() => Assert.Equal(935, FhirPathSuite.Cases.Count);

    [Fact]
    public void Listed_HaveReasons() => Assert.All(Listed.Value, pair => Assert.True(pair.Value.Length > 20, pair.Key));
}
