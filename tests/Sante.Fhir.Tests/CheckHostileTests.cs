using Sante.Fhir.Check;

namespace Sante.Fhir.Tests;

public sealed class CheckHostileTests
{
    [Fact]
    public void Check_UnknownResourceType_IsRefused() => Assert.Equal(["resource-type-unknown at Patients"], Fixtures.Refusing("""{"resourceType":"Patients"}"""));

    [Fact]
    public void Check_UnknownElement_IsRefusedWithItsPath() =>
        Assert.Equal(["element-unknown at Patient.name[0].surname"], Fixtures.Refusing("""{"resourceType":"Patient","name":[{"surname":"A"}]}"""));

    [Fact]
    public void Check_UnknownElementWhoseNameIsText_IsNotRepeated() =>
        Assert.Equal(["element-unknown at Patient.?"], Fixtures.Refusing("""{"resourceType":"Patient","Marie Durand 0601020304":true}"""));

    [Fact]
    public void Check_SeveralProblems_AreAllReported() => Assert.Equal(
        ["date-invalid at Patient.birthDate", "binding-required at Patient.gender", "array-expected at Patient.name", "value-kind-wrong at Patient.active"],
        Fixtures.Refusing("""{"resourceType":"Patient","birthDate":"1990-02-30","gender":"x","name":{"family":"A"},"active":"true"}"""));

    [Theory]
    [InlineData("1990-02-30")]
    [InlineData("2023-02-29")]
    [InlineData("1900-02-29")]
    [InlineData("0000")]
    [InlineData("0000-01-01")]
    [InlineData("1990-13")]
    [InlineData("1990-00-10")]
    [InlineData("1990-1-1")]
    [InlineData("19900101")]
    [InlineData("90")]
    [InlineData("10000")]
    [InlineData("-0044-03-15")]
    [InlineData("1990-01-01T00:00:00Z")]
    [InlineData(" 1990")]
    public void Check_ImpossibleBirthDate_IsRefused(string date) =>
        Assert.Equal(["date-invalid at Patient.birthDate"], Fixtures.Refusing($$"""{"resourceType":"Patient","birthDate":"{{date}}"}"""));

    [Theory]
    [InlineData("2024-02-29")]
    [InlineData("2000-02-29")]
    [InlineData("0001")]
    [InlineData("9999-12-31")]
    [InlineData("1990-07")]
    public void Check_PossibleBirthDate_Passes(string date) => Assert.Empty(Fixtures.Refusing($$"""{"resourceType":"Patient","birthDate":"{{date}}"}"""));

    [Theory]
    [InlineData("2024-01-01T10:00:00")]
    [InlineData("2024-01-01T10:00Z")]
    [InlineData("2024-01-01T24:00:00Z")]
    [InlineData("2024-01-01T10:00:61Z")]
    [InlineData("2024-01-01T10:00:00-24:00")]
    [InlineData("2024-01-01T10:00:00+14:01")]
    [InlineData("2024-01-01T10:00:00.Z")]
    [InlineData("2024-01-01 10:00:00Z")]
    [InlineData("2024-01-01T10:00:00z")]
    public void Check_ImpossibleDateTime_IsRefused(string date) =>
        Assert.Equal(["datetime-invalid at Patient.deceased"], Fixtures.Refusing($$"""{"resourceType":"Patient","deceasedDateTime":"{{date}}"}"""));

    [Theory]
    [InlineData("2024-01-01T10:00:60Z")]
    [InlineData("2024-01-01T10:00:00.123456789+14:00")]
    [InlineData("2024")]
    public void Check_PossibleDateTime_Passes(string date) => Assert.Empty(Fixtures.Refusing($$"""{"resourceType":"Patient","deceasedDateTime":"{{date}}"}"""));

    [Theory]
    [InlineData("1E309")]
    [InlineData("-1e999")]
    public void Check_DecimalThatNoMachineNumberHolds_IsRefused(string value) =>
        Assert.Equal(["decimal-out-of-range at Observation.value.value"], Fixtures.Refusing(Observation($"\"valueQuantity\":{{\"value\":{value}}}")));

