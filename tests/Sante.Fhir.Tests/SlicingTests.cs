using System.Text;
using Sante.Fhir.Check;
using Sante.Fhir.Definitions;

namespace Sante.Fhir.Tests;

/// <summary>Slices by each kind of discriminator, over small profiles made here.</summary>
public sealed class SlicingTests
{
    private const string Names = """{"resourceType":"Patient","name":[{"use":"official","family":"A"},{"use":"nickname","given":["b"]}]}""";

    [Fact]
    public void ByValue_CountsEachSlice() => Assert.Equal(["slice-min at Patient.name"], Found(Names, Sliced("name", Slicing(DiscriminatorKind.Value, "use"),
        Slice("name", "official", 1, 1, Fixed("use", "\"official\"")), Slice("name", "usual", 1, 1, Fixed("use", "\"usual\"")))));

    [Fact]
    public void ByPattern_OfAnInnerCoding_IsFound() => Assert.Equal(["slice-max at Patient.communication"], Found(
        """{"resourceType":"Patient","communication":[{"language":{"coding":[{"system":"urn:ietf:bcp:47","code":"fr","display":"x"}]}},{"language":{"coding":[{"system":"urn:ietf:bcp:47","code":"fr"}]}}]}""",
        Sliced("communication", Slicing(DiscriminatorKind.Value, "language"), Slice("communication", "french", 0, 1, new Constraint { Element = "language", Pattern = Json("""{"coding":[{"system":"urn:ietf:bcp:47","code":"fr"}]}""") }))));

    [Fact]
    public void ByValue_FixedInsideAnInnerSlice_IsFound()
    {
        var coding = new Constraint { Element = "coding", Slicing = Slicing(DiscriminatorKind.Value, "code") };
        coding.Slices.Add(new Constraint { Element = "coding", Slice = "fr", Min = 1, Children = { Fixed("code", "\"fr\"") } });
        var slice = Slice("communication", "french", 0, 0, new Constraint { Element = "language", Children = { coding } });
        Assert.Equal(["slice-max at Patient.communication"], Found("""{"resourceType":"Patient","communication":[{"language":{"coding":[{"code":"fr"}]}}]}""",
            Sliced("communication", Slicing(DiscriminatorKind.Value, "language.coding.code"), slice)));
    }

    [Theory]
    [InlineData(1, ElementDef.Many, "slice-max at Patient.name")]
    [InlineData(0, 0, "slice-max at Patient.name")]
    public void ByExistence_TakesThoseThatHaveIt(int min, int max, string expected) => Assert.Equal([expected], Found(Names, Sliced("name",
        Slicing(DiscriminatorKind.Exists, "family"), Slice("name", "one", 0, 0, new Constraint { Element = "family", Min = min, Max = max }))));

    [Theory]
    [InlineData("\"deceasedBoolean\":false", true)]
    [InlineData("\"deceasedDateTime\":\"2020\"", false)]
    public void ByType_OfAChoice_IsFound(string member, bool refused)
    {
        var deceased = Sliced("deceased", Slicing(DiscriminatorKind.Type, "$this"), new Constraint { Element = "deceased", Slice = "b", Max = 0, Types = [new TypeConstraint { Code = "boolean" }] });
        Assert.Equal(refused ? ["slice-max at Patient.deceased"] : [], Found($$"""{"resourceType":"Patient",{{member}}}""", deceased));
    }

    [Fact]
    public void ByType_AcrossAReference_ReadsItsTarget()
    {
        var slice = new Constraint { Element = "generalPractitioner", Slice = "o", Max = 0, Types = [new TypeConstraint { Code = "Reference", Targets = ["http://hl7.org/fhir/StructureDefinition/Organization"] }] };
        var practitioner = Sliced("generalPractitioner", Slicing(DiscriminatorKind.Type, "resolve()"), slice);
        Assert.Equal(["slice-max at Patient.generalPractitioner"], Found("""{"resourceType":"Patient","generalPractitioner":[{"reference":"Organization/1"}]}""", practitioner));
        Assert.Empty(Found("""{"resourceType":"Patient","generalPractitioner":[{"reference":"Practitioner/1"}]}""", practitioner));
    }

    [Theory]
    [InlineData("Observation", "\"status\":\"final\",\"code\":{\"text\":\"x\"}", "")]
    [InlineData("Observation", "\"meta\":{\"profile\":[\"http://hl7.org/fhir/StructureDefinition/bodyweight\"]},\"status\":\"final\",\"code\":{\"text\":\"x\"}", "slice-max at Bundle.entry")]
    [InlineData("Patient", "\"active\":true", "")]
    public void ByProfile_OfAnEntry_IsByClaimOrByConformance(string type, string members, string expected)
    {
        var resource = new Constraint { Element = "resource", Types = [new TypeConstraint { Code = "Observation", Profiles = ["http://hl7.org/fhir/StructureDefinition/bodyweight"] }] };
        var entry = Sliced("entry", Slicing(DiscriminatorKind.Profile, "resource"), Slice("entry", "weight", 0, 0, resource));
        var found = Found($$"""{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"{{type}}",{{members}}} }]}""", entry, "Bundle");
        Assert.Equal(expected, string.Join(' ', found.Where(issue => issue.StartsWith("slice-max", StringComparison.Ordinal))));
    }

