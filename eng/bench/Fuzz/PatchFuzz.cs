using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sante.Fhir;
using Sante.Fhir.Patch;

namespace Sante.Bench.Fuzz;

/// <summary>
/// Seeded fuzz of patches: JSON Patch against a plain model over System.Text.Json (same document, or both refuse), FHIRPath Patch for form: it ends in JSON that is
/// still a resource, or in a refusal of its own. Nothing may throw.
/// </summary>
internal static class PatchFuzz
{
    private static readonly string[] Documents = ["""{"a":1.50,"b":["x",{"c":null},[2]],"d":{"e":{"f":true}}}""", """{ "a" : [ ] , "b" : { } }""", """[1,[2,3],{"a":"\u0062"}]""", "{}"];
    private static readonly string[] Tokens = ["a", "b", "c", "d", "e", "f", "0", "1", "2", "-", "01", "", "~0", "~1", "x"];
    private static readonly string[] Values = ["1", "1.0", "null", "\"x\"", "{}", "[]", """{"a":[1]}""", "true"];
    private static readonly string[] Paths = ["Patient", "Patient.name", "Patient.name[0]", "Patient.name.given", "Patient.name.given[1]", "Patient.birthDate", "Patient.deceased", "Patient.name[1].given", "Patient.contact", "id", "name.where(use='official')", "1+", "descendants()", "Patient.name.given.first()"];
    private static readonly string[] Names = ["name", "given", "gender", "birthDate", "deceased", "extension", "contact", "nope", "deceasedBoolean"];
    private static readonly string[] Contents = ["\"valueString\":\"v\"", "\"valueBoolean\":true", "\"valueDateTime\":\"2024\"", "\"valueHumanName\":{\"family\":\"f\"}", "\"part\":[{\"name\":\"gender\",\"valueCode\":\"male\"}]", "\"_valueString\":{\"id\":\"i\"}", "\"valueCode\":\"a\",\"_valueCode\":{\"id\":\"i\"}", ""];
    private static readonly FhirResource Patient = FhirJson.Parse(Encoding.UTF8.GetBytes("""{"resourceType":"Patient","id":"p","name":[{"use":"official","given":["a",null,"b"],"_given":[null,{"id":"x"}]},{"_given":[{"id":"y"}]}],"birthDate":"1970","_birthDate":{"id":"z"},"deceasedBoolean":false}""")).Resource!;

    /// <summary>How many patches were applied; throws, naming the input, at the first that breaks a promise.</summary>
    public static long Run(long from, long to, int seed)
    {
        var applied = 0L;
        for (var number = from; number < to; number++)
        {
            var random = new Random(unchecked((int)((number * 2654435761) ^ (seed * 40503))));
            var input = number % 3 == 0 ? Parameters(random) : Operations(random);
            try
            {
                applied += (number % 3 == 0 ? TryFhir(input) : TryJson(Documents[random.Next(Documents.Length)], input)) ? 1 : 0;
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"Input {number} of seed {seed}: {input}", fault);
            }
        }

        return applied;
    }

    private static bool TryJson(string document, string patch)
    {
        var outcome = JsonPatch.Apply(Encoding.UTF8.GetBytes(document), Encoding.UTF8.GetBytes(patch));
        var model = PatchModel.Apply(JsonNode.Parse(document), JsonNode.Parse(patch)!.AsArray(), out var possible);
        Require(possible == outcome.Refusal is null, $"the model {(possible ? "takes" : "refuses")} it, the answer is {outcome.Refusal?.Code ?? "a document"}");
        Require(outcome.Refusal is { } refusal ? refusal.Code.StartsWith("patch-", StringComparison.Ordinal) : JsonNode.DeepEquals(model, JsonNode.Parse(outcome.Value)), "the model's document");
        return possible;
    }

    private static bool TryFhir(string parameters)
    {
        var outcome = FhirPathPatch.Apply(Patient, FhirJson.Parse(Encoding.UTF8.GetBytes(parameters)).Resource!);
        Require(outcome.Refusal is { } refusal ? refusal.Code.StartsWith("patch-", StringComparison.Ordinal) : FhirJson.Parse(outcome.Value).Resource is { Type: "Patient" }, "a resource, or a refusal of its own");
        return outcome.Refusal is null;
    }

    private static string Operations(Random random) => "[" + string.Join(',', Enumerable.Range(0, random.Next(1, 5)).Select(_ =>
    {
        var operation = One(random, ["add", "add", "remove", "replace", "move", "copy", "test"]);
        var path = JsonSerializer.Serialize(Pointer(random));
        return operation is "move" or "copy" ? $$"""{"op":"{{operation}}","from":{{JsonSerializer.Serialize(Pointer(random))}},"path":{{path}}}""" : $$"""{"op":"{{operation}}","path":{{path}},"value":{{One(random, Values)}}}""";
    })) + "]";

    private static string Pointer(Random random) => string.Concat(Enumerable.Range(0, random.Next(0, 4)).Select(_ => "/" + One(random, Tokens)));

    private static string Parameters(Random random) => $$"""{"resourceType":"Parameters","parameter":[{{string.Join(',', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Operation(random)))}}]}""";

    private static string Operation(Random random)
    {
        var content = One(random, Contents);
        List<string> parts =
        [
            $$"""{"name":"type","valueCode":"{{One(random, ["add", "insert", "delete", "replace", "move"])}}"}""",
            $$"""{"name":"path","valueString":"{{One(random, Paths)}}"}""",
            $$"""{"name":"name","valueString":"{{One(random, Names)}}"}""",
            $$"""{"name":"index","valueInteger":{{random.Next(-1, 4)}}}""",
            $$"""{"name":"source","valueInteger":{{random.Next(-1, 4)}}}""",
            $$"""{"name":"destination","valueInteger":{{random.Next(-1, 4)}}}""",
            content.Length == 0 ? """{"name":"value"}""" : $$"""{"name":"value",{{content}}}""",
        ];
        return $$"""{"name":"operation","part":[{{string.Join(',', parts)}}]}""";
    }

    private static string One(Random random, string[] choices) => choices[random.Next(choices.Length)];

    private static void Require(bool kept, string promise)
    {
        if (!kept)
        {
            throw new InvalidOperationException($"Broken: {promise}");
        }
    }
}
