using System.Text;
using Sante.Fhir.Patch;

namespace Sante.Fhir.Tests.Patch;

/// <summary>JSON Patch beyond the published cases: bytes kept, every refusal, bounds.</summary>
public class JsonPatchTests
{
    private const string Document = """{ "resourceType" : "Observation",  "value" : 1.50, "list": [1.0 , 2.00,"x" ], "empty":[], "o":{ } }""";

    [Theory]
    [InlineData("""[{"op":"add","path":"/status","value":"final"}]""", """{ "resourceType" : "Observation",  "value" : 1.50, "list": [1.0 , 2.00,"x" ], "empty":[], "o":{ },"status":"final" }""")]
    [InlineData("""[{"op":"replace","path":"/value","value":7.10}]""", """{ "resourceType" : "Observation",  "value" : 7.10, "list": [1.0 , 2.00,"x" ], "empty":[], "o":{ } }""")]
    [InlineData("""[{"op":"remove","path":"/value"}]""", """{ "resourceType" : "Observation",  "list": [1.0 , 2.00,"x" ], "empty":[], "o":{ } }""")]
    [InlineData("""[{"op":"remove","path":"/o"}]""", """{ "resourceType" : "Observation",  "value" : 1.50, "list": [1.0 , 2.00,"x" ], "empty":[] }""")]
    [InlineData("""[{"op":"remove","path":"/resourceType"}]""", """{ "value" : 1.50, "list": [1.0 , 2.00,"x" ], "empty":[], "o":{ } }""")]
    [InlineData("""[{"op":"remove","path":"/list/0"}]""", """{ "resourceType" : "Observation",  "value" : 1.50, "list": [2.00,"x" ], "empty":[], "o":{ } }""")]
    [InlineData("""[{"op":"remove","path":"/list/2"}]""", """{ "resourceType" : "Observation",  "value" : 1.50, "list": [1.0 , 2.00 ], "empty":[], "o":{ } }""")]
    [InlineData("""[{"op":"add","path":"/list/1","value":{"a":null}}]""", """{ "resourceType" : "Observation",  "value" : 1.50, "list": [1.0 , {"a":null},2.00,"x" ], "empty":[], "o":{ } }""")]
    [InlineData("""[{"op":"add","path":"/empty/-","value":true}]""", """{ "resourceType" : "Observation",  "value" : 1.50, "list": [1.0 , 2.00,"x" ], "empty":[true], "o":{ } }""")]
    [InlineData("""[{"op":"add","path":"/o/a~1b","value":0}]""", """{ "resourceType" : "Observation",  "value" : 1.50, "list": [1.0 , 2.00,"x" ], "empty":[], "o":{"a/b":0 } }""")]
    [InlineData("""[{"op":"move","from":"/list/0","path":"/list/2"}]""", """{ "resourceType" : "Observation",  "value" : 1.50, "list": [2.00,"x",1.0 ], "empty":[], "o":{ } }""")]
    [InlineData("""[{"op":"copy","from":"/value","path":"/empty/0"}]""", """{ "resourceType" : "Observation",  "value" : 1.50, "list": [1.0 , 2.00,"x" ], "empty":[1.50], "o":{ } }""")]
    [InlineData("""[{"op":"test","path":"/value","value":1.5},{"op":"test","path":"/list","value":[1,2,"x"]}]""", Document)]
    [InlineData("""[{"op":"move","from":"/value","path":"/value"}]""", Document)]
    [InlineData("""[{"op":"replace","path":"","value":{"a":1}}]""", """{"a":1}""")]
    [InlineData("[]", Document)]
    public void Patch_LeavesOtherBytesAlone(string patch, string expected)
    {
        var outcome = Apply(patch);

        Assert.Null(outcome.Refusal);
        Assert.Equal(expected, Encoding.UTF8.GetString(outcome.Value));
    }