    [Fact]
    public void ClosedSlices_RefuseWhatFitsNone() => Assert.Equal(["slice-closed at Patient.name[1]"], Found(Names,
        Sliced("name", Slicing(DiscriminatorKind.Value, "use", closed: true), Slice("name", "official", 0, 1, Fixed("use", "\"official\"")))));

    [Fact]
    public void OrderedSlices_RefuseAnotherOrder() => Assert.Equal(["slice-order at Patient.name[1]"], Found(Names, Sliced("name", Slicing(DiscriminatorKind.Value, "use", ordered: true),
        Slice("name", "nickname", 0, 1, Fixed("use", "\"nickname\"")), Slice("name", "official", 0, 1, Fixed("use", "\"official\"")))));

    [Fact]
    public void OpenAtEnd_RefusesASliceAfterAnUnknownValue() => Assert.Equal(["slice-order at Patient.name[1]"], Found(Names,
        Sliced("name", Slicing(DiscriminatorKind.Value, "use", openAtEnd: true), Slice("name", "nickname", 0, 1, Fixed("use", "\"nickname\"")))));

    [Theory]
    [InlineData("multipleBirthInteger", "3", "value-max at Patient.multipleBirth")]
    [InlineData("multipleBirthInteger", "0", "value-min at Patient.multipleBirth")]
    [InlineData("multipleBirthInteger", "2", "")]
    public void Bounds_OfNumbers_AreKept(string member, string value, string expected) => Assert.Equal(expected, string.Join(' ', Found(
        $$"""{"resourceType":"Patient","{{member}}":{{value}}}""", new Constraint { Element = "multipleBirth", MinValue = Json("1"), MaxValue = Json("2") })));

    [Theory]
    [InlineData("1899-12-31", "value-min at Patient.birthDate")]
    [InlineData("1900", "")]
    [InlineData("1900-01-02", "")]
    public void Bounds_OfDates_RefuseOnlyWhatIsSurelyOutside(string value, string expected) => Assert.Equal(expected, string.Join(' ', Found(
        $$"""{"resourceType":"Patient","birthDate":"{{value}}"}""", new Constraint { Element = "birthDate", MinValue = Json("\"1900-01-01\"") })));

    [Fact]
    public void MaxLength_CountsCharacters_NotBytes()
    {
        var name = new Constraint { Element = "name", Children = { new Constraint { Element = "family", MaxLength = 3 } } };
        Assert.Empty(Found("""{"resourceType":"Patient","name":[{"family":"éé😀"}]}""", name));
        Assert.Equal(["length-max at Patient.name[0].family"], Found("""{"resourceType":"Patient","name":[{"family":"abcd"}]}""", name));
    }

    [Fact]
    public void ExtensionsOfAPrimitive_AreConstrained() => Assert.Equal(["cardinality-min at Patient.birthDate.extension"], Found(
        """{"resourceType":"Patient","birthDate":"1970-01-01","_birthDate":{"id":"a"}}""", new Constraint { Element = "birthDate", Children = { new Constraint { Element = "extension", Min = 1 } } }));

    private static List<string> Found(string json, Constraint child, string type = "Patient")
    {
        var resource = Fixtures.Read(json);
        var profile = new ProfileDef { Url = "urn:test:profile", Type = type, Root = new Constraint { Element = type, Children = { child } } };
        R4.Current.Link(profile);
        var run = new CheckRun(R4.Current, new FhirCheckOptions { Depth = FhirCheckDepth.Full }, resource);
        run.Profiles.Profile(resource.Root, profile);
        return [.. run.Issues.Where(issue => issue.Refuses).Select(issue => $"{issue.Code} at {issue.Expression}")];
    }

    private static Constraint Sliced(string element, Slicing slicing, params Constraint[] slices)
    {
        var constraint = new Constraint { Element = element, Slicing = slicing };
        constraint.Slices.AddRange(slices);
        return constraint;
    }

    private static Constraint Slice(string element, string name, int min, int max, Constraint child) => new() { Element = element, Slice = name, Min = min, Max = max, Children = { child } };

    private static Constraint Fixed(string element, string json) => new() { Element = element, Fixed = Json(json) };

    private static Slicing Slicing(DiscriminatorKind kind, string path, bool closed = false, bool ordered = false, bool openAtEnd = false) =>
        new() { Discriminators = [(kind, path)], Closed = closed, Ordered = ordered, OpenAtEnd = openAtEnd };

    private static byte[] Json(string text) => Encoding.UTF8.GetBytes(text);
}
