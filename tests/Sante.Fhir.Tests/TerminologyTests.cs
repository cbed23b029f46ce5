using System.Text;
using System.Text.Json;
using Sante.Fhir.Check;
using Sante.Fhir.Terminology;

namespace Sante.Fhir.Tests;

public sealed class TerminologyTests
{
    private const string Gender = "http://hl7.org/fhir/administrative-gender";
    private const string GenderSet = "http://hl7.org/fhir/ValueSet/administrative-gender";
    private const string ActCode = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

    [Fact]
    public void Expand_OfASmallSet_GivesItsCodesInOrder() =>
        Assert.Equal(["male", "female", "other", "unknown"], Terminologies.Expand(new ExpandQuery { Url = GenderSet }).Value.Codes.Select(one => one.Code));

    [Fact]
    public void Expand_ByPages_GivesEveryCodeOnce()
    {
        const string url = "http://terminology.hl7.org/ValueSet/v3-ActCode";
        var whole = Terminologies.Expand(new ExpandQuery { Url = url }).Value;
        Assert.Equal(whole.Total, whole.Codes.Count);
        List<string> paged = [];
        for (var offset = 0; offset < whole.Total; offset += 100)
        {
            var page = Terminologies.Expand(new ExpandQuery { Url = url, Offset = offset, Count = 100 }).Value;
            Assert.Equal(whole.Total, page.Total);
            paged.AddRange(page.Codes.Select(one => one.Code));
        }

        Assert.Equal(whole.Codes.Select(one => one.Code), paged);
        Assert.Equal(paged.Count, paged.Distinct().Count());
    }

    [Theory]
    [InlineData("fem", "female")]
    [InlineData("FEM", "female")]
    [InlineData("male", "male")]
    [InlineData("xyz", "")]
    public void Expand_WithFilter_KeepsWhatBeginsWithTheWords(string filter, string codes) =>
        Assert.Equal(codes, string.Join(' ', Terminologies.Expand(new ExpandQuery { Url = GenderSet, Filter = filter }).Value.Codes.Select(one => one.Code)));

    [Fact]
    public void Expand_WithCountZero_GivesTheTotalOnly()
    {
        var expansion = Terminologies.Expand(new ExpandQuery { Url = GenderSet, Count = 0 }).Value;
        Assert.Equal((4, 0), (expansion.Total, expansion.Codes.Count));
    }

    [Fact]
    public void Expand_WithALanguage_GivesDisplaysInIt()
    {
        var french = Terminologies.Expand(new ExpandQuery { Url = "http://hl7.org/fhir/ValueSet/resource-types", DisplayLanguage = "fr-FR" }).Value;
        Assert.Contains(french.Codes, one => one is { Code: "Appointment", Display: "RendezVous" });
    }

    [Theory]
    [InlineData("http://hl7.org/fhir/ValueSet/observation-codes", "value-set-not-expandable")]
    [InlineData("http://example.org/nowhere", "value-set-unknown")]
    public void Expand_OfWhatIsNotAtHand_IsRefused(string url, string code) => Assert.Equal(code, Terminologies.Expand(new ExpandQuery { Url = url }).Refusal?.Code);

    [Fact]
    public void Expand_AsJson_IsAValidValueSet()
    {
        var json = Terminologies.Expand(new ExpandQuery { Url = GenderSet, Filter = "male", Count = 2, IncludeDesignations = true }).Value
            .ToJson(new DateTimeOffset(2026, 11, 22, 1, 2, 3, TimeSpan.Zero), new Guid("0f0e0d0c-0b0a-0908-0706-050403020100"));
        Assert.DoesNotContain(FhirCheck.Check(FhirJson.Parse(json).Resource!), issue => issue.Refuses);
        Assert.Equal("male", FhirJson.Parse(json).Resource!.At("expansion.contains.code").Text);
    }

