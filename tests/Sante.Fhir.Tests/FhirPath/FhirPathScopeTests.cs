using Sante.Fhir.FhirPath;

namespace Sante.Fhir.Tests.FhirPath;

/// <summary>What a scope gives to expressions, and elements as FHIR has them: choices, primitives with extensions, references.</summary>
public class FhirPathScopeTests
{
    private const string Bundle = """{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","id":"p","name":[{"given":["a",null,"b"],"_given":[null,{"extension":[{"url":"u","valueCode":"x"}]}]}]}},{"fullUrl":"urn:uuid:2","resource":{"resourceType":"Observation","status":"final","code":{"text":"t"},"subject":{"reference":"urn:uuid:1"},"hasMember":[{"reference":"Patient/p"},{"reference":"#c"},{"reference":"Practitioner/9"}],"contained":[{"resourceType":"Device","id":"c"}],"valueQuantity":{"value":1.50,"system":"http://unitsofmeasure.org","code":"mg"}}}]}""";

    [Theory]
    [InlineData("subject.resolve().id", "p")]
    [InlineData("hasMember.resolve().id", "p,c")]
    [InlineData("hasMember.resolve().ofType(Device).id", "c")]
    [InlineData("hasMember.where(resolve() is Practitioner).reference", "")]
    [InlineData("value.value", "1.50")]
    [InlineData("value as Quantity = 1500 'ug'", "true")]
    [InlineData("value.ofType(string).exists()", "false")]
    [InlineData("Observation.code.text | Observation.status", "t,final")]
    [InlineData("Patient.code.exists()", "false")]
    [InlineData("status is code and status is string and (status is id).not()", "true")]
    [InlineData("%resource.status = %context.status", "true")]
    [InlineData("%rootResource.type", "collection")]
    [InlineData("%answer + 1", "43")]
    [InlineData("%rootResource.entry.resource.ofType(Patient).name.given.count()", "3")]
    [InlineData("%rootResource.entry.resource.ofType(Patient).name.given.select(hasValue())", "true,false,true")]
    [InlineData("%rootResource.entry.resource.ofType(Patient).name.given.extension('u').value", "x")]
    [InlineData("%rootResource.entry.resource.ofType(Patient).name.given[1].getValue().exists()", "false")]
    [InlineData("%rootResource.entry.resource.ofType(Patient).name.children().count()", "3")]
    [InlineData("code.memberOf('http://yes')", "true")]
    [InlineData("code.memberOf('http://who-knows')", "")]
    [InlineData("now() = now() and today() = @2026-11-22 and timeOfDay() > @T01:00", "true")]
    public void Expression_WithTheScope_Gives(string source, string expected)
    {
        var bundle = Fixtures.Read(Bundle);
        var entry = FhirResource.Within(bundle.At("entry").Exists ? bundle.Root["entry"u8].Items.ToList()[1]["resource"u8] : default)!;
        var scope = new FhirPathScope
        {
            Resource = FhirPathValue.Of(entry),
            RootResource = source.Contains("%rootResource", StringComparison.Ordinal) ? FhirPathValue.Of(bundle) : default,
            Bundle = bundle.Root,
            Now = new DateTimeOffset(2026, 11, 22, 1, 2, 3, TimeSpan.FromHours(1)),
            MemberOf = (_, set) => set == "http://yes" ? true : null,
            Variables = new Dictionary<string, FhirPathValue> { ["answer"] = FhirPathExpression.Parse("42").Value.Evaluate(entry, new FhirPathScope()).Value[0] },
        };

        var outcome = FhirPathExpression.Parse(source).Value.Evaluate(entry, scope);

        Assert.Null(outcome.Refusal);
        Assert.Equal(expected, string.Join(',', outcome.Value.Select(item => item.Text)));
    }

    [Fact]
    public void UnresolvedReference_ByType_IsOfTheTypeThatItsTextTells()
    {
        var observation = Fixtures.Read("""{"resourceType":"Observation","subject":{"reference":"Patient/1"}}""");
        var expression = FhirPathExpression.Parse("subject.where(resolve() is Patient).reference").Value;

        Assert.Empty(expression.Evaluate(observation, new FhirPathScope()).Value);
        Assert.Single(expression.Evaluate(observation, new FhirPathScope { ReferencesByType = true }).Value);
        Assert.Single(expression.Evaluate(observation, new FhirPathScope { Resolver = url => url == "Patient/1" ? Fixtures.Read("""{"resourceType":"Patient"}""") : null }).Value);
    }

    [Fact]
    public void As_OnSeveral_FiltersUnlessTheScopeIsStrict()
    {
        var patient = Fixtures.Read("""{"resourceType":"Patient","name":[{"text":"a"},{"text":"b"}]}""");
        var expression = FhirPathExpression.Parse("name.as(HumanName).text").Value;

        Assert.Equal(2, expression.Evaluate(patient, new FhirPathScope()).Value.Count);
        Assert.Equal("fhirpath-not-single", expression.Evaluate(patient, new FhirPathScope { AsNeedsOneItem = true }).Refusal?.Code);
    }

    [Fact]
    public void Trace_SeesNameAndItems()
    {
        List<string> seen = [];
        var scope = new FhirPathScope { Trace = (name, items) => seen.Add($"{name}:{string.Join(',', items.Select(item => item.Text))}") };

        FhirPathExpression.Parse("name.trace('n', text).exists()").Value.Evaluate(Fixtures.Read("""{"resourceType":"Patient","name":[{"text":"a"},{"text":"b"}]}"""), scope);

        Assert.Equal(["n:a,b"], seen);
    }

    [Fact]
    public void Values_ShowNoContentInText() => Assert.Equal("(string)", FhirPathExpression.Parse("name.text").Value.Evaluate(Fixtures.Read("""{"resourceType":"Patient","name":[{"text":"a"}]}"""), new FhirPathScope()).Value[0].ToString());
}
