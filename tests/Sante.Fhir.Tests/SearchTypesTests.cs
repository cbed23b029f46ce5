using Sante.Fhir.Search;

namespace Sante.Fhir.Tests;

/// <summary>Every search type and modifier over small resources.</summary>
public sealed class SearchTypesTests
{
    [Theory]
    [InlineData("identifier:of-type=http://hl7.org/x|MR|12", true)]
    [InlineData("identifier:of-type=http://hl7.org/x|MR|13", false)]
    [InlineData("identifier:of-type=http://hl7.org/x|SS|12", false)]
    [InlineData("identifier:of-type=http://hl7.org/x|SS|34", true)]
    [InlineData("identifier=|34", true)]
    [InlineData("identifier=|12", false)]
    [InlineData("identifier=urn:a|", true)]
    [InlineData("identifier=urn:b|", false)]
    [InlineData("identifier:not=urn:a|12", false)]
    [InlineData("identifier:missing=false", true)]
    [InlineData("deceased=true", true)]
    [InlineData("deceased=false", false)]
    [InlineData("telecom=phone|0102030405", true)]
    [InlineData("phone=0102030405", true)]
    [InlineData("email=0102030405", false)]
    [InlineData("name=strauss", true)]
    [InlineData("name=STRAUSS", true)]
    [InlineData("name=strauß", true)]
    [InlineData("name:exact=Strauß", true)]
    [InlineData("name:exact=Strauss", false)]
    [InlineData("given=cœur", true)]
    [InlineData("given=COEUR", true)]
    [InlineData("given=cur", false)]
    [InlineData("given:contains=œu", true)]
    [InlineData("name=m.", true)]
    [InlineData("address=lyon", true)]
    [InlineData("address=both", false)]
    [InlineData("address-use=home", true)]
    [InlineData("general-practitioner=Practitioner/9", true)]
    [InlineData("general-practitioner=9", true)]
    [InlineData("general-practitioner:Practitioner=9", true)]
    [InlineData("general-practitioner:Organization=9", false)]
    [InlineData("general-practitioner=Organization/9", false)]
    [InlineData("link:missing=true", true)]
    [InlineData("_profile=http://x.example/p", true)]
    [InlineData("_profile=http://x.example/p|2.0", true)]
    [InlineData("_profile=http://x.example/p|1.0", false)]
    [InlineData("_profile:below=http://x.example", true)]
    [InlineData("_profile:above=http://x.example/p/q", true)]
    [InlineData("_security=http://sec|R", true)]
    [InlineData("_source=urn:source:1", true)]
    [InlineData("_tag:not=http://tag|z", true)]
    [InlineData("birthplace=Lyon", true)]
    public void Patient_UnderAQuery_MatchesOrNot(string query, bool expected) => Check("Patient", """
        {"resourceType":"Patient","meta":{"profile":["http://x.example/p|2.0"],"security":[{"system":"http://sec","code":"R"}],"source":"urn:source:1"},
         "extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthPlace","valueAddress":{"city":"Lyon"}}],
         "identifier":[{"system":"urn:a","value":"12","type":{"coding":[{"system":"http://hl7.org/x","code":"MR"}]}},{"value":"34","type":{"coding":[{"system":"http://hl7.org/x","code":"SS"}]}}],
         "name":[{"family":"Strauß","given":["Cœur"],"prefix":["M."]}],"telecom":[{"system":"phone","value":"0102030405"}],"deceasedDateTime":"2020-01-01",
         "address":[{"use":"home","type":"both","city":"Lyon"}],"generalPractitioner":[{"reference":"Practitioner/9"}]}
        """, query, expected);