    [Fact]
    public void Expand_OfAGivenSet_UsesFiltersExclusionsAndImports()
    {
        var set = Fixtures.Read($$"""
            {"resourceType":"ValueSet","status":"active","compose":{
              "include":[{"system":"{{ActCode}}","filter":[{"property":"concept","op":"is-a","value":"_ActPolicyType"}]},{"valueSet":["{{GenderSet}}"]}],
              "exclude":[{"system":"{{Gender}}","concept":[{"code":"unknown"}] } ] } }
            """);
        var codes = Terminologies.Expand(new ExpandQuery { ValueSet = set }).Value.Codes.Select(one => one.Code).ToList();
        Assert.Contains("_ActPolicyType", codes);
        Assert.Contains("male", codes);
        Assert.DoesNotContain("unknown", codes);
        Assert.DoesNotContain("AMB", codes);
    }

    [Fact]
    public void Expand_OfTwoImportsInOneInclude_IsTheirIntersection()
    {
        var set = Fixtures.Read("""{"resourceType":"ValueSet","status":"active","compose":{"include":[{"valueSet":["http://hl7.org/fhir/ValueSet/administrative-gender","http://hl7.org/fhir/ValueSet/yesnodontknow"]}]}}""");
        Assert.Empty(Terminologies.Expand(new ExpandQuery { ValueSet = set }).Value.Codes);
    }

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData("(?<=x)y")]
    [InlineData("[")]
    public void Expand_WithAHostilePattern_EndsAtOnce(string pattern)
    {
        var set = FhirJson.Parse(Encoding.UTF8.GetBytes($$"""
            {"resourceType":"ValueSet","status":"active","compose":{"include":[{"system":"{{ActCode}}","filter":[{"property":"code","op":"regex","value":{{JsonSerializer.Serialize(pattern)}} }]}] } }
            """)).Resource;
        var outcome = Terminologies.Expand(new ExpandQuery { ValueSet = set });
        Assert.True(outcome.Refusal is null or { Code: "value-set-not-expandable" });
    }

    [Fact]
    public void Lookup_OfACode_GivesItsDisplayAndRelatives()
    {
        var found = Terminologies.Lookup(ActCode, "AMB").Value;
        Assert.Equal("ambulatory", found.Display);
        var json = FhirJson.Parse(found.ToJson()).Resource!;
        Assert.DoesNotContain(FhirCheck.Check(json), issue => issue.Refuses);
        Assert.Contains("_ActEncounterCode", Encoding.UTF8.GetString(json.Utf8.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://nowhere.example", "a", "code-system-unknown")]
    [InlineData(Gender, "a", "code-unknown")]
    public void Lookup_OfTheUnknown_IsRefused(string system, string code, string refusal) => Assert.Equal(refusal, Terminologies.Lookup(system, code).Refusal?.Code);

    [Theory]
    [InlineData(Gender, "male", null, true)]
    [InlineData(Gender, "male", "Male", true)]
    [InlineData(Gender, "male", "Chien", false)]
    [InlineData(Gender, "masculin", null, false)]
    [InlineData("http://elsewhere.example", "male", null, false)]
    [InlineData(null, "male", null, true)]
    public void ValidateCode_InASet_SaysWhetherItIs(string? system, string code, string? display, bool right)
    {
        var verdict = Terminologies.ValidateCode(new ValidateCodeQuery { Url = GenderSet, Codings = [(system, code, display)] }).Value;
        Assert.Equal(right, verdict.Result);
        Assert.Equal(right, verdict.Message is null);
        Assert.DoesNotContain(FhirCheck.Check(FhirJson.Parse(verdict.ToJson()).Resource!), issue => issue.Refuses);
    }

    [Fact]
    public void ValidateCode_OfListedForeignCodes_NeedsNoCodeSystem()
    {
        const string set = "http://hl7.org/fhir/ValueSet/observation-vitalsignresult";
        Assert.True(Terminologies.ValidateCode(new ValidateCodeQuery { Url = set, Codings = [("http://loinc.org", "8302-2", null)] }).Value.Result);
        Assert.False(Terminologies.ValidateCode(new ValidateCodeQuery { Url = set, Codings = [("http://loinc.org", "0-0", null)] }).Value.Result);
    }

    [Fact]
    public void ValidateCode_OfAFrenchSet_KnowsItsSystemByUrlAndByOid()
    {
        var url = Terminologies.ValueSets.First(one => one.EndsWith("JDV-J154-TypeGlucose-ENS", StringComparison.Ordinal));
        var (system, code) = Terminologies.CodesOf(url).Value.First(one => one.System == "http://loinc.org");
        Assert.True(Terminologies.ValidateCode(new ValidateCodeQuery { Url = url, Codings = [(system, code, null)] }).Value.Result);
        Assert.True(Terminologies.ValidateCode(new ValidateCodeQuery { Url = url, Codings = [("urn:oid:2.16.840.1.113883.6.1", code, null)] }).Value.Result);
    }

    [Theory]
    [InlineData("_ActEncounterCode", "AMB", "subsumes")]
    [InlineData("AMB", "_ActEncounterCode", "subsumed-by")]
    [InlineData("AMB", "AMB", "equivalent")]
    [InlineData("AMB", "EMER", "not-subsumed")]
    public void Subsumes_FollowsTheHierarchy(string a, string b, string relation) => Assert.Equal(relation, Terminologies.Subsumes(ActCode, a, b).Value);

    [Fact]
    public void BelowAndAbove_HoldTheCodeItselfAndItsKin()
    {
        Assert.Contains("AMB", Terminologies.Below(ActCode, "_ActEncounterCode"));
        Assert.Equal("AMB", Terminologies.Above(ActCode, "AMB")[0]);
        Assert.Contains("_ActEncounterCode", Terminologies.Above(ActCode, "AMB"));
        Assert.Empty(Terminologies.Below("http://snomed.info/sct", "73211009"));
    }

    [Fact]
    public void EveryCodeSystemAndSetAtHand_CanBeRead()
    {
        Assert.All(Terminologies.CodeSystems, url => Assert.NotNull(TerminologyLibrary.Current.System(url)));
        var expandable = Terminologies.ValueSets.Count(url => Terminologies.Expand(new ExpandQuery { Url = url }).Refusal is null);
        Assert.True(expandable > 1100, $"{expandable} of {Terminologies.ValueSets.Count()}");
    }

    [Fact]
    public void Expand_OfManyFiltersOfManyPatterns_MakesEachPatternOnce()
    {
        var filters = string.Join(',', Enumerable.Range(0, 40).Select(i => $$"""{"property":"code","op":"regex","value":".*{{(char)('a' + (i % 26))}}{{i}}?.*|.*"}"""));
        var set = Fixtures.Read($$"""{"resourceType":"ValueSet","status":"active","compose":{"include":[{"system":"http://hl7.org/fhir/resource-types","filter":[{{filters}}] }] } }""");
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.NotEmpty(Terminologies.Expand(new ExpandQuery { ValueSet = set }).Value.Codes);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
    }

    [Fact]
    public void Expand_OfTheSameSystemManyTimes_IsRefused()
    {
        var includes = string.Join(',', Enumerable.Repeat("""{"system":"http://hl7.org/fhir/resource-types"}""", 80_000));
        var set = Fixtures.Read($$"""{"resourceType":"ValueSet","status":"active","compose":{"include":[{{includes}}] } }""");
        Assert.Equal("value-set-too-costly", Terminologies.Expand(new ExpandQuery { ValueSet = set }).Refusal?.Code);
    }

    [Fact]
    public void ValidateCode_OfManyCodingsInManyIncludes_IsRefused()
    {
        var includes = string.Join(',', Enumerable.Repeat("""{"system":"urn:a"}""", 5_000));
        var set = Fixtures.Read($$"""{"resourceType":"ValueSet","status":"active","compose":{"include":[{{includes}}] } }""");
        var codings = Enumerable.Repeat(((string?)"urn:b", "c", (string?)null), 5_000).ToList();
        Assert.Equal("value-set-too-costly", Terminologies.ValidateCode(new ValidateCodeQuery { ValueSet = set, Codings = codings }).Refusal?.Code);
    }
}
