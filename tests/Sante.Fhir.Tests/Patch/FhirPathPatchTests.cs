using System.Text;
using Sante.Fhir.Patch;

namespace Sante.Fhir.Tests.Patch;

/// <summary>FHIRPath Patch beyond the published cases: choices, primitives with extensions, bytes kept, refusals.</summary>
public class FhirPathPatchTests
{
    private const string Patient = """{"resourceType":"Patient", "name":[ {"given":["A","B"], "_given":[null,{"id":"b"}]} ], "birthDate" : "1970-01-01", "_birthDate":{"id":"d"},"deceasedBoolean":false, "multipleBirthInteger":2}""";

    [Theory]
    [InlineData("add", "Patient", "name:gender", "valueCode:\"male\"", ",\"gender\":\"male\"}", "}")]
    [InlineData("replace", "Patient.deceased", "", "valueDateTime:\"2020\"", "\"deceasedDateTime\":\"2020\"", "\"deceasedBoolean\":false")]
    [InlineData("replace", "Patient.multipleBirth", "", "valueInteger:3", "\"multipleBirthInteger\":3", "\"multipleBirthInteger\":2")]
    [InlineData("delete", "Patient.name.given[1]", "", "", "{\"given\":[\"A\"]}", "{\"given\":[\"A\",\"B\"], \"_given\":[null,{\"id\":\"b\"}]}")]
    [InlineData("delete", "Patient.name.given[0]", "", "", "{\"given\":[\"B\"], \"_given\":[{\"id\":\"b\"}]}", "{\"given\":[\"A\",\"B\"], \"_given\":[null,{\"id\":\"b\"}]}")]
    [InlineData("insert", "Patient.name.given", "index:0", "valueString:\"C\"", "{\"given\":[\"C\",\"A\",\"B\"], \"_given\":[null,null,{\"id\":\"b\"}]}", "{\"given\":[\"A\",\"B\"], \"_given\":[null,{\"id\":\"b\"}]}")]
    [InlineData("delete", "Patient.birthDate", "", "", "\"name\":[ {\"given\":[\"A\",\"B\"], \"_given\":[null,{\"id\":\"b\"}]} ], \"deceasedBoolean\"", "\"name\":[ {\"given\":[\"A\",\"B\"], \"_given\":[null,{\"id\":\"b\"}]} ], \"birthDate\" : \"1970-01-01\", \"_birthDate\":{\"id\":\"d\"},\"deceasedBoolean\"")]
    [InlineData("replace", "Patient.birthDate", "", "valueDate:\"1980\"", "\"birthDate\" : \"1980\", \"deceasedBoolean\"", "\"birthDate\" : \"1970-01-01\", \"_birthDate\":{\"id\":\"d\"},\"deceasedBoolean\"")]
    [InlineData("delete", "Patient.link", "", "", "}", "}")]
    [InlineData("delete", "Patient.name", "", "", "\"Patient\", \"birthDate\"", "\"Patient\", \"name\":[ {\"given\":[\"A\",\"B\"], \"_given\":[null,{\"id\":\"b\"}]} ], \"birthDate\"")]
    [InlineData("move", "Patient.name.given", "source:1,destination:0", "", "{\"given\":[\"B\",\"A\"], \"_given\":[{\"id\":\"b\"},null]}", "{\"given\":[\"A\",\"B\"], \"_given\":[null,{\"id\":\"b\"}]}")]
    public void Patch_ChangesOnlyItsElement(string type, string path, string extra, string value, string becomes, string was)
    {
        var outcome = FhirPathPatch.Apply(Fixtures.Read(Patient), Fixtures.Read(Parameters(type, path, extra, value)));

        Assert.Null(outcome.Refusal);
        var at = Patient.LastIndexOf(was, StringComparison.Ordinal);
        Assert.Equal(Patient[..at] + becomes + Patient[(at + was.Length)..], Encoding.UTF8.GetString(outcome.Value));
    }

