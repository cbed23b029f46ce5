using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Sante.Fhir.Json;
using Sante.Fhir.Patch;
using Sante.Fhir.Tests.Xml;

namespace Sante.Fhir.Tests.Patch;

/// <summary>The published cases of JSON Patch and FHIRPath Patch (sources: <c>Patch/Suite/SOURCES.md</c>), all of them.</summary>
public partial class PatchSuiteTests
{
    private static readonly Lazy<List<JsonElement>> JsonCases = new(() => [.. JsonDocument.Parse(File.ReadAllText(PathOf("json-patch-tests.json"))).RootElement.EnumerateArray()]);
    private static readonly Lazy<List<XElement>> FhirCases = new(() => [.. FhirXml.Load(File.ReadAllText(PathOf("fhir-patch-tests.xml"))).Elements("case")]);

    public static TheoryData<string> JsonNames => [.. JsonCases.Value.Select(test => test.GetProperty("comment").GetString()!)];

    public static TheoryData<int> FhirNumbers => [.. Enumerable.Range(0, FhirCases.Value.Count)];

    [Fact]
    public void Suites_AreRead() => Assert.Equal((16, 33), (JsonCases.Value.Count, FhirCases.Value.Count));

    [Theory]
    [MemberData(nameof(JsonNames))]
    public void JsonCase_Passes(string name)
    {
        var test = JsonCases.Value.Single(one => one.GetProperty("comment").GetString() == name);

        var outcome = JsonPatch.Apply(Utf8(test.GetProperty("doc")), Utf8(test.GetProperty("patch")));

        if (test.TryGetProperty("expected", out var expected))
        {
            Assert.Null(outcome.Refusal);
            Assert.True(JsonSame.Are(Root(outcome.Value), Root(Utf8(expected))), Encoding.UTF8.GetString(outcome.Value));
        }
        else
        {
            Assert.True(test.TryGetProperty("error", out _));
            Assert.StartsWith("patch-", outcome.Refusal?.Code, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(FhirNumbers))]
    public void FhirCase_Passes(int number)
    {
        var test = FhirCases.Value[number];
        var outcome = FhirPathPatch.Apply(Resource(test, "input"), Resource(test, "diff"));

        if (test.Element("output") is not null)
        {
            Assert.Null(outcome.Refusal);
            var (expected, actual) = (Plain(Resource(test, "output").Utf8.Span), Plain(outcome.Value));
            Assert.True(JsonSame.Are(Root(actual), Root(expected)), $"{test.Attribute("name")}\n{Encoding.UTF8.GetString(actual)}\n{Encoding.UTF8.GetString(expected)}");
        }
        else
        {
            Assert.NotNull(test.Element("error"));
            Assert.Equal("patch-target-missing", outcome.Refusal?.Code);
        }
    }

    private static FhirResource Resource(XElement test, string part)
    {
        var parsed = FhirJson.Parse(FhirXml.ToJson(test.Element(part)!.Elements().Single()));
        return parsed.Resource ?? throw new InvalidDataException(parsed.Issues[0].Code);
    }

    /// <summary>White space between the tags of a narrative says nothing: the patch and the expected output of "Full Resource" differ in it.</summary>
    private static byte[] Plain(ReadOnlySpan<byte> json) => Encoding.UTF8.GetBytes(TagSpace().Replace(Encoding.UTF8.GetString(json), ""));

    private static byte[] Utf8(JsonElement element) => Encoding.UTF8.GetBytes(element.GetRawText());

    private static FhirNode Root(byte[] json) => new(JsonScanner.Read(json, FhirLimits.Default, out _, out _)!, 0);

    private static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Patch", "Suite", file);

    [GeneratedRegex(@"(?:\\n|\\t|\\r| )+")]
    private static partial Regex TagSpace();
}
