using System.Globalization;
using System.Xml.Linq;
using Sante.Fhir.FhirPath;
using Sante.Fhir.Tests.Xml;

namespace Sante.Fhir.Tests.FhirPath;

/// <summary>One case of the standard's test suite.</summary>
internal sealed record SuiteCase(string Name, string Input, string Expression, string? Invalid, bool Predicate, bool Ordered, bool Strict, IReadOnlyList<(string? Type, string Value)> Outputs);

/// <summary>The FHIRPath test suite of R4 (sources: <c>FhirPath/Suite/SOURCES.md</c>).</summary>
internal static class FhirPathSuite
{
    private static readonly Lazy<IReadOnlyList<SuiteCase>> Loaded = new(Read);
    private static readonly Dictionary<string, FhirResource> Inputs = [];

    public static IReadOnlyList<SuiteCase> Cases => Loaded.Value;

    public static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "FhirPath", "Suite", file);

    public static FhirResource Input(string file)
    {
        lock (Inputs)
        {
            if (!Inputs.TryGetValue(file, out var resource))
            {
                var text = File.ReadAllText(PathOf(file));
                var json = file.EndsWith(".xml", StringComparison.Ordinal) ? FhirXml.ToJson(text) : System.Text.Encoding.UTF8.GetBytes(text);
                resource = FhirJson.Parse(json).Resource ?? throw new InvalidDataException(file);
                Inputs.Add(file, resource);
            }

            return resource;
        }
    }

    /// <summary>What is wrong with the answer to a case, or null.</summary>
    public static string? Judge(SuiteCase test)
    {
        var parsed = FhirPathExpression.Parse(test.Expression);
        if (!parsed.TryGet(out var expression, out var refusal))
        {
            return test.Invalid is null ? refusal.Code : null;
        }

        var resource = FhirPathValue.Of(Input(test.Input));
        var scope = new FhirPathScope { Resource = resource, Now = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.FromHours(1)), AsNeedsOneItem = true };
        if (!expression.Evaluate(resource, scope).TryGet(out var items, out refusal))
        {
            return test.Invalid is null ? refusal.Code : null;
        }

        if (test.Invalid is not null)
        {
            return $"no error, but ({string.Join(", ", items.Select(Show))})";
        }

        var expected = test.Outputs.Select(output => output.Value).ToList();
        var actual = test.Predicate ? [items.Count == 0 ? "false" : items is [{ Kind: FhirPathKind.Boolean } truth] ? Show(truth) : "true"] : items.Select(Show).ToList();
        if (!test.Ordered)
        {
            expected.Sort(StringComparer.Ordinal);
            actual.Sort(StringComparer.Ordinal);
        }

        return expected.SequenceEqual(actual) && TypesFit(test, items) ? null : $"({string.Join(", ", items.Select(item => $"{item.TypeName} {Show(item)}"))})";
    }

    private static bool TypesFit(SuiteCase test, IReadOnlyList<FhirPathValue> items) =>
        test.Predicate || !test.Ordered || test.Outputs.Zip(items).All(pair => pair.First.Type is null || string.Equals(pair.First.Type, pair.Second.TypeName, StringComparison.OrdinalIgnoreCase));

    private static string Show(FhirPathValue value) => value.TypeName switch
    {
        "Date" or "DateTime" or "date" or "dateTime" or "instant" => "@" + value.Text,
        "Time" or "time" => "@T" + value.Text,
        _ => value.Text ?? "{…}",
    };

    private static List<SuiteCase> Read() =>
        [.. XElement.Load(PathOf("tests-fhir-r4.xml")).Descendants("test").Select((test, at) => Case(test, at))];

    private static SuiteCase Case(XElement test, int at)
    {
        var expression = test.Element("expression")!;
        return new SuiteCase(
            string.Create(CultureInfo.InvariantCulture, $"{at:D3} {test.Attribute("name")!.Value}"),
            test.Attribute("inputfile")?.Value ?? "patient-example.xml",
            expression.Value,
            expression.Attribute("invalid")?.Value,
            test.Attribute("predicate")?.Value == "true",
            test.Attribute("ordered")?.Value != "false",
            test.Attribute("mode")?.Value == "strict",
            [.. test.Elements("output").Select(output => (output.Attribute("type")?.Value, output.Value))]);
    }
}
