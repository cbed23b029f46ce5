namespace Sante.Fhir.Tests;

public sealed class ProfileTests
{
    private const string Document = "pdsm/DocumentReference-exemple-pdsm-documentreference.json";

    public static TheoryData<string> RequiredOfADocument() => new("masterIdentifier", "status", "type", "category", "subject", "date", "author", "custodian", "securityLabel", "content", "context");

    [Theory]
    [MemberData(nameof(RequiredOfADocument))]
    public void PdsmDocument_WithoutARequiredElement_IsRefused(string element) =>
        Assert.Contains(Fixtures.Refusing(Without(Fixtures.Example(Document), element)), issue => issue == $"cardinality-min at DocumentReference.{element}");

    [Theory]
    [InlineData("contentType")]
    [InlineData("language")]
    [InlineData("url")]
    [InlineData("size")]
    [InlineData("hash")]
    [InlineData("title")]
    [InlineData("creation")]
    public void PdsmDocument_WithoutAPartOfItsAttachment_IsRefused(string element)
    {
        var resource = Fixtures.Example(Document);
        var attachment = resource.At("content.attachment");
        var text = Text(resource.Utf8).Replace(Text(attachment.RawUtf8), WithoutMember(attachment, element), StringComparison.Ordinal);
        Assert.Contains($"cardinality-min at DocumentReference.content[0].attachment.{element}", Fixtures.Refusing(text));
    }

    [Fact]
    public void PatientIns_OfTheGuide_NeedsItsStrictTraits()
    {
        var patient = Fixtures.Example("fr-core-2.2.0/Patient-FRCorePatientExample.json");
        Assert.Empty(Fixtures.Refusing(patient));
        var options = new Check.FhirCheckOptions { Profiles = ["https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-patient-ins"] };
        foreach (var element in new[] { "gender", "birthDate", "identifier", "name" })
        {
            Assert.Contains($"cardinality-min at Patient.{element}", Fixtures.Refusing(Fixtures.Read(Without(patient, element)), options));
        }
    }

    [Fact]
    public void PatientIns_WithoutBirthPlace_LacksASlice()
    {
        var options = new Check.FhirCheckOptions { Profiles = ["https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-patient-ins"] };
        var patient = Fixtures.Example("fr-core-2.2.0/Patient-FRCorePatientExample.json");
        Assert.Contains("slice-min at Patient.extension", Fixtures.Refusing(Fixtures.Read(Without(patient, "extension")), options));
    }

    [Theory]
    [InlineData("""[{"use":"official","system":"urn:oid:1.2.250.1.213.1.4.8","value":"1"}]""", "", "")]
    [InlineData("""[{"use":"old","system":"urn:oid:1.2.250.1.213.1.4.8","value":"1"}]""", "", "fr-core-1")]
    [InlineData("""[{"use":"official","system":"urn:oid:1.2.250.1.213.1.4.8","value":"1"},{"use":"official","system":"urn:oid:1.2.250.1.213.1.4.9","value":"2"}]""", "", "fr-core-2")]
    [InlineData("""[{"use":"official","system":"urn:oid:1.2.250.1.213.1.4.8","value":"1"}]""", "99999", "fr-core-3")]
    public void PatientIns_WithStatusVali_FollowsTheThreeInvariants(string identifiers, string birthPlace, string expected)
    {
        var place = birthPlace.Length == 0 ? "75056" : birthPlace;
        var json = $$$"""
            {"resourceType":"Patient","identifier":{{{identifiers}}},"extension":[
              {"url":"https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-identity-reliability","extension":[{"url":"identityStatus","valueCoding":{"system":"https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0445","code":"VALI"}}]},
              {"url":"http://hl7.org/fhir/StructureDefinition/patient-birthPlace","valueAddress":{"extension":[{"url":"https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-address-insee-code","valueCoding":{"system":"https://mos.esante.gouv.fr/NOS/TRE_R13-CommuneOM/FHIR/TRE-R13-CommuneOM","code":"{{{place}}}"}}]}}]}
            """;
        var found = Fixtures.Refusing(json, new Check.FhirCheckOptions { Profiles = ["https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-patient-ins"] });
        Assert.Equal(expected.Length == 0 ? [] : [expected], found.Where(issue => issue.StartsWith("fr-core-", StringComparison.Ordinal)).Select(issue => issue[..9]));
    }

    [Fact]
    public void UnknownBinding_GivesAWarningAndNeverASilentPass()
    {
        var issues = Check.FhirCheck.Check(Fixtures.Example(Document));
        Assert.Contains(issues, issue => issue is { Code: "binding-not-checked", Severity: FhirSeverity.Warning });
    }

    private static string Without(FhirResource resource, string element) => WithoutMember(resource.Root, element);

    private static string WithoutMember(FhirNode node, string name)
    {
        Assert.True(node[name].Exists, name);
        List<string> kept = [];
        foreach (var member in node.Members)
        {
            if (member.Name != name)
            {
                kept.Add($"\"{member.Name}\":{Text(member.RawUtf8)}");
            }
        }

        return "{" + string.Join(',', kept) + "}";
    }

    private static string Text(ReadOnlyMemory<byte> utf8) => System.Text.Encoding.UTF8.GetString(utf8.Span);
}
