using Sante.Fhir.Search;

namespace Sante.Fhir.Tests;

public sealed class SearchMatchTests
{
    private const string Weight = """
        {"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"29463-7","display":"Poids corporel"},{"code":"w"}],"text":"Pesée"},
         "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],
         "subject":{"reference":"Patient/1-a","identifier":{"system":"urn:oid:1.2","value":"77"}},"effectiveDateTime":"2026-03-15T10:00:00+01:00",
         "valueQuantity":{"value":71.50,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}
        """;

    [Theory]
    [InlineData("code=29463-7", true)]
    [InlineData("code=http://loinc.org|29463-7", true)]
    [InlineData("code=http://loinc.org|", true)]
    [InlineData("code=|29463-7", false)]
    [InlineData("code=|w", true)]
    [InlineData("code=http://other|29463-7", false)]
    [InlineData("code=a,29463-7", true)]
    [InlineData("code=29463-7&code=w", true)]
    [InlineData("code=29463-7&code=x", false)]
    [InlineData("code:not=29463-7", false)]
    [InlineData("code:not=x", true)]
    [InlineData("code:text=poids", true)]
    [InlineData("code:text=pesee", true)]
    [InlineData("code:missing=false", true)]
    [InlineData("code:missing=true", false)]
    [InlineData("method:missing=true", true)]
    [InlineData("method:not=x", true)]
    [InlineData("status=final", true)]
    [InlineData("status=http://hl7.org/fhir/observation-status|final", true)]
    [InlineData("category=vital-signs", true)]
    [InlineData("subject=Patient/1-a", true)]
    [InlineData("subject=1-a", true)]
    [InlineData("subject:Patient=1-a", true)]
    [InlineData("subject:Device=1-a", false)]
    [InlineData("patient=1-a", true)]
    [InlineData("patient=Patient/1-b", false)]
    [InlineData("subject=https://sante.example/fhir/Patient/1-a", true)]
    [InlineData("subject=https://elsewhere.example/fhir/Patient/1-a", false)]
    [InlineData("subject:identifier=urn:oid:1.2|77", true)]
    [InlineData("subject:identifier=77", true)]
    [InlineData("subject:identifier=urn:oid:1.3|77", false)]
    [InlineData("patient.identifier=urn:oid:1.2|77", true)]
    [InlineData("value-quantity=71.5", true)]
    [InlineData("value-quantity=71.5|http://unitsofmeasure.org|kg", true)]
    [InlineData("value-quantity=71.5||kg", true)]
    [InlineData("value-quantity=71.5|http://unitsofmeasure.org|g", false)]
    [InlineData("value-quantity=71", false)]
    [InlineData("value-quantity=72", true)]
    [InlineData("value-quantity=gt71.5", false)]
    [InlineData("value-quantity=ge71.5", true)]
    [InlineData("value-quantity=lt72", true)]
    [InlineData("value-quantity=ap70", true)]
    [InlineData("value-quantity=ne71.5", false)]
    [InlineData("date=2026-03-15", true)]
    [InlineData("date=2026-03", true)]
    [InlineData("date=2026", true)]
    [InlineData("date=2026-03-15T09:00:00Z", true)]
    [InlineData("date=2026-03-15T10:00", true)]
    [InlineData("date=2026-03-15T10:00:00", true)]
    [InlineData("date=2026-03-16", false)]
    [InlineData("date=ge2026-03-15&date=lt2026-03-16", true)]
    [InlineData("date=gt2026-03-15", false)]
    [InlineData("date=sa2026-03-14", true)]
    [InlineData("date=eb2026-03-15", false)]
    [InlineData("date=ne2026-03-15", false)]
    [InlineData("_id=1-w", true)]
    [InlineData("_id=x,1-w", true)]
    [InlineData("_id=x", false)]
    [InlineData("_lastUpdated=2026-11-21", true)]
    [InlineData("_lastUpdated=lt2026-11-21", false)]
    public void Observation_UnderAQuery_MatchesOrNot(string query, bool expected)
    {
        var options = new SearchOptions { BaseUrl = "https://sante.example/fhir", Now = new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero) };
        Assert.Equal(expected, SearchGrammarTests.Parse("Observation", query, options).Value.Matches(Subject(Weight, "1-w")));
    }

    [Theory]
    [InlineData("name=dur", true)]
    [InlineData("name=DÛR", true)]
    [InlineData("name=rand", false)]
    [InlineData("name:contains=RÀND", true)]
    [InlineData("name:exact=Dûrand", true)]
    [InlineData("name:exact=durand", false)]
    [InlineData("given=chloe", true)]
    [InlineData("given=coeur", true)]
    [InlineData("family=o'brien\\, jr", false)]
    [InlineData("birthdate=1990-05-30", true)]
    [InlineData("birthdate=le1990-05", true)]
    [InlineData("gender=female", true)]
    [InlineData("active=true", true)]
    [InlineData("deceased=false", true)]
    [InlineData("identifier=urn:oid:1.2.250.1.213.1.4.8|279035121518989", true)]
    [InlineData("telecom=0601020304", true)]
    [InlineData("phone=0601020304", true)]
    [InlineData("email=0601020304", false)]
    [InlineData("address-city=saint", true)]
    [InlineData("general-practitioner=Practitioner/9", true)]
    public void Patient_UnderAQuery_MatchesOrNot(string query, bool expected)
    {
        const string patient = """
            {"resourceType":"Patient","active":true,"name":[{"family":"Dûrand","given":["Chloé","Cœur"]}],"birthDate":"1990-05-30","gender":"female",
             "identifier":[{"system":"urn:oid:1.2.250.1.213.1.4.8","value":"279035121518989"}],"telecom":[{"system":"phone","value":"0601020304"}],
             "address":[{"city":"Saint-Étienne"}],"generalPractitioner":[{"reference":"Practitioner/9"}]}
            """;
        Assert.Equal(expected, SearchGrammarTests.Parse("Patient", query).Value.Matches(Subject(patient, "1-p")));
    }

    [Theory]
    [InlineData("\\,", "a,b", "a\\,b")]
    [InlineData("\\|", "a|b", "a\\|b")]
    [InlineData("\\$", "a$b", "a\\$b")]
    [InlineData("\\\\", "a\\b", "a\\\\b")]
    public void Escapes_InValues_AreLiteral(string _, string stored, string asked)
    {
        var json = $$$"""{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"s","code":"{{{stored.Replace("\\", "\\\\", StringComparison.Ordinal)}}}"}]}}""";
        Assert.True(SearchGrammarTests.Parse("Observation", "code=" + asked).Value.Matches(Subject(json, "1")));
        Assert.True(SearchGrammarTests.Parse("Observation", "code=s|" + asked).Value.Matches(Subject(json, "1")));
    }

    [Fact]
    public void Chain_ToAContainedResource_NeedsNoStore()
    {
        const string document = """
            {"resourceType":"DocumentReference","status":"current","contained":[{"resourceType":"Practitioner","id":"a","name":[{"family":"Durand"}]}],"author":[{"reference":"#a"}]}
            """;
        Assert.True(SearchGrammarTests.Parse("DocumentReference", "author.family=durand").Value.Matches(Subject(document, "1")));
        Assert.False(SearchGrammarTests.Parse("DocumentReference", "author.family=dupont").Value.Matches(Subject(document, "1")));
    }

    [Fact]
    public async Task Chain_OfTwoLinks_IsFollowedInTheSource()
    {
        var source = new MemorySource(
        [
            Subject("""{"resourceType":"Slot","status":"free","schedule":{"reference":"Schedule/s"},"start":"2026-01-01T10:00:00Z","end":"2026-01-01T10:15:00Z"}""", "1"),
            Subject("""{"resourceType":"Schedule","actor":[{"reference":"Location/l"},{"reference":"PractitionerRole/r"}]}""", "s"),
            Subject("""{"resourceType":"PractitionerRole","specialty":[{"coding":[{"code":"SM26"}]}]}""", "r"),
        ]);
        Assert.Equal(["1"], await SearchProbeTests.IdsAsync(source, "Slot", "schedule.actor:PractitionerRole.specialty=SM26"));
        Assert.Empty(await SearchProbeTests.IdsAsync(source, "Slot", "schedule.actor:PractitionerRole.specialty=SM01"));
        Assert.False(SearchGrammarTests.Parse("Slot", "schedule.actor:PractitionerRole.specialty=SM26").Value.Matches(source.Subjects[0]));
    }

    [Fact]
    public void PdsmParameters_OnTheDocumentOfTheGuide_FindIt()
    {
        var document = new SearchSubject(Fixtures.Example("pdsm/DocumentReference-exemple-pdsm-documentreference.json"), "1", default);
        var masterIdentifier = document.Resource.At("masterIdentifier.value").Text!;
        foreach (var query in new[] { "status=current", "patient=Patient/fr-patient-123", $"identifier={masterIdentifier}", "isArchived:missing=true", "period-start=gt1990", "facility:missing=false", "setting:missing=false", "format:missing=false", "security-label=N" })
        {
            Assert.True(SearchGrammarTests.Parse("DocumentReference", query).Value.Matches(document), query);
        }
    }

    [Fact]
    public void Order_ByDateThenCode_IsStableAndPutsMissingLast()
    {
        SearchSubject Of(string id, string? date) => Subject($$$"""{"resourceType":"Observation","status":"final","code":{"text":"x"}{{{(date is null ? "" : $",\"effectiveDateTime\":\"{date}\"")}}}}""", id);
        SearchSubject[] subjects = [Of("a", "2026-02-01"), Of("b", null), Of("c", "2026-01-01"), Of("d", "2026-02-01")];
        Assert.Equal(["c", "a", "d", "b"], SearchGrammarTests.Parse("Observation", "_sort=date").Value.Order(subjects).Select(one => one.Id));
        Assert.Equal(["a", "d", "c", "b"], SearchGrammarTests.Parse("Observation", "_sort=-date").Value.Order(subjects).Select(one => one.Id));
        Assert.Equal(["d", "a", "c", "b"], SearchGrammarTests.Parse("Observation", "_sort=-date,-_id").Value.Order(subjects).Select(one => one.Id));
    }

    internal static SearchSubject Subject(string json, string id) => new(Fixtures.Read(json), id, new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
}