    [Theory]
    [InlineData("-1E+245")]
    [InlineData("0.000000000000000000000000000000000001")]
    [InlineData("1.00")]
    public void Check_UnusualDecimal_Passes(string value) => Assert.Empty(Fixtures.Refusing(Observation($"\"valueQuantity\":{{\"value\":{value}}}")));

    [Theory]
    [InlineData("1.0")]
    [InlineData("2147483648")]
    [InlineData("1e2")]
    public void Check_NumberThatIsNoInteger_IsRefused(string value) =>
        Assert.Equal(["integer-invalid at Observation.value"], Fixtures.Refusing(Observation($"\"valueInteger\":{value}")));

    [Fact]
    public void Check_NulInString_IsRefused() =>
        Assert.Equal(["string-control-character at Patient.name[0].family"], Fixtures.Refusing("""{"resourceType":"Patient","name":[{"family":"A\u0000B"}]}"""));

    [Theory]
    [InlineData("\u202E")]
    [InlineData("\u2066")]
    [InlineData("\\u202e")]
    public void Check_BidiOverrideInName_IsRefused(string control) =>
        Assert.Equal(["string-bidi-control at Patient.name[0].family"], Fixtures.Refusing($$"""{"resourceType":"Patient","name":[{"family":"Dur{{control}}and"}]}"""));

    [Fact]
    public void Check_TwoTypesOfOneChoice_AreRefused() =>
        Assert.Equal(["choice-twice at Observation.value"], Fixtures.Refusing(Observation("\"valueString\":\"a\",\"valueInteger\":1")));

    [Theory]
    [InlineData("\"given\":[\"A\",\"B\"],\"_given\":[null]", "array-lengths-differ at Patient.name[0].given")]
    [InlineData("\"given\":[null,\"B\"],\"_given\":[null,{\"id\":\"x\"}]", "null-not-allowed at Patient.name[0].given[0]")]
    [InlineData("\"given\":[null]", "null-not-allowed at Patient.name[0].given[0]")]
    [InlineData("\"family\":null", "null-not-allowed at Patient.name[0].family")]
    [InlineData("\"given\":[]", "array-empty at Patient.name[0].given")]
    public void Check_NullPaddingOrCompanionOfOtherLength_IsRefused(string members, string expected) =>
        Assert.Contains(expected, Fixtures.Refusing($$"""{"resourceType":"Patient","name":[{{{members}}}]}"""));

    [Fact]
    public void Check_NullBesideAnExtension_Passes() => Assert.Empty(Fixtures.Refusing(
        """{"resourceType":"Patient","name":[{"given":["A",null],"_given":[null,{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]}]}]}"""));

    [Fact]
    public void Check_MillionNullsWithCompanion_EndsQuickly()
    {
        var nulls = string.Join(',', Enumerable.Repeat("null", 1_000));
        Assert.NotEmpty(Fixtures.Refusing($$"""{"resourceType":"Patient","extension":[{"url":"http://x","valueString":"{{new string('x', 60_000)}}"}],"name":[{"given":[{{nulls}}],"_given":[{{nulls}}]}]}"""));
    }

    [Fact]
    public void Check_ContainedInContained_IsRefused() => Assert.Contains("contained-in-contained at Patient.contained[0].contained[0]", Fixtures.Refusing(
        """{"resourceType":"Patient","contained":[{"resourceType":"Patient","id":"a","contained":[{"resourceType":"Patient","id":"b"}]}],"link":[{"other":{"reference":"#a"},"type":"seealso"}]}"""));

    [Fact]
    public void Check_InternalReferenceToNothing_IsRefused() => Assert.Equal(["contained-missing at Patient.managingOrganization.reference"],
        Fixtures.Refusing("""{"resourceType":"Patient","managingOrganization":{"reference":"#o"}}"""));

    [Fact]
    public void Check_ContainedThatNothingRefersTo_IsAWarning()
    {
        const string json = """{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"x"}]}""";
        Assert.Empty(Fixtures.Refusing(json));
        Assert.Contains("contained-unused at Patient.contained[0]", Fixtures.All(json));
    }

