using Sante.Fhir.Check;
using Sante.Fhir.Definitions;
using Sante.Fhir.FhirPath;

namespace Sante.Fhir.Tests;

/// <summary>What <c>$validate</c> finds beyond a write.</summary>
public sealed class FullCheckTests
{
    private const string Narrative = "\"text\":{\"status\":\"generated\",\"div\":\"<div xmlns='http://www.w3.org/1999/xhtml'>a</div>\"}";
    private static readonly FhirCheckOptions Full = new() { Depth = FhirCheckDepth.Full };

    [Fact]
    public void Invariant_OfAnInnerElement_IsReportedAtItsPlace()
    {
        var patient = Fixtures.Read($$"""{"resourceType":"Patient",{{Narrative}},"contact":[{"gender":"male"}]}""");
        var issue = Assert.Single(FhirCheck.Check(patient, Full));
        Assert.Equal(("invariant-broken", "Patient.contact[0]", FhirSeverity.Error), (issue.Code, issue.Expression, issue.Severity));
        Assert.Contains("pat-1", issue.Text, StringComparison.Ordinal);
        Assert.Empty(FhirCheck.Check(patient));
    }

    [Fact]
    public void Invariants_OfSeveralElements_AreAllReported()
    {
        var found = Keys($$"""
            {"resourceType":"Observation",{{Narrative}},"status":"final","code":{"coding":[{"system":"http://loinc.org","code":"1"}]},"valueString":"x","dataAbsentReason":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/data-absent-reason","code":"unknown"}]},
            "referenceRange":[{"appliesTo":[{"text":"a"}]}],"effectivePeriod":{"start":"2021","end":"2020"},"component":[{"code":{"coding":[{"system":"http://loinc.org","code":"1"}]},"valueString":"y"}]}
            """);
        Assert.Equal(["obs-3", "obs-6", "obs-7", "per-1"], found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Invariant_ThatIsAdvice_IsAWarning() =>
        Assert.Equal([("invariant-broken", FhirSeverity.Warning)], FhirCheck.Check(Fixtures.Read("""{"resourceType":"Patient","active":true}"""), Full).Select(issue => (issue.Code, issue.Severity)));

    [Fact]
    public void Invariant_OfAClaimedProfile_IsEvaluated() => Assert.Contains("vs-2", Keys($$"""
        {"resourceType":"Observation",{{Narrative}},"meta":{"profile":["http://hl7.org/fhir/StructureDefinition/vitalsigns"]},"status":"final",
        "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"subject":{"reference":"Patient/1"},"effectiveDateTime":"2020-01-01"}
        """));

    [Fact]
    public void Invariant_InAnEntryOfABundle_HasItsOwnResource() => Assert.Equal(["invariant-broken at Bundle.entry[1].resource"], Refusing($$"""
        {"resourceType":"Bundle","type":"collection","entry":[
          {"fullUrl":"urn:uuid:0f0e0d0c-0b0a-0908-0706-050403020100","resource":{"resourceType":"Patient",{{Narrative}},"contained":[{"resourceType":"Organization","id":"o","name":"x"}],"managingOrganization":{"reference":"#o"} } },
          {"fullUrl":"urn:uuid:0f0e0d0c-0b0a-0908-0706-050403020101","resource":{"resourceType":"Patient",{{Narrative}},"contained":[{"resourceType":"Organization","id":"o","name":"x"}] } }]}
        """));

    [Theory]
    [InlineData("\"name\":[{}]", "ele-1", "object-empty at Patient.name[0]")]
    [InlineData("\"extension\":[{\"url\":\"http://a.b/c\"}]", "ext-1", "ext-1 at Patient.extension[0]")]
    [InlineData("\"photo\":[{\"data\":\"YWJj\"}]", "att-1", "att-1 at Patient.photo[0]")]
    [InlineData("\"managingOrganization\":{\"reference\":\"#x\"}", "ref-1", "contained-missing at Patient.managingOrganization.reference")]
    [InlineData("\"contained\":[{\"resourceType\":\"Organization\",\"id\":\"o\",\"name\":\"x\",\"contained\":[{\"resourceType\":\"Organization\",\"id\":\"p\"}]}]", "dom-2", "contained-in-contained at Patient.contained[0].contained[0]")]
    [InlineData("\"text\":{\"status\":\"generated\",\"div\":\"<div xmlns='http://www.w3.org/1999/xhtml'><script>x</script></div>\"}", "txt-1", "narrative-forbidden at Patient.text.div")]
    [InlineData("\"contained\":[{\"resourceType\":\"Organization\",\"id\":\"o\",\"name\":\"x\"}]", "dom-3", "invariant-broken at Patient")]
    [InlineData("\"contained\":[{\"resourceType\":\"Organization\",\"id\":\"o\",\"name\":\"x\",\"meta\":{\"versionId\":\"1\"}}],\"managingOrganization\":{\"reference\":\"#o\"}", "dom-4", "invariant-broken at Patient")]
    [InlineData("\"contained\":[{\"resourceType\":\"Organization\",\"id\":\"o\",\"name\":\"x\",\"meta\":{\"security\":[{\"code\":\"R\"}]}}],\"managingOrganization\":{\"reference\":\"#o\"}", "dom-5", "invariant-broken at Patient")]
    [InlineData("\"extension\":[{\"url\":\"http://a.b/c\",\"valueQuantity\":{\"value\":1,\"code\":\"kg\"}}]", "qty-3", "invariant-broken at Patient.extension[0].value")]
    public void BaseInvariant_ReadByHand_IsFoundAll(string members, string key, string expected)
    {
        Assert.True(InvariantPlans.ByKey.ContainsKey(key));
        Assert.Contains(expected, Refusing($$"""{"resourceType":"Patient",{{members}}}"""));
    }

    [Fact]
    public void KeysThatAreReadByHand_HaveOneMeaningEach()
    {
        var all = R4.Current.Set.Types.SelectMany(type => type.Invariants.Concat(type.Elements.SelectMany(element => element.Invariants)))
            .Concat(R4.Current.Set.Profiles.SelectMany(profile => Within(profile.Root))).Where(one => InvariantPlans.ByKey.ContainsKey(one.Key)).Distinct().ToList();
        Assert.Equal(InvariantPlans.ByKey.Keys.Order(StringComparer.Ordinal), all.Select(one => one.Key).Distinct().Order(StringComparer.Ordinal));
        // R4 writes ext-1 with and without spaces, and ele-1 with and without its exception for Parameters.
        Assert.All(all.GroupBy(one => one.Key).Where(group => group.Key is not ("ele-1" or "ext-1")), group => Assert.Single(group.Select(one => one.Expression.Replace(" ", "", StringComparison.Ordinal)).Distinct()));
    }

    [Fact]
    public void WhatIsReadByHand_AgreesWithTheEngine_OnEveryPublishedResourceThatPasses()
    {
        var differing = new List<string>();
        foreach (var (name, utf8) in Hl7Archive.Resources().Where(one => one.Utf8.Length < 12_000))
        {
            var resource = FhirJson.Parse(utf8).Resource!;
            if (R4.Current.Resources[resource.Type] is var type && !FhirCheck.Check(resource, Full).Any(issue => issue.Refuses))
            {
                var context = FhirPathValue.Of(resource);
                var scope = new FhirPathScope { Resource = context, RootResource = context };
                differing.AddRange(type.Invariants.Where(one => one is { IsError: true } && InvariantPlans.ByKey.ContainsKey(one.Key) && one.Compiled!.Evaluate(context, scope).Value is [{ Text: "false" }])
                    .Select(one => $"{name}: {one.Key}"));
            }
        }

        Assert.Empty(differing);
    }

    [Fact]
    public void EveryInvariant_OfTheDefinitions_Compiles()
    {
        var all = R4.Current.Set.Types.SelectMany(type => type.Invariants.Concat(type.Elements.SelectMany(element => element.Invariants)))
            .Concat(R4.Current.Set.Profiles.SelectMany(profile => Within(profile.Root))).Distinct().ToList();
        Assert.True(all.Count > 200, $"{all.Count}");
        Assert.Empty(all.Where(one => one.Compiled is null).Select(one => one.Key));
    }

    [Fact]
    public void AdvisedBinding_OfAnotherCode_WarnsAndDoesNotRefuse()
    {
        var issues = FhirCheck.Check(Fixtures.Read($$"""
            {"resourceType":"Patient",{{Narrative}},"maritalStatus":{"coding":[{"system":"http://elsewhere.example","code":"Z"}]},"contact":[{"name":{"text":"a"},"relationship":[{"coding":[{"system":"http://elsewhere.example","code":"Z"}]}]}]}
            """), Full);
        Assert.Equal([("binding-extensible", "Patient.contact[0].relationship[0]"), ("binding-extensible", "Patient.maritalStatus")],
            issues.Select(issue => (issue.Code, issue.Expression)).Order());
        Assert.DoesNotContain(issues, issue => issue.Refuses);
    }

    [Fact]
    public void Extension_OutsideOfItsContext_IsAWarning() => Assert.Contains("extension-context at Patient.extension[0]", Any($$"""
        {"resourceType":"Patient",{{Narrative}},"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/observation-bodyPosition","valueCodeableConcept":{"text":"x"} }]}
        """));

    [Theory]
    [InlineData("\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/patient-birthPlace\",\"valueAddress\":{\"city\":\"Lyon\"}}]")]
    [InlineData("\"name\":[{\"family\":\"a\",\"_family\":{\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/humanname-own-name\",\"valueString\":\"a\"}]}}]")]
    [InlineData("\"birthDate\":\"2020-01-01\",\"_birthDate\":{\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/patient-birthTime\",\"valueDateTime\":\"2020-01-01T10:00:00Z\"}]}")]
    public void Extension_WhereItBelongs_Passes(string members) => Assert.Empty(Any($$"""{"resourceType":"Patient",{{Narrative}},{{members}}}"""));

    [Fact]
    public void Extension_ThatNobodyKnows_IsARemark() => Assert.Equal(["extension-unknown at Patient.extension[0]"],
        Any($$"""{"resourceType":"Patient",{{Narrative}},"extension":[{"url":"http://a.b/c","valueString":"x"}]}"""));

    [Fact]
    public void Reference_InABundle_MustLeadSomewhereAndToTheRightType() => Assert.Equal(
        ["reference-target-type at Bundle.entry[0].resource.managingOrganization", "reference-unresolved at Bundle.entry[0].resource.generalPractitioner[0].reference"], Refusing($$"""
        {"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:0f0e0d0c-0b0a-0908-0706-050403020100","resource":{"resourceType":"Patient",{{Narrative}},
          "managingOrganization":{"reference":"urn:uuid:0f0e0d0c-0b0a-0908-0706-050403020100"},"generalPractitioner":[{"reference":"urn:uuid:0f0e0d0c-0b0a-0908-0706-0504030201ff"}] } }]}
        """).Order(StringComparer.Ordinal));

    [Fact]
    public void Check_ForADeletion_LooksAtNothing() =>
        Assert.Empty(FhirCheck.Check(Fixtures.Read("""{"resourceType":"Patient","x":1}"""), new FhirCheckOptions { Interaction = FhirInteraction.Delete, Depth = FhirCheckDepth.Full }));

    [Fact]
    public void Profile_AskedForAndUnknown_IsRefused_EvenWhereClaimsAreNot() => Assert.Contains(
        FhirCheck.Check(Fixtures.Read("""{"resourceType":"Patient"}"""), new FhirCheckOptions { UnknownProfileRefuses = false, Profiles = ["http://a.b/unknown"] }), issue => issue is { Code: "profile-unknown", Refuses: true });

    [Fact]
    public void ManyWarnings_DoNotHideAnError()
    {
        var contacts = string.Join(',', Enumerable.Repeat("""{"name":{"text":"a"},"relationship":[{"coding":[{"system":"http://elsewhere.example","code":"Z"}]}]}""", 300));
        var issues = FhirCheck.Check(Fixtures.Read($$"""{"resourceType":"Patient",{{Narrative}},"contact":[{{contacts}},{"gender":"male"}]}"""), Full);
        Assert.Contains(issues, issue => issue is { Code: "invariant-broken", Expression: "Patient.contact[300]" });
        Assert.Equal(FhirLimits.Default.MaxIssues, issues.Count(issue => !issue.Refuses));
    }

    private static IEnumerable<InvariantDef> Within(Constraint node) => node.Invariants.Concat(node.Children.Concat(node.Slices).SelectMany(Within));

    private static List<string> Keys(string json) =>
        [.. FhirCheck.Check(Fixtures.Read(json), Full).Where(issue => issue.Code == "invariant-broken" && issue.Refuses).Select(issue => issue.Text.Split(' ')[1])];

    private static List<string> Refusing(string json) => Fixtures.Refusing(json, Full);

    /// <summary>Issues of any severity.</summary>
    private static List<string> Any(string json) => [.. FhirCheck.Check(Fixtures.Read(json), Full).Select(issue => $"{issue.Code} at {issue.Expression}")];
}