    [Theory]
    [InlineData("class:in=http://terminology.hl7.org/ValueSet/v3-ActEncounterCode", true)]
    [InlineData("class:not-in=http://terminology.hl7.org/ValueSet/v3-ActEncounterCode", false)]
    [InlineData("status:in=http://hl7.org/fhir/ValueSet/encounter-status", true)]
    [InlineData("status:not-in=http://hl7.org/fhir/ValueSet/administrative-gender", true)]
    [InlineData("class:below=http://terminology.hl7.org/CodeSystem/v3-ActCode|_ActEncounterCode", true)]
    [InlineData("class:below=http://terminology.hl7.org/CodeSystem/v3-ActCode|AMB", true)]
    [InlineData("class:below=http://terminology.hl7.org/CodeSystem/v3-ActCode|EMER", false)]
    [InlineData("class:above=http://terminology.hl7.org/CodeSystem/v3-ActCode|AMB", true)]
    [InlineData("length=30||min", true)]
    [InlineData("date=ge2024-05-10", true)]
    [InlineData("date=sa2030-01-01", false)]
    [InlineData("date=gt2030-01-01", true)]
    [InlineData("service-provider:identifier=urn:f|750000001", true)]
    [InlineData("service-provider.identifier=urn:f|750000001", true)]
    [InlineData("service-provider:missing=false", true)]
    public void Encounter_UnderAQuery_MatchesOrNot(string query, bool expected) => Check("Encounter", """
        {"resourceType":"Encounter","status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},
         "period":{"start":"2024-05-10"},"length":{"value":30,"unit":"min"},"serviceProvider":{"identifier":{"system":"urn:f","value":"750000001"}}}
        """, query, expected);

    [Theory]
    [InlineData("probability=0.1", true)]
    [InlineData("probability=0.10", true)]
    [InlineData("probability=0.100", false)]
    [InlineData("probability=gt0.09", true)]
    [InlineData("probability=lt0.104", false)]
    [InlineData("probability=le0.104", true)]
    [InlineData("probability=ap0.11", true)]
    [InlineData("probability=ne0.1", false)]
    [InlineData("probability=1.04e-1", true)]
    public void Number_UnderItsPrecision_MatchesOrNot(string query, bool expected) =>
        Check("RiskAssessment", """{"resourceType":"RiskAssessment","status":"final","subject":{"reference":"Patient/1"},"prediction":[{"probabilityDecimal":0.104}]}""", query, expected);

    [Theory]
    [InlineData("71.5|U|kg", true)]
    [InlineData("71500|U|g", true)]
    [InlineData("71500.0|U|g", true)]
    [InlineData("71501|U|g", false)]
    [InlineData("72|U|kg", true)]
    [InlineData("0.0715|U|t", true)]
    [InlineData("gt71499|U|g", true)]
    [InlineData("gt71500|U|g", false)]
    [InlineData("ge71500|U|g", true)]
    [InlineData("lt71500|U|g", false)]
    [InlineData("le71500|U|g", true)]
    [InlineData("ne71500|U|g", false)]
    [InlineData("ne71600|U|g", true)]
    [InlineData("ap70000|U|g", true)]
    [InlineData("71.5|U|m", false)]
    [InlineData("ne71.5|U|m", false)]
    [InlineData("71500||g", true)]
    [InlineData("71.5||kg", true)]
    [InlineData("71.5||kilo", true)]
    [InlineData("71.5|U|kilo", false)]
    [InlineData("71.5|other|kg", false)]
    [InlineData("71.5", true)]
    [InlineData("71500", false)]
    [InlineData("71.5|U|", true)]
    public void Quantity_InAnyUnit_IsConverted(string asked, bool expected) => Check("Observation", """
        {"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":71.5,"unit":"kilo","system":"http://unitsofmeasure.org","code":"kg"}}
        """, "value-quantity=" + asked.Replace("U", "http://unitsofmeasure.org", StringComparison.Ordinal), expected);

    [Theory]
    [InlineData("near=48.8566|2.3522|1|km", true)]
    [InlineData("near=48.8606|2.3376|2|km", true)]
    [InlineData("near=48.8606|2.3376|1|km", false)]
    [InlineData("near=48.8606|2.3376|1|[mi_us]", true)]
    [InlineData("near=48.8606|2.3376", true)]
    [InlineData("near=45.7640|4.8357|300|km", false)]
    [InlineData("near=45.7640|4.8357|400|km", true)]
    [InlineData("near:missing=true", false)]
    public void Location_Near_IsWithinTheDistance(string query, bool expected) =>
        Check("Location", """{"resourceType":"Location","position":{"latitude":48.8566,"longitude":2.3522}}""", query, expected);

