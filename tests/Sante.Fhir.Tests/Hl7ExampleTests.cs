using Sante.Fhir.Bundles;
using Sante.Fhir.Check;

namespace Sante.Fhir.Tests;

/// <summary>
/// Every resource of <c>hl7.fhir.r4.examples</c> 4.0.1: parsed, checked as a write and by <c>$validate</c>, and served with its bytes unchanged but for id
/// and meta. <c>Hl7/verdicts.csv</c> (<c>file;depth;codes;reason</c>) lists those that are refused; depth <c>Write</c> refuses at both depths.
/// </summary>
public sealed class Hl7ExampleTests
{
    private static readonly FhirStamp Stamp = new("an-id", 3, new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(FhirCheckDepth.Write)]
    [InlineData(FhirCheckDepth.Full)]
    public void EveryResource_GetsItsVerdict_AndOnlyListedOnesAreRefused(FhirCheckDepth depth)
    {
        var options = new FhirCheckOptions { UnknownProfileRefuses = false, Depth = depth };
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var count = 0;
        foreach (var (name, utf8) in Hl7Archive.Resources())
        {
            count++;
            var parsed = FhirJson.Parse(utf8);
            var issues = parsed.Resource is { } resource ? FhirCheck.Check(resource, options) : parsed.Issues;
            var codes = string.Join(' ', issues.Where(issue => issue.Refuses).Select(issue => issue.Code).Distinct().Order(StringComparer.Ordinal));
            if (codes.Length > 0)
            {
                found.Add(name, codes);
            }
        }

        var listed = Verdicts().Where(cells => depth == FhirCheckDepth.Full || cells[1] == "Write").ToDictionary(cells => cells[0], cells => cells[2], StringComparer.Ordinal);
        Assert.Equal(5303, count);
        Assert.Equal(listed.OrderBy(pair => pair.Key, StringComparer.Ordinal), found);
    }

    [Fact]
    public void EveryRefusal_HasAReason() => Assert.All(Verdicts(), cells => Assert.True(cells[3].Length > 20, cells[0]));

    [Fact]
    public void EveryResource_IsServedByteEqual_ButForIdAndMeta()
    {
        var differing = new List<string>();
        foreach (var (name, utf8) in Hl7Archive.Resources())
        {
            var resource = FhirJson.Parse(utf8).Resource!;
            var served = FhirJson.Parse(StampPlaces.FromBytes(StampPlaces.Of(resource).ToBytes()).Write(resource.Utf8.Span, Stamp)).Resource!;
            if (!SameMembers(resource.Root, served.Root, "id", "meta") || !SameMembers(resource.Root["meta"u8], served.Root["meta"u8], "versionId", "lastUpdated")
                || served.Id != "an-id" || served.At("meta.versionId").Text != "3")
            {
                differing.Add(name);
            }
        }

        Assert.Empty(differing);
    }

    /// <summary>The same members in the same order with the same bytes, some names apart.</summary>
    private static bool SameMembers(FhirNode one, FhirNode other, params string[] apart)
    {
        var (left, right) = (Members(one, apart), Members(other, apart));
        return left.Count == right.Count && left.Zip(right).All(pair => pair.First.Name == pair.Second.Name && pair.First.RawUtf8.Span.SequenceEqual(pair.Second.RawUtf8.Span));
    }

    private static List<FhirNode> Members(FhirNode node, string[] apart) => node.Members.ToList().FindAll(member => !apart.Contains(member.Name));

    private static List<string[]> Verdicts() =>
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Hl7", "verdicts.csv")).Skip(1).Select(line => line.Split(';'))];
}
