using Sante.Fhir.Search;
using Sante.Kernel;

namespace Sante.Fhir.Tests;

public sealed class SearchGrammarTests
{
    [Theory]
    [InlineData("Observation", "nonsense=1", "search-parameter-unknown")]
    [InlineData("Observation", "nonsense:exact=1", "search-parameter-unknown")]
    [InlineData("Observations", "code=1", "search-type-unknown")]
    [InlineData("Observation", "_has:Patient:x:y=1", "search-parameter-unknown")]
    [InlineData("Observation", "_has:Observation:patient:code=1", "search-parameter-unknown")]
    [InlineData("Patient", "_has:Observation:patient=1", "search-parameter-unknown")]
    [InlineData("Patient", "_has:Observation:code:code=1", "search-parameter-unknown")]
    [InlineData("Patient", "_has:Nothing:patient:code=1", "search-parameter-unknown")]
    [InlineData("Patient", "_has:Observation:patient:nonsense=1", "search-parameter-unknown")]
    [InlineData("Observation", "code-value-quantity=1", "search-value-invalid")]
    [InlineData("Observation", "code-value-quantity=1$2$3", "search-value-invalid")]
    [InlineData("Observation", "code-value-quantity=1$x", "search-value-invalid")]
    [InlineData("Observation", "code-value-quantity:exact=1$2", "search-modifier-not-supported")]
    [InlineData("Observation", "_elements=code;", "search-value-invalid")]
    [InlineData("Observation", "_summary=all", "search-value-invalid")]
    [InlineData("Observation", "_text=x", "search-parameter-not-supported")]
    [InlineData("Observation", "_content=x", "search-parameter-not-supported")]
    [InlineData("Observation", "_filter=x", "search-parameter-not-supported")]
    [InlineData("Observation", "_query=x", "search-parameter-not-supported")]
    [InlineData("Observation", "_list=x", "search-parameter-not-supported")]
    [InlineData("Observation", "_contained=true", "search-parameter-not-supported")]
    [InlineData("Patient", "age=5", "search-parameter-not-supported")]
    [InlineData("Observation", "focus.identifier=x", "search-chain-type-missing")]
    [InlineData("Encounter", "class:in=http://nowhere.example/vs", "search-value-set-unknown")]
    [InlineData("Patient", "identifier:of-type=a|b", "search-value-invalid")]
    [InlineData("Patient", "identifier:of-type=|MR|1|2", "search-value-invalid")]
    [InlineData("Encounter", "class:below=AMB", "search-value-invalid")]
    [InlineData("Patient", "_id=urn:a|", "search-value-invalid")]
    [InlineData("Patient", "_id=|a", "search-value-invalid")]
    [InlineData("Patient", "_id:text=a", "search-modifier-not-supported")]
    [InlineData("Location", "near=100|0|1|km", "search-value-invalid")]
    [InlineData("Location", "near=48", "search-value-invalid")]
    [InlineData("Location", "near=48|2|1|furlong", "search-value-invalid")]
    [InlineData("Location", "_sort=near", "search-parameter-not-supported")]
    [InlineData("Patient", "name:contains:exact=1", "search-modifier-not-supported")]
    [InlineData("RiskAssessment", "probability=1e99999999999", "search-value-invalid")]
    [InlineData("RiskAssessment", "probability=79228162514264337593543950335", "search-value-invalid")]
    [InlineData("Patient", "_revinclude=Observation:code", "search-include-unknown")]
    [InlineData("Observation", "code:exact=1", "search-modifier-not-supported")]
    [InlineData("Observation", "date:not=2020", "search-modifier-not-supported")]
    [InlineData("Observation", "code=", "search-value-invalid")]
    [InlineData("Observation", "code=|", "search-value-invalid")]
    [InlineData("Observation", "code=a|b|c", "search-value-invalid")]
    [InlineData("Observation", "code=a,,b", "search-value-invalid")]
    [InlineData("Observation", "date=yesterday", "search-value-invalid")]
    [InlineData("Observation", "date=2023-02-29", "search-value-invalid")]
    [InlineData("Observation", "date=xx2023", "search-value-invalid")]
    [InlineData("Observation", "value-quantity=5.4|kg", "search-value-invalid")]
    [InlineData("Observation", "value-quantity=NaN", "search-value-invalid")]
    [InlineData("Observation", "code:missing=maybe", "search-value-invalid")]
    [InlineData("Observation", "_count=-1", "search-value-invalid")]
    [InlineData("Observation", "_count=ten", "search-value-invalid")]
    [InlineData("Observation", "_sort=nonsense", "search-parameter-unknown")]
    [InlineData("Observation", "_total=many", "search-value-invalid")]
    [InlineData("Observation", "subject=Patient/1/2/3", "search-value-invalid")]
    [InlineData("Observation", "_include=Observation:nonsense", "search-include-unknown")]
    [InlineData("Observation", "_include=Observation:code", "search-include-unknown")]
    [InlineData("Observation", "_include=Nonsense:*", "search-include-unknown")]
    [InlineData("Observation", "code.identifier=1", "search-parameter-unknown")]
    [InlineData("Observation", "patient.nonsense=1", "search-parameter-unknown")]
    public void Query_OutsideTheGrammar_IsRefusedWithItsCode(string type, string query, string code) =>
        Assert.Equal((code, RefusalKind.Invalid), Parse(type, query) is { Refusal: { } refusal } ? (refusal.Code, refusal.Kind) : default);

