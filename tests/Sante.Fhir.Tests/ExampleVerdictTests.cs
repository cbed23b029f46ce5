using Sante.Fhir.Check;

namespace Sante.Fhir.Tests;

/// <summary>Every example of the French guides has a verdict in <c>Examples/verdicts.csv</c>: <c>file;write;full;reason</c>, the codes of a write and of <c>$validate</c>, empty when it is valid.</summary>
public sealed class ExampleVerdictTests
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "Examples");

    public static TheoryData<string, FhirCheckDepth, string> Verdicts()
    {
        var data = new TheoryData<string, FhirCheckDepth, string>();
        foreach (var cells in File.ReadLines(Path.Combine(Root, "verdicts.csv")).Skip(1).Select(line => line.Split(';')))
        {
            data.Add(cells[0], FhirCheckDepth.Write, cells[1]);
            data.Add(cells[0], FhirCheckDepth.Full, cells[2]);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Verdicts))]
    public void Check_OfAnExample_GivesItsVerdict(string file, FhirCheckDepth depth, string codes)
    {
        var refusing = FhirCheck.Check(Fixtures.Example(file), new FhirCheckOptions { Depth = depth }).Where(issue => issue.Refuses).ToList();
        Assert.True(codes == string.Join(' ', refusing.Select(issue => issue.Code).Distinct().Order(StringComparer.Ordinal)),
            string.Join('\n', refusing.Select(issue => $"{issue.Code} {issue.Expression} {issue.Text}")));
    }

    [Fact]
    public void Verdicts_NameEveryExample_AndGiveAReasonForEachRefusal()
    {
        var lines = File.ReadLines(Path.Combine(Root, "verdicts.csv")).Skip(1).Select(line => line.Split(';')).ToList();
        var files = Directory.EnumerateFiles(Root, "*.json", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'));
        Assert.Equal(files.Order(StringComparer.Ordinal), lines.Select(cells => cells[0]).Order(StringComparer.Ordinal));
        Assert.All(lines, cells => Assert.Equal(cells[1].Length + cells[2].Length > 0, cells[3].Length > 0));
    }
}
