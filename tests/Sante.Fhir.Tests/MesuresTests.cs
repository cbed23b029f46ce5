using Sante.Fhir.Check;

namespace Sante.Fhir.Tests;

public sealed class MesuresTests
{
    private const string Feed = "mesures/Bundle-bundle-example.json";

    [Fact]
    public void Feed_OfTheGuide_Passes() => Assert.Empty(Fixtures.Refusing(Fixtures.Example(Feed)));

    [Theory]
    [InlineData("\"code\": \"29463-7\"", "\"code\": \"8302-2\"", "binding-required at Bundle.entry[1].resource.code")]
    [InlineData("\"unit\": \"kg\",\n     \"system\": \"http://unitsofmeasure.org\",\n     \"code\": \"kg\"", "\"unit\": \"kg\",\n     \"system\": \"http://unitsofmeasure.org\",\n     \"code\": \"g\"", "fixed-value at Bundle.entry[1].resource.value.code")]
    [InlineData("\"vital-signs\"", "\"laboratory\"", "slice-min at Bundle.entry[1].resource.category")]
    [InlineData("\"effectiveDateTime\": \"2022-08-22T01:56:16+01:00\"", "\"effectiveInstant\": \"2022-08-22T01:56:16+01:00\"", "type-not-admitted at Bundle.entry[1].resource.effective")]
    [InlineData("urn:oid:1.2.840.10004.1.1.1.0.0.1.0.0.1.2560", "urn:oid:1.2.250.1.213.1.4.8", "mesures-ins-refused at Bundle.entry[1].resource.subject.identifier.system")]
    [InlineData("\"Device/d36bfdb6-b1b1-4efd-9cb9-d217a8696575\"", "\"Device/other\"", "mesures-link-missing at Bundle.entry[1].resource.device")]
    [InlineData("\"ifNoneExist\": \"identifier=", "\"ifNoneExist\": \"type=", "mesures-device-condition at Bundle.entry[0].request.ifNoneExist")]
    [InlineData("\"fullUrl\": \"urn:uuid:d36bfdb6-b1b1-4efd-9cb9-d217a8696575\",", "", "cardinality-min at Bundle.entry[0].fullUrl")]
    [InlineData("\"type\": \"transaction\"", "\"type\": \"batch\"", "mesures-feed-type at Bundle.type")]
    public void Feed_WithOneFault_IsRefusedThere(string good, string bad, string expected)
    {
        var text = Fixtures.ExampleText(Feed);
        Assert.Contains(good, text, StringComparison.Ordinal);
        Assert.Contains(expected, Fixtures.Refusing(text.Replace(good, bad, StringComparison.Ordinal)));
    }

    [Fact]
    public void Feed_WithoutProfile_IsRefused()
    {
        const string profile = "\"meta\": {\n     \"profile\": [\n      \"http://hl7.org/fhir/uv/phd/StructureDefinition/PhdDevice\"\n     ]\n    },";
        var text = Fixtures.ExampleText(Feed);
        Assert.Contains(profile, text, StringComparison.Ordinal);
        Assert.Contains("mesures-profile-missing at Bundle.entry[0].resource.meta.profile", Fixtures.Refusing(text.Replace(profile, "", StringComparison.Ordinal)));
    }

    [Fact]
    public void Bmi_OnCreate_IsRefusedAndOtherwiseValid()
    {
        var bmi = Fixtures.Example("mesures/Observation-example-mes-fr-observation-bmi-001.json");
        Assert.Empty(Fixtures.Refusing(bmi));
        Assert.Equal(["mesures-bmi-not-fed at Observation"], Fixtures.Refusing(bmi, new FhirCheckOptions { Interaction = FhirInteraction.Create }));
    }

    [Theory]
    [InlineData("2345-7", "mg/dL", true, false, "")]
    [InlineData("2345-7", "mg/dL", false, false, "mesures-moment-of-measurement-required")]
    [InlineData("2345-7", "%", true, false, "mesures-glucose-unit")]
    [InlineData("2345-7", "mg/dL", true, true, "mesures-number-of-days-forbidden")]
    [InlineData("MED-972", "%", false, true, "")]
    [InlineData("MED-972", "%", false, false, "mesures-number-of-days-required")]
    [InlineData("MED-972", "%", true, true, "mesures-moment-of-measurement-forbidden")]
    [InlineData("MED-969", "mg/dL", false, false, "")]
    public void Glucose_OfEachType_HasItsOwnRules(string code, string unit, bool moment, bool days, string expected)
    {
        const string mesures = "https://interop.esante.gouv.fr/ig/fhir/mesures/StructureDefinition/";
        const string taasip = "https://mos.esante.gouv.fr/NOS/TRE_R308-TAASIP/FHIR/TRE-R308-TAASIP";
        var system = code.StartsWith("MED", StringComparison.Ordinal) ? taasip : "http://loinc.org";
        List<string> extensions = [];
        if (moment)
        {
            extensions.Add($$$"""{"url":"{{{mesures}}}mesures-moment-of-measurement","valueCodeableConcept":{"coding":[{"system":"http://loinc.org","code":"16915-1"}]}}""");
        }

        if (days)
        {
            extensions.Add($$$"""{"url":"{{{mesures}}}mesures-number-of-days","valueCodeableConcept":{"coding":[{"system":"{{{taasip}}}","code":"GEN-275"}]}}""");
        }

        var extension = extensions.Count == 0 ? "" : $"\"extension\":[{string.Join(',', extensions)}],";
        var json = $$$"""
            {"resourceType":"Observation","meta":{"profile":["{{{mesures}}}mesures-observation-glucose"]},{{{extension}}}"status":"final",
             "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],
             "code":{"coding":[{"system":"{{{system}}}","code":"{{{code}}}"}]},"subject":{"reference":"Patient/1"},"effectiveDateTime":"2026-11-21",
             "valueQuantity":{"value":5.0,"system":"http://unitsofmeasure.org","code":"{{{unit}}}"}}
            """;
        Assert.Equal(expected.Length == 0 ? [] : [expected], FhirCheck.Check(Fixtures.Read(json)).Where(issue => issue.Refuses).Select(issue => issue.Code));
    }

    [Theory]
    [InlineData("5", true)]
    [InlineData("0", true)]
    [InlineData("10", true)]
    [InlineData("11", false)]
    [InlineData("-1", false)]
    [InlineData("5.5", false)]
    public void Pain_IsAWholeNumberFromZeroToTen(string value, bool passes)
    {
        var text = Fixtures.ExampleText("mesures/Observation-ExampleMesObservationPainSeverity001.json").Replace("\"value\": 5", $"\"value\": {value}", StringComparison.Ordinal);
        Assert.Equal(passes, Fixtures.Refusing(text).Count == 0);
    }

    [Fact]
    public void BloodPressure_WithoutDiastolic_IsRefused()
    {
        var text = Fixtures.ExampleText("mesures/Observation-ExampleMesFrObservationBP001.json").Replace("8462-4", "8478-0", StringComparison.Ordinal);
        Assert.Contains("slice-min at Observation.component", Fixtures.Refusing(text));
    }

    [Fact]
    public void Biology_WithHdlAndWithoutTotal_IsRefused()
    {
        var text = Fixtures.ExampleText("mesures/Bundle-bundle-example-bio.json").Replace("mesures-observation-cholesterol-total", "mesures-observation-cholesterol-ldl", StringComparison.Ordinal);
        Assert.Contains("mesures-cholesterol-hdl-total at Bundle.entry", Fixtures.Refusing(text));
    }
}