    [Fact]
    public void Query_Lenient_DropsWhatItDoesNotKnowAndSaysSo()
    {
        var query = Parse("Observation", "nonsense=1&code=a&_text=x", new SearchOptions { Lenient = true }).Value;
        Assert.Equal(["nonsense", "_text"], query.Ignored);
        Assert.Equal("code=a", query.SelfQuery);
        Assert.Equal("search-value-invalid", Parse("Observation", "date=x", new SearchOptions { Lenient = true }).Refusal?.Code);
    }

    [Fact]
    public void Query_OfTenThousandTokens_IsRefused()
    {
        Assert.Equal("search-too-complex", Parse("Observation", "code=" + string.Join(',', Enumerable.Range(0, 10_000))).Refusal?.Code);
        Assert.Equal("search-too-complex", Parse("Observation", string.Join('&', Enumerable.Repeat("code=" + string.Join(',', Enumerable.Range(0, 100)), 30))).Refusal?.Code);
        Assert.Equal("search-too-complex", Parse("Observation", string.Join('&', Enumerable.Repeat("code=1", 100))).Refusal?.Code);
    }

    [Fact]
    public void Query_ChainOfThreeHundredLinks_IsRefused() =>
        Assert.Equal("search-chain-too-long", Parse("Observation", string.Concat(Enumerable.Repeat("subject:Patient.link:Patient.", 1)) + string.Concat(Enumerable.Repeat("link:Patient.", 8)) + "name=x").Refusal?.Code);

    [Fact]
    public void Query_NameLongerThanAnyParameter_IsRefused() =>
        Assert.Equal("search-too-complex", Parse("Observation", string.Concat(Enumerable.Repeat("subject:Patient.", 300)) + "name=x").Refusal?.Code);

    [Theory]
    [InlineData("0", 0, true)]
    [InlineData("7", 7, false)]
    [InlineData("2147483647", 500, false)]
    [InlineData("99999999999999999", 500, false)]
    public void Count_OfAnySize_IsBoundedAndZeroAsksForTheTotal(string count, int expected, bool countOnly)
    {
        var query = Parse("Observation", $"_count={count}").Value;
        Assert.Equal((expected, countOnly), (query.Count, query.CountOnly));
    }

    [Fact]
    public void SelfQuery_IsWhatWasUsed() =>
        Assert.Equal("code=http%3A%2F%2Floinc.org%7C29463-7&date:missing=true&_sort=-date&_count=5",
            Parse("Observation", "code=http://loinc.org|29463-7&date:missing=true&_sort=-date&_count=5&_format=json").Value.SelfQuery);

