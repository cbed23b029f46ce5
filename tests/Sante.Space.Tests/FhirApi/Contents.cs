using System.Security.Cryptography;
using System.Text;

namespace Sante.Space.Tests.FhirApi;

/// <summary>FHIR content of the tests, as text, so that every byte is known. All fictional.</summary>
internal static class Contents
{
    public const string Summary = "34112-3";
    public static readonly byte[] Pdf = Encoding.ASCII.GetBytes("%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n");

    public static string NewUuid() => "urn:uuid:" + Guid.NewGuid();

    public static string Observation(string patient, string value = "71.50", string code = "29463-7", string extra = "", string subject = "") => $$$"""
        {"resourceType":"Observation","status":"final",{{{extra}}}"code":{"coding":[{"system":"http://loinc.org","code":"{{{code}}}"}]},
         "subject":{{{(subject.Length > 0 ? subject : Reference(patient))}}},"effectiveDateTime":"2026-05-02T08:00:00+02:00",
         "valueQuantity":{"value":{{{value}}},"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}
        """;

    public static string Reference(string patient) => $$"""{"reference":"Patient/{{patient}}"}""";

    /// <summary>A document with its content inside (ITI-105).</summary>
    public static string InlineDocument(string patient, string masterIdentifier, byte[] content, string type = Summary, string label = "N", long? size = null) => $$$"""
        {"resourceType":"DocumentReference","masterIdentifier":{"system":"urn:ietf:rfc:3986","value":"{{{masterIdentifier}}}"},"status":"current",
         "type":{"coding":[{"system":"http://loinc.org","code":"{{{type}}}"}]},"subject":{{{Reference(patient)}}},
         "securityLabel":[{"coding":[{"system":"https://mos.esante.gouv.fr/NOS/TRE_A07-StatusVisibiliteDocument/FHIR/TRE-A07-StatusVisibiliteDocument","code":"{{{label}}}"}]}],
         "content":[{"attachment":{"contentType":"application/pdf","data":"{{{Convert.ToBase64String(content)}}}","size":{{{size ?? content.Length}}}}}]}
        """;

    /// <summary>ITI-65 in its smallest form: submission set, document, content.</summary>
    public static string Provide(
        string patient, string? submission = null, string? masterIdentifier = null, byte[]? content = null, string type = Summary, string label = "N", string? hash = null,
        string title = "Compte rendu", string relates = "", string? secondPatient = null)
    {
        content ??= Pdf;
        var (list, document, binary) = (NewUuid(), NewUuid(), NewUuid());
        return $$$"""
            {"resourceType":"Bundle","type":"transaction","entry":[
             {"fullUrl":"{{{list}}}","request":{"method":"POST","url":"List"},"resource":{"resourceType":"List","status":"current","mode":"working",
              "identifier":[{"use":"usual","system":"urn:ietf:rfc:3986","value":"{{{submission ?? NewUuid()}}}"}],
              "code":{"coding":[{"system":"https://profiles.ihe.net/ITI/MHD/CodeSystem/MHDlistTypes","code":"submissionset"}]},
              "subject":{{{Reference(patient)}}},"entry":[{"item":{"reference":"{{{document}}}"}}]}},
             {"fullUrl":"{{{document}}}","request":{"method":"POST","url":"DocumentReference"},"resource":{"resourceType":"DocumentReference",
              "masterIdentifier":{"system":"urn:ietf:rfc:3986","value":"{{{masterIdentifier ?? NewUuid()}}}"},"status":"current",{{{relates}}}
              "type":{"coding":[{"system":"http://loinc.org","code":"{{{type}}}"}]},"subject":{{{Reference(secondPatient ?? patient)}}},"date":"2026-05-02T10:00:00+02:00",
              "securityLabel":[{"coding":[{"code":"{{{label}}}"}]}],
              "content":[{"attachment":{"contentType":"application/pdf","url":"{{{binary}}}","size":{{{content.Length}}},"hash":"{{{hash ?? Sha1(content)}}}","title":"{{{title}}}"}}]}},
             {"fullUrl":"{{{binary}}}","request":{"method":"POST","url":"Binary"},"resource":{"resourceType":"Binary","contentType":"application/pdf","data":"{{{Convert.ToBase64String(content)}}}"}}]}
            """;
    }

    /// <summary>The mesures feed: one weight, one scale.</summary>
    public static string Weight(string idpeSystem, string idPe, string value = "3.250", string instant = "2026-05-02T08:00:00+02:00", string device = "AA-BB", string profile = "body-weight", string source = "")
    {
        var (observation, scale) = (Guid.NewGuid().ToString(), Guid.NewGuid().ToString());
        var subject = $$"""{"identifier":{"system":"{{idpeSystem}}","value":"{{idPe}}"} }""";
        return $$$"""
            {"resourceType":"Bundle","meta":{"profile":["https://interop.esante.gouv.fr/ig/fhir/mesures/StructureDefinition/mesures-bundle-flux-alimentation"]},"type":"transaction","entry":[
             {"fullUrl":"urn:uuid:{{{scale}}}","resource":{"resourceType":"Device","meta":{"profile":["http://hl7.org/fhir/uv/phd/StructureDefinition/PhdDevice"]},
              "identifier":[{"type":{"coding":[{"system":"http://hl7.org/fhir/uv/phd/CodeSystem/ContinuaDeviceIdentifiers","code":"SYSID"}]},"system":"urn:oid:1.2.840.10004.1.1.1.0.0.1.0.0.1.2680","value":"{{{device}}}"}],
              "type":{"coding":[{"system":"urn:iso:std:iso:11073:10101","code":"65573"}]}},
              "request":{"method":"POST","url":"Device","ifNoneExist":"identifier=urn:oid:1.2.840.10004.1.1.1.0.0.1.0.0.1.2680|{{{device}}}"}},
             {"fullUrl":"urn:uuid:{{{observation}}}","resource":{"resourceType":"Observation","meta":{{{{source}}}"profile":["https://interop.esante.gouv.fr/ig/fhir/mesures/StructureDefinition/mesures-fr-observation-{{{profile}}}"]},
              "status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],
              "code":{"coding":[{"system":"http://loinc.org","code":"{{{(profile == "bmi" ? "39156-5" : "29463-7")}}}"}]},"subject":{{{subject}}},"effectiveDateTime":"{{{instant}}}",
              "valueQuantity":{"value":{{{value}}},"unit":"{{{Unit(profile)}}}","system":"http://unitsofmeasure.org","code":"{{{Unit(profile)}}}"},"device":{"reference":"Device/{{{scale}}}"}},
              "request":{"method":"POST","url":"Observation"}}]}
            """;
    }

    // FHIR R4 and PDSm fix SHA-1 for Attachment.hash.
#pragma warning disable CA5350
    public static string Sha1(byte[] content) => Convert.ToBase64String(SHA1.HashData(content));
#pragma warning restore CA5350

    private static string Unit(string profile) => profile == "bmi" ? "kg/m2" : "kg";
}