    [Fact]
    public void Check_ReferenceToAnotherType_IsRefused() => Assert.Equal(["reference-target-type at Patient.managingOrganization"],
        Fixtures.Refusing("""{"resourceType":"Patient","managingOrganization":{"reference":"Practitioner/1"}}"""));

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<a href='javascript:alert(1)'>x</a>")]
    [InlineData("<a href='java&#x0A;script:alert(1)'>x</a>")]
    [InlineData("<img src='x' onerror='alert(1)'/>")]
    [InlineData("<iframe src='http://x'/>")]
    [InlineData("<form action='http://x'><input/></form>")]
    [InlineData("<p style='width:expression(alert(1))'>x</p>")]
    [InlineData("<a href='JaVa&Tab;Script&colon;alert(1)'>x</a>")]
    [InlineData("<a href='data:text/html;base64,eA=='>x</a>")]
    [InlineData("<![CDATA[<script>alert(1)</script>]]>")]
    [InlineData("<?xml-stylesheet href='x'?>")]
    [InlineData("<!--><script>alert(1)</script>-->")]
    [InlineData("<svg:svg xmlns:svg='http://www.w3.org/2000/svg'/>")]
    public void Check_NarrativeThatActs_IsRefused(string inner) => Assert.Equal(["narrative-forbidden at Patient.text.div"], Fixtures.Refusing(
        $$$"""{"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns='http://www.w3.org/1999/xhtml'>{{{inner}}}</div>"}}"""));

    [Theory]
    [InlineData("<div>open")]
    [InlineData("<div><p></div></p>")]
    [InlineData("<div/><div/>")]
    [InlineData("<div>&nosuch</div>")]
    [InlineData("<div>&#xD800;</div>")]
    [InlineData("<div class='a' class='b'/>")]
    [InlineData("<div class=a/>")]
    [InlineData("<div>a</div>b")]
    [InlineData("<div><!-- a -- b --></div>")]
    [InlineData("<div><p title='<'/></div>")]
    [InlineData("<p>no div</p>")]
    [InlineData("plain")]
    [InlineData("<!DOCTYPE x [<!ENTITY a 'b'>]><div>&a;</div>")]
    public void Check_NarrativeThatIsNoDiv_IsRefused(string div) => Assert.Single(Fixtures.Refusing(
        $$$"""{"resourceType":"Patient","text":{"status":"generated","div":"{{{div}}}"}}"""), "narrative-invalid at Patient.text.div");

    [Fact]
    public void Check_AttachmentLyingAboutSizeAndHash_IsRefused()
    {
        string Document(string attachment) => $$$"""{"resourceType":"DocumentReference","status":"current","content":[{"attachment":{"contentType":"text/plain","data":"YWJj",{{{attachment}}}}}]}""";
        Assert.Empty(Fixtures.Refusing(Document("\"size\":3,\"hash\":\"qZk+NkcGgWq6PiVxeFDCbJzQ2J0=\"")));
        Assert.Equal(["attachment-size-wrong at DocumentReference.content[0].attachment.size", "attachment-hash-wrong at DocumentReference.content[0].attachment.hash"],
            Fixtures.Refusing(Document("\"size\":4,\"hash\":\"AAAA\"")));
    }

    [Theory]
    [InlineData("YWJ")]
    [InlineData("YW=j")]
    [InlineData("YWJj*===")]
    public void Check_BrokenBase64_IsRefused(string data) => Assert.Equal(["base64-invalid at Binary.data"],
        Fixtures.Refusing($$"""{"resourceType":"Binary","contentType":"text/plain","data":"{{data}}"}"""));

    [Fact]
    public void Check_ExtensionWithValueAndExtensions_IsRefused() => Assert.Contains("ext-1 at Patient.extension[0]", Fixtures.Refusing(
        """{"resourceType":"Patient","extension":[{"url":"http://x","valueString":"a","extension":[{"url":"b","valueString":"c"}]}]}"""));

    [Fact]
    public void Check_UnknownModifierExtension_IsRefused() => Assert.Equal(["modifier-extension-unknown at Patient.modifierExtension[0]"],
        Fixtures.Refusing("""{"resourceType":"Patient","modifierExtension":[{"url":"http://x","valueBoolean":true}]}"""));

    [Fact]
    public void Check_KnownExtensionWithAnotherType_IsRefused() => Assert.Contains("type-not-admitted at Patient.extension[0].value",
        Fixtures.Refusing("""{"resourceType":"Patient","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthPlace","valueString":"Paris"}]}"""));

