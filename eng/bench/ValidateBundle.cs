using System.Globalization;
using System.Text;

namespace Sante.Bench;

/// <summary>A Bundle as an integrator sends one: vital signs with their profiles (slices), patients with narrative, reports with contained resources and links inside.</summary>
internal static class ValidateBundle
{
    /// <summary>About 650 bytes, no profile: the resource of the load test.</summary>
    public const string SmallObservation = """
        {"resourceType":"Observation","status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs","display":"Vital Signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"29463-7","display":"Body weight"}],"text":"Body weight"},"subject":{"reference":"Patient/1234567890"},"encounter":{"reference":"Encounter/abcdefgh"},"effectiveDateTime":"2025-03-04T10:11:12.123+01:00","issued":"2025-03-04T10:11:12.123+01:00","performer":[{"reference":"Practitioner/876543"}],"valueQuantity":{"value":70.5,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}
        """;

    private const string Category = """ "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}] """;

    /// <summary>The Bundle and how many entries it has.</summary>
    public static (byte[] Utf8, int Entries) Make(int bytes)
    {
        var text = new StringBuilder("""{"resourceType":"Bundle","type":"collection","entry":[""");
        var entries = 0;
        while (text.Length < bytes)
        {
            var group = entries;
            for (var at = 0; at < 10; at++)
            {
                text.Append(entries == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $$"""{"fullUrl":"{{Name(entries)}}","resource":""")
                    .Append(at switch { 0 => Patient(group), 1 => Report(group), 2 or 3 => BloodPressure(group), _ => Weight(group, at) }).Append('}');
                entries++;
            }
        }

        return (Encoding.UTF8.GetBytes(text.Append("]}").ToString()), entries);
    }

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"urn:uuid:{number:x8}-0000-4000-8000-000000000000");

    private static string Patient(int number) => $$$"""
        {"resourceType":"Patient","id":"p{{{number}}}","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><table><tr><td>Nom</td><td>Durand &amp; fils</td></tr><tr><td>Prénom</td><td>Zoé</td></tr></table></div>"},
        "identifier":[{"use":"official","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}]},"system":"urn:x:mrn","value":"{{{number}}}","period":{"start":"2020-01-01","end":"2030-12-31"}}],
        "active":true,"name":[{"use":"official","family":"Durand","given":["Zoé","Anne"]}],"telecom":[{"system":"phone","value":"+33123456789","use":"mobile"}],"gender":"female","birthDate":"1971-02-03","address":[{"use":"home","line":["1 rue Haute"],"city":"Lyon","postalCode":"69001","country":"FR"}],
        "contact":[{"relationship":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0131","code":"N"}]}],"name":{"family":"Durand","given":["Luc"]}}]}
        """;

    private static string Report(int number) => $$$"""
        {"resourceType":"DiagnosticReport","contained":[{"resourceType":"Specimen","id":"s","collection":{"collectedDateTime":"2025-03-04T08:00:00Z"}}],"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Biologie</p></div>"},
        "status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0074","code":"LAB"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"58410-2"}]},"subject":{"reference":"{{{Name(number)}}}"},"effectivePeriod":{"start":"2025-03-04T08:00:00Z","end":"2025-03-04T09:00:00Z"},
        "issued":"2025-03-04T10:11:12.123+01:00","specimen":[{"reference":"#s"}],"result":[{"reference":"{{{Name(number + 4)}}}"},{"reference":"{{{Name(number + 5)}}}"}],"conclusion":"Rien à signaler"}
        """;

    private static string BloodPressure(int number) => $$$"""
        {"resourceType":"Observation","meta":{"profile":["http://hl7.org/fhir/StructureDefinition/bp"]},"status":"final",{{{Category}}},"code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}]},"subject":{"reference":"{{{Name(number)}}}"},"effectiveDateTime":"2025-03-04T10:11:12+01:00",
        "component":[{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6","display":"Systolic"}]},"valueQuantity":{"value":120,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}},
        {"code":{"coding":[{"system":"http://loinc.org","code":"8462-4","display":"Diastolic"}]},"valueQuantity":{"value":80,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}}]}
        """;

    private static string Weight(int number, int at) => $$$"""
        {"resourceType":"Observation","meta":{"profile":["http://hl7.org/fhir/StructureDefinition/bodyweight"]},"status":"final",{{{Category}}},"code":{"coding":[{"system":"http://loinc.org","code":"29463-7","display":"Body weight"}]},"subject":{"reference":"{{{Name(number)}}}"},
        "effectiveDateTime":"2025-03-0{{{at}}}T10:11:12+01:00","issued":"2025-03-0{{{at}}}T10:11:12.123+01:00","performer":[{"reference":"Practitioner/876543"}],"valueQuantity":{"value":70.{{{at}}},"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}
        """;
}
