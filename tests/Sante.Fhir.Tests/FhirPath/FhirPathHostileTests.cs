using Sante.Fhir.FhirPath;

namespace Sante.Fhir.Tests.FhirPath;

/// <summary>Expressions made to hang, to fill memory or to overflow the stack: each ends in a refusal, within bounds.</summary>
public class FhirPathHostileTests
{
    private static readonly FhirResource Patient = Fixtures.Read("""{"resourceType":"Patient","name":[{"given":["a","b","c","d","e","f","g","h"]}],"birthDate":"1970-01-01"}""");

    public static TheoryData<string, string, string> Hostile => new()
    {
        { "parentheses", new string('(', 5000) + "1" + new string(')', 5000), "fhirpath-too-complex" },
        { "signs", new string('-', 5000) + "1", "fhirpath-too-complex" },
        { "members", "a" + string.Concat(Enumerable.Repeat(".a", 5000)), "fhirpath-too-complex" },
        { "sums", "1" + string.Concat(Enumerable.Repeat("+1", 5000)), "fhirpath-too-complex" },
        { "calls", string.Concat(Enumerable.Repeat("iif(true,", 1000)) + "1" + new string(')', 1000), "fhirpath-too-complex" },
        { "length", "1 " + new string(' ', 20_000), "fhirpath-too-complex" },
        { "open comment", "1 /* " + new string('*', 1000), "fhirpath-syntax" },
        { "open string", "'" + new string('a', 1000), "fhirpath-syntax" },
        { "control", "\0", "fhirpath-syntax" },
        { "doubling text", "name.given.aggregate($total & $total & 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'a').select($this.replace('x','" + new string('y', 8000) + "'))", "fhirpath-too-costly" },
        { "replacing with growth", "'" + new string('a', 4000) + "'.replace('a','" + new string('b', 4000) + "')", "fhirpath-too-costly" },
        { "replacing matches with growth", "'" + new string('a', 4000) + "'.replaceMatches('a','" + new string('b', 4000) + "')", "fhirpath-pattern" },
        { "products of collections", "name.given.select(%resource.name.given.select(%resource.name.given.select(%resource.name.given.select(%resource.name.given.select(%resource.name.given.select(%resource.name.given)))))).count()", "fhirpath-too-costly" },
        { "backtracking", "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches('(?=x)(a+)+$')", "fhirpath-pattern" },
        { "back reference", "'aa'.matches('(a)\\\\1')", "fhirpath-pattern" },
        { "large automaton", "'a'.matches('((a{100}){100}){100}')", "fhirpath-pattern" },
        { "broken pattern", "'a'.matches('[')", "fhirpath-pattern" },
        { "no clock", "now()", "fhirpath-not-supported" },
        { "no terminology", "name.memberOf('http://x')", "fhirpath-not-supported" },
        { "no definitions", "elementDefinition()", "fhirpath-not-supported" },
        { "unknown variable", "%secret", "fhirpath-unknown-variable" },
        { "unknown function", "system('ls')", "fhirpath-unknown-function" },
        { "unknown type", "name is Nope", "fhirpath-unknown-type" },
        { "arguments", "name.where()", "fhirpath-arguments" },
        { "unit", "@2024-01-01 + 1 'kg'", "fhirpath-units" },
        { "several", "name.given + 'x'", "fhirpath-not-single" },
        { "types", "'x' + 1", "fhirpath-type" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Expression_EndsInARefusal(string name, string source, string code)
    {
        var scope = new FhirPathScope { Limits = FhirPathLimits.Foreign };

        var refusal = FhirPathExpression.Parse(source).TryGet(out var expression, out var fault) ? expression.Evaluate(Patient, scope).Refusal : fault;

        Assert.True(refusal?.Code == code, $"{name}: {refusal?.Code}");
    }

    [Theory]
    [InlineData("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches('^(a+)+$')", "false")]
    [InlineData("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches('^(a|a|aa)*$')", "false")]
    [InlineData("repeat($this | %resource).count()", "1")]
    [InlineData("1.power(2147483647)", "1")]
    [InlineData("10.power(2147483647).exists()", "false")]
    [InlineData("(2147483647 + 1).exists()", "false")]
    [InlineData("79228162514264337593543950335 * 2 = 1", null)]
    [InlineData("(-2147483648) div -1", null)]
    [InlineData("(@9999-12-31 + 1 day).exists()", "false")]
    [InlineData("(@0001-01-01 - 1 year).exists()", "false")]
    [InlineData("(@2024-02-29 + 1 year).toString()", "2025-02-28")]
    [InlineData("(@T23:30 + 1 hour).toString()", "00:30")]
    [InlineData("(1 '[pi]' / 0 'm').exists()", "false")]
    public void Expression_ThatLooksHostile_HasItsAnswer(string source, string? expected)
    {
        var outcome = FhirPathExpression.Parse(source).Value.Evaluate(Patient, new FhirPathScope { Limits = FhirPathLimits.Foreign });

        Assert.Null(outcome.Refusal);
        Assert.Equal(expected, outcome.Value.SingleOrDefault().Text);
    }

    [Fact]
    public void LongLists_AreComparedInTimeOfTheirLength()
    {
        var given = string.Join(',', Enumerable.Repeat("\"aaaaaaaaaaaaaaaa\"", 20_000));
        var contact = $$"""{"name":{"given":[{{given}}],"family":"f"} }""";
        var patient = Fixtures.Read($$"""{"resourceType":"Patient","contact":[{{contact}},{{contact}}]}""");
        var scope = new FhirPathScope { Limits = FhirPathLimits.Foreign };

        Assert.True(FhirPathExpression.Parse("contact[0] = contact[1]").Value.IsTrue(FhirPathValue.Of(patient), scope).Value);
        Assert.True(FhirPathExpression.Parse("contact.name.given.distinct().count() = 1").Value.IsTrue(FhirPathValue.Of(patient), scope).Value);
    }

    [Theory]
    [InlineData("name[0] = name[1]", "true")]
    [InlineData("name[0] = name[2]", "false")]
    [InlineData("name[2] = name[3]", "false")]
    [InlineData("name[2] ~ name[3]", "true")]
    public void Equality_OfElements_MindsOrderOfListsAndNotOfNames(string source, string expected)
    {
        var patient = Fixtures.Read("""{"resourceType":"Patient","name":[{"family":"f","given":["a","b"],"_given":[null,{"id":"1"}]},{"given":["a","b"],"_given":[null,{"id":"1"}],"family":"f"},{"family":"f","given":["b","a"]},{"family":"F","given":["B","A"]}]}""");

        Assert.Equal(expected, FhirPathExpression.Parse(source).Value.Evaluate(patient, new FhirPathScope()).Value[0].Text);
    }
}