    [Fact]
    public void Check_UnknownProfile_IsRefusedAsData()
    {
        var issue = Assert.Single(FhirCheck.Check(Fixtures.Read("""{"resourceType":"Patient","meta":{"profile":["http://example.org/p"]}}""")), one => one.Refuses);
        Assert.Equal(("profile-unknown", "Patient.meta.profile[0]"), (issue.Code, issue.Expression));
        Assert.Equal(422, Bundles.OperationOutcomes.StatusOf([issue]));
    }

    [Fact]
    public void Check_ManyProblems_StopAtTheLimit()
    {
        var names = string.Join(',', Enumerable.Range(0, 500).Select(number => $"\"x{number}\":1"));
        Assert.Equal(100, FhirCheck.Check(Fixtures.Read($$"""{"resourceType":"Patient",{{names}}}""")).Count(issue => issue.Refuses));
    }

    private static string Observation(string value) => $$"""{"resourceType":"Observation","status":"final","code":{"text":"x"},{{value}}}""";

    [Fact]
    public void Check_NarrativeNestedTenThousandTimes_IsRefusedWithoutRecursion() => Assert.Equal(["narrative-invalid at Patient.text.div"], Fixtures.Refusing(
        $$"""{"resourceType":"Patient","text":{"status":"generated","div":"{{string.Concat(Enumerable.Repeat("<div>", 10_000))}}"} }"""));

    [Theory]
    [InlineData("<div xmlns='http://www.w3.org/1999/xhtml' lang='fr' xml:lang=\\\"fr\\\">a &lt; b &eacute; &#233; &#xE9;<br/><!-- x --><img src='a.png' alt=''/></div>")]
    [InlineData(" <div><table ><tr ><td colspan = '2'>a</td ></tr></table></div> ")]
    public void Check_PlainNarrative_Passes(string div) => Assert.Empty(Fixtures.Refusing($$"""{"resourceType":"Patient","text":{"status":"generated","div":"{{div}}"} }"""));

    [Fact]
    public void Check_ReferencesInACircle_End()
    {
        const string bundle = """
            {"resourceType":"Bundle","type":"collection","entry":[
             {"fullUrl":"urn:uuid:0f0e0d0c-0b0a-0908-0706-050403020100","resource":{"resourceType":"Observation","status":"final","code":{"text":"a"},"hasMember":[{"reference":"urn:uuid:0f0e0d0c-0b0a-0908-0706-050403020101"}]}},
             {"fullUrl":"urn:uuid:0f0e0d0c-0b0a-0908-0706-050403020101","resource":{"resourceType":"Observation","status":"final","code":{"text":"a"},"hasMember":[{"reference":"urn:uuid:0f0e0d0c-0b0a-0908-0706-050403020100"}]}}]}
            """;
        Assert.Empty(Fixtures.Refusing(bundle, new FhirCheckOptions { Depth = FhirCheckDepth.Full }));
    }

    [Fact]
    public void Check_FiftyThousandEntries_AllocateLessThanEightTimesTheirSize()
    {
        var json = $$"""{"resourceType":"Bundle","type":"collection","entry":[{{string.Join(',', Enumerable.Range(0, 50_000).Select(number => $$"""{"fullUrl":"urn:uuid:{{number:x8}}-0b0a-0908-0706-050403020100","resource":{"resourceType":"Patient","active":true} }"""))}}]}""";
        var utf8 = System.Text.Encoding.UTF8.GetBytes(json);
        FhirCheck.Check(FhirJson.Parse(utf8).Resource!);
        var before = GC.GetAllocatedBytesForCurrentThread();
        FhirCheck.Check(FhirJson.Parse(utf8).Resource!);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 8L * utf8.Length);
    }

    [Theory]
    [InlineData("""{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Patient","id":"a","id":"b"}}]}""", "json-duplicate-name")]
    [InlineData("""{"resourceType":"Patient","contained":[{"resourceType":"Patient","id":"a","active":true,"active":false}]}""", "json-duplicate-name")]
    public void Parse_DuplicateNameDeepInside_IsRefused(string json, string code) => Assert.Equal([code], Fixtures.Faults(json));
}