    [Theory]
    [InlineData("code-value-quantity=http://loinc.org|1$5", true)]
    [InlineData("code-value-quantity=http://loinc.org|1$gt5", false)]
    [InlineData("code-value-quantity=2$5,1$5", true)]
    [InlineData("combo-code-value-quantity=a$7", true)]
    [InlineData("combo-code-value-quantity=b$7", false)]
    [InlineData("combo-code-value-quantity=1$7", false)]
    [InlineData("component-code-value-concept=b$yes", true)]
    [InlineData("component-code-value-concept=a$yes", false)]
    [InlineData("component-code-value-quantity=a\\$$7", false)]
    [InlineData("component-code-value-quantity:missing=false", true)]
    [InlineData("code-value-string:missing=true", true)]
    public void Composite_Parts_AreOfOneRepetition(string query, bool expected) => Check("Observation", """
        {"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"1"}]},"valueQuantity":{"value":5},
         "component":[{"code":{"coding":[{"code":"a"}]},"valueQuantity":{"value":7}},{"code":{"coding":[{"code":"b"}]},"valueCodeableConcept":{"coding":[{"code":"yes"}]}}]}
        """, query, expected);

    [Theory]
    [InlineData("relationship=DocumentReference/2$replaces", true)]
    [InlineData("relationship=DocumentReference/2$appends", false)]
    [InlineData("relation=replaces", true)]
    [InlineData("relatesto=DocumentReference/2", true)]
    public void DocumentRelationship_IsReadAsItsNameSays(string query, bool expected) =>
        Check("DocumentReference", """{"resourceType":"DocumentReference","status":"current","relatesTo":[{"code":"replaces","target":{"reference":"DocumentReference/2"}}],"content":[{"attachment":{}}]}""", query, expected);

    [Theory]
    [InlineData("composition=Composition/c", true)]
    [InlineData("composition.status=final", true)]
    [InlineData("composition.status=amended", false)]
    [InlineData("composition.title:missing=true", false)]
    public void BundleComposition_IsSearchedWhereItStands(string query, bool expected) => Check("Bundle", """
        {"resourceType":"Bundle","type":"document","entry":[{"resource":{"resourceType":"Composition","id":"c","status":"final","title":"t"}},{"resource":{"resourceType":"Composition","id":"d","status":"amended"}}]}
        """, query, expected);

    [Theory]
    [InlineData("instantiates-canonical=http://p.example/a", true)]
    [InlineData("instantiates-canonical=http://p.example/a|3", true)]
    [InlineData("instantiates-canonical=http://p.example/a|4", false)]
    public void Canonical_IsFoundWithAndWithoutItsVersion(string query, bool expected) =>
        Check("CarePlan", """{"resourceType":"CarePlan","status":"active","intent":"plan","subject":{"reference":"Patient/1"},"instantiatesCanonical":["http://p.example/a|3"]}""", query, expected);

    /// <summary>The query decides so, and no index loses a match.</summary>
    private static void Check(string type, string json, string query, bool expected)
    {
        var subject = SearchMatchTests.Subject(json, "1");
        var parsed = SearchGrammarTests.Parse(type, query);
        Assert.True(parsed.Refusal is null, parsed.Refusal?.Code);
        Assert.Equal(expected, parsed.Value.Matches(subject));
        var entries = IndexEntries.Of(subject.Resource);
        Assert.All(parsed.Value.Narrowings, narrowing =>
        {
            var kept = SearchPropertyTests.Keeps(entries, narrowing);
            Assert.True(kept || !expected, "a match is lost on the index");
            Assert.True(!kept || expected || !narrowing.IsExact, "no match, yet exact on the index");
        });
    }
}