    [Fact]
    public void Query_OfItiTransactions_IsRead()
    {
        foreach (var (type, text) in new[]
        {
            ("DocumentReference", "patient.identifier=urn:oid:1.2.250.1.213.1.4.8|279035121518989&status=current&type=http://loinc.org|34112-3&period-start=ge2026-01-01&isArchived=false&author.family=Durand"),
            ("List", "patient.identifier=a|b&code=MHDlistTypes|submissionset&status=current&authorOrg=Organization/1"),
            ("Slot", "status=free&start=ge2026-01-01&start=le2026-02-01&schedule.actor:PractitionerRole.specialty=SM26&_include=Slot:schedule&_include:iterate=Schedule:actor"),
            ("Appointment", "actor:Patient.identifier=a|b&date=ge2026-01-01&status=booked&created=2026"),
            ("Observation", "patient=Patient/1-a&code=http://loinc.org|29463-7&date=ge2026-01-01&_sort=-date&_count=20&_total=accurate"),
            ("AuditEvent", "period-start=ge2026"),
            ("Consent", "patient=1-a&status=active"),
            ("DiagnosticReport", "subject=Patient/1&code=11502-2"),
            ("Device", "identifier=urn:oid:1.2.840|FE-ED"),
            ("Practitioner", "identifier=https://rpps.esante.gouv.fr|10001234567&name:contains=rand&active=true&qualification-code=10"),
            ("PractitionerRole", "practitioner.identifier=a|b&role=10&specialty=SM26&organization=Organization/1"),
            ("Organization", "identifier=https://finess.esante.gouv.fr|750000001&name=hop&address-postalcode=75013&type=a&partof=Organization/2"),
            ("Patient", "identifier=a|b&family=durand&birthdate=1990-01-01&gender=female&_id=1,2&_lastUpdated=gt2026-01-01"),
            ("Schedule", "actor=Practitioner/1&date=2026-11"),
            ("Binary", "_id=1"),
        })
        {
            Assert.Null(Parse(type, text).Refusal);
        }
    }

    [Fact]
    public void Chain_OnIdentifier_TellsTheIdentifiers()
    {
        var condition = Assert.Single(Parse("DocumentReference", "patient.identifier=urn:oid:1.2|123,urn:oid:1.2|456").Value.Conditions);
        Assert.Equal([("urn:oid:1.2", "123"), ("urn:oid:1.2", "456")], condition.Identifiers);
        Assert.Equal([("urn:oid:1.2", "123")], Assert.Single(Parse("Observation", "subject:identifier=urn:oid:1.2|123").Value.Conditions).Identifiers);
    }

    [Fact]
    public void Parameters_OfAllTypes_AreSupportedButThoseWithoutExpression()
    {
        var without = Definitions.R4.Current.Resources.Keys.SelectMany(type => SearchParameters.Of(type).Values).Where(one => !one.IsSupported).Select(one => one.Code).Distinct().Order(StringComparer.Ordinal);
        // R4 gives an expression to none of these.
        Assert.Equal(["_content", "_filter", "_query", "_text", "age", "birthOrderBoolean"], without);
    }

    [Fact]
    public void SystemQuery_OverTwoTypes_NeedsParametersOfBoth()
    {
        static Outcome<SearchQuery> System(string query) => SearchQuery.ParseSystem(query.Split('&').Select(pair => pair.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], pair[1])));
        var query = System("_type=Patient,Practitioner&identifier=a|b&_count=3").Value;
        Assert.Equal(["Patient", "Practitioner"], query.Parts.Select(part => part.Type));
        Assert.Equal((3, "_type=Patient%2CPractitioner&identifier=a%7Cb&_count=3"), (query.Count, query.SelfQuery));
        Assert.Equal("search-type-missing", System("identifier=a").Refusal?.Code);
        Assert.Equal("search-parameter-unknown", System("_type=Patient,Practitioner&birthdate=2000").Refusal?.Code);
        Assert.Equal("search-type-unknown", System("_type=Patient,Doctor&identifier=a").Refusal?.Code);
    }

    internal static Outcome<SearchQuery> Parse(string type, string query, SearchOptions? options = null) =>
        SearchQuery.Parse(type, query.Split('&').Select(pair => pair.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], pair[1])), options);
}