    [Theory]
    [InlineData("{}", "patch-malformed")]
    [InlineData("[1]", "patch-malformed")]
    [InlineData("[", "patch-malformed")]
    [InlineData("", "patch-malformed")]
    [InlineData("""[{"op":"add","op":"remove","path":"/a","value":1}]""", "patch-malformed")]
    [InlineData("""[{"op":"add","value":1}]""", "patch-malformed")]
    [InlineData("""[{"op":1,"path":"/a"}]""", "patch-malformed")]
    [InlineData("""[{"op":"move","path":"/a"}]""", "patch-malformed")]
    [InlineData("""[{"op":"append","path":"/a","value":1}]""", "patch-operation-unknown")]
    [InlineData("""[{"op":"add","path":"a","value":1}]""", "patch-path-invalid")]
    [InlineData("""[{"op":"add","path":"/a~2","value":1}]""", "patch-path-invalid")]
    [InlineData("""[{"op":"add","path":"/a~","value":1}]""", "patch-path-invalid")]
    [InlineData("""[{"op":"move","from":"x","path":"/a"}]""", "patch-path-invalid")]
    [InlineData("""[{"op":"add","path":"/a"}]""", "patch-value-missing")]
    [InlineData("""[{"op":"test","path":"/value"}]""", "patch-value-missing")]
    [InlineData("""[{"op":"remove","path":"/a"}]""", "patch-target-missing")]
    [InlineData("""[{"op":"replace","path":"/a","value":1}]""", "patch-target-missing")]
    [InlineData("""[{"op":"add","path":"/a/b","value":1}]""", "patch-target-missing")]
    [InlineData("""[{"op":"test","path":"/a","value":1}]""", "patch-target-missing")]
    [InlineData("""[{"op":"copy","from":"/a","path":"/b"}]""", "patch-target-missing")]
    [InlineData("""[{"op":"add","path":"/value/b","value":1}]""", "patch-target-unfit")]
    [InlineData("""[{"op":"remove","path":""}]""", "patch-target-unfit")]
    [InlineData("""[{"op":"move","from":"/o","path":"/o/p"}]""", "patch-target-unfit")]
    [InlineData("""[{"op":"add","path":"/list/4","value":1}]""", "patch-index-out-of-range")]
    [InlineData("""[{"op":"add","path":"/list/01","value":1}]""", "patch-index-out-of-range")]
    [InlineData("""[{"op":"add","path":"/list/-1","value":1}]""", "patch-index-out-of-range")]
    [InlineData("""[{"op":"add","path":"/list/99999999999","value":1}]""", "patch-index-out-of-range")]
    [InlineData("""[{"op":"test","path":"/value","value":2}]""", "patch-test-failed")]
    [InlineData("""[{"op":"test","path":"/value","value":"1.50"}]""", "patch-test-failed")]
    [InlineData("""[{"op":"test","path":"/list","value":[1,2]}]""", "patch-test-failed")]
    [InlineData("""[{"op":"replace","path":"/value","value":2},{"op":"remove","path":"/a"}]""", "patch-target-missing")]
    public void Patch_ThatCannotBe_IsRefusedWhole(string patch, string code) => Assert.Equal(code, Apply(patch).Refusal?.Code);

    [Fact]
    public void Names_WithEscapes_AreFound()
    {
        var outcome = JsonPatch.Apply("""{"\u0061":1}"""u8.ToArray(), """[{"op":"remove","path":"/a"}]"""u8.ToArray());

        Assert.Equal("{}", Encoding.UTF8.GetString(outcome.Value));
    }

    [Fact]
    public void Operations_BeyondTheBound_AreRefused()
    {
        var patch = "[" + string.Join(',', Enumerable.Repeat("""{"op":"test","path":"/value","value":1.5}""", 1001)) + "]";

        Assert.Equal("patch-too-costly", Apply(patch).Refusal?.Code);
    }

    [Fact]
    public void Work_BeyondTheBound_IsRefused()
    {
        var limits = new PatchLimits { MaxBytesRead = 400 };

        Assert.Equal("patch-too-costly", JsonPatch.Apply(Encoding.UTF8.GetBytes(Document), """[{"op":"add","path":"/a","value":1},{"op":"add","path":"/b","value":1},{"op":"add","path":"/c","value":1},{"op":"add","path":"/d","value":1},{"op":"add","path":"/e","value":1}]"""u8.ToArray(), limits).Refusal?.Code);
    }

    [Fact]
    public void Copies_OfCopies_DoNotGrowWithoutBound()
    {
        var patch = "[" + string.Join(',', Enumerable.Repeat("""{"op":"copy","from":"/o","path":"/o/x"},{"op":"copy","from":"/o","path":"/o/y"}""", 100)) + "]";

        Assert.StartsWith("patch-", Apply(patch).Refusal?.Code, StringComparison.Ordinal);
    }

    private static Kernel.Outcome<byte[]> Apply(string patch) => JsonPatch.Apply(Encoding.UTF8.GetBytes(Document), Encoding.UTF8.GetBytes(patch));
}