    [Theory]
    [InlineData("add", "Patient", "name:birthDate", "valueDate:\"1980\"", "patch-element-exists")]
    [InlineData("add", "Patient", "name:deceased", "valueDateTime:\"1980\"", "patch-element-exists")]
    [InlineData("add", "Patient", "name:surname", "valueString:\"x\"", "patch-element-unknown")]
    [InlineData("add", "Patient", "", "valueString:\"x\"", "patch-malformed")]
    [InlineData("add", "Patient.name.given", "name:id", "valueString:\"x\"", "patch-target-ambiguous")]
    [InlineData("add", "Patient", "name:gender", "", "patch-value-missing")]
    [InlineData("replace", "Patient.gender", "", "valueCode:\"male\"", "patch-target-missing")]
    [InlineData("replace", "Patient", "", "valueCode:\"male\"", "patch-target-unfit")]
    [InlineData("replace", "Patient.deceased", "", "valueQuantity:{}", "patch-value-missing")]
    [InlineData("delete", "Patient.name.given", "", "", "patch-target-ambiguous")]
    [InlineData("delete", "Patient", "", "", "patch-target-unfit")]
    [InlineData("delete", "Patient.name.", "", "", "patch-path-invalid")]
    [InlineData("delete", "1 + 1", "", "", "patch-path-invalid")]
    [InlineData("delete", "repeat($this.descendants().descendants() | 'x')", "", "", "patch-path-invalid")]
    [InlineData("insert", "Patient.name.given", "index:3", "valueString:\"x\"", "patch-index-out-of-range")]
    [InlineData("insert", "Patient.birthDate", "index:0", "valueString:\"x\"", "patch-target-unfit")]
    [InlineData("insert", "Patient.link", "index:0", "valueString:\"x\"", "patch-target-missing")]
    [InlineData("move", "Patient.name.given", "source:0,destination:2", "", "patch-index-out-of-range")]
    [InlineData("move", "Patient.name.given", "source:0", "", "patch-malformed")]
    [InlineData("upsert", "Patient.name", "", "", "patch-operation-unknown")]
    public void Patch_ThatCannotBe_IsRefused(string type, string path, string extra, string value, string code) =>
        Assert.Equal(code, FhirPathPatch.Apply(Fixtures.Read(Patient), Fixtures.Read(Parameters(type, path, extra, value))).Refusal?.Code);

    [Theory]
    [InlineData("Patient.name.given[0]", "\"_given\":[null,{\"id\":\"b\"}]", "\"_given\":[{\"extension\":[{\"url\":\"u:x\",\"valueString\":\"v\"}]},{\"id\":\"b\"}]")]
    [InlineData("Patient.birthDate", "{\"id\":\"d\"}", "{\"id\":\"d\",\"extension\":[{\"url\":\"u:x\",\"valueString\":\"v\"}]}")]
    public void Extension_OfAPrimitive_IsAdded(string path, string was, string becomes)
    {
        var parameters = $$"""{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"add"},{"name":"path","valueString":"{{path}}"},{"name":"name","valueString":"extension"},{"name":"value","part":[{"name":"url","valueUri":"u:x"},{"name":"value","valueString":"v"}]}]}]}""";

        var outcome = FhirPathPatch.Apply(Fixtures.Read(Patient), Fixtures.Read(parameters));

        Assert.Null(outcome.Refusal);
        Assert.Equal(Patient.Replace(was, becomes, StringComparison.Ordinal), Encoding.UTF8.GetString(outcome.Value));
    }

    [Fact]
    public void Body_ThatIsNoParameters_IsRefused() => Assert.Equal("patch-malformed", FhirPathPatch.Apply(Fixtures.Read(Patient), Fixtures.Read(Patient)).Refusal?.Code);

    private static string Parameters(string type, string path, string extra, string value)
    {
        List<string> parts = [$$"""{"name":"type","valueCode":"{{type}}"}""", $$"""{"name":"path","valueString":"{{path}}"}"""];
        foreach (var one in extra.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, content) = (one.Split(':')[0], one.Split(':')[1]);
            parts.Add(name == "name" ? $$"""{"name":"name","valueString":"{{content}}"}""" : $$"""{"name":"{{name}}","valueInteger":{{content}}}""");
        }

        if (value.Length > 0)
        {
            parts.Add($$"""{"name":"value","{{value[..value.IndexOf(':', StringComparison.Ordinal)]}}":{{value[(value.IndexOf(':', StringComparison.Ordinal) + 1)..]}}}""");
        }

        return $$"""{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{{string.Join(',', parts)}}]}]}""";
    }

    [Theory]
    [InlineData("Patient.where(descendants().all(%resource.descendants().all(%resource.descendants().count() > 0))).gender", 1000)]
    [InlineData("Patient.where('a'.matches('(a{1,30}b?){1,30}') or true).gender", 50)]
    public void Operations_ShareOneBudget(string path, int times)
    {
        var patient = """{"resourceType":"Patient","gender":"male","name":[{"family":"A","given":["B","C","D"]},{"family":"E","given":["F","G","H"]}]}""";
        var one = $$"""{"name":"operation","part":[{"name":"type","valueCode":"replace"},{"name":"path","valueString":"{{path}}"},{"name":"value","valueCode":"other"}]}""";
        string Of(int count) => $$"""{"resourceType":"Parameters","parameter":[{{string.Join(',', Enumerable.Repeat(one, count))}}]}""";
        Assert.Null(FhirPathPatch.Apply(Fixtures.Read(patient), Fixtures.Read(Of(1))).Refusal);
        Assert.Equal("patch-too-costly", FhirPathPatch.Apply(Fixtures.Read(patient), Fixtures.Read(Of(times))).Refusal?.Code);
    }
}
