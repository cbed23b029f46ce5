using System.Globalization;
using System.Text;
using Sante.Fhir;
using Sante.Kernel;

namespace Sante.Bench.Nation;

/// <summary>The FHIR content of the nation: measures of about 750 bytes with one of five codes, a Patient, documents with a small Binary. No real person.</summary>
internal static class NationResources
{
    /// <summary>LOINC code, display, UCUM unit, lowest value, span: the same five as the FHIR load harness.</summary>
    public static IReadOnlyList<(string Code, string Display, string Unit, double Low, double Span)> Measures { get; } =
    [
        ("8867-4", "Heart rate", "/min", 60, 60), ("9279-1", "Respiratory rate", "/min", 12, 12), ("8310-5", "Body temperature", "Cel", 36, 3),
        ("29463-7", "Body weight", "kg", 50, 60), ("2708-6", "Oxygen saturation in Arterial blood", "%", 90, 10),
    ];

    /// <summary>First day on which something is measured; all of it lies within a year.</summary>
    public static DateTimeOffset FirstDay { get; } = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    /// <summary>An Observation as care software sends it.</summary>
    public static byte[] Observation(string patient, int measure, DateTimeOffset at, double part)
    {
        var (code, display, unit, low, span) = Measures[measure];
        var value = Math.Round(low + part * span, 1).ToString(CultureInfo.InvariantCulture);
        var instant = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return Encoding.UTF8.GetBytes($$"""
            {"resourceType":"Observation","status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs","display":"Vital Signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"{{code}}","display":"{{display}}"}],"text":"{{display}}"},"subject":{"reference":"Patient/{{patient}}"},"effectiveDateTime":"{{instant}}","issued":"{{instant}}","performer":[{"display":"Cabinet de mesure"}],"valueQuantity":{"value":{{value}},"unit":"{{unit}}","system":"http://unitsofmeasure.org","code":"{{unit}}"},"note":[{"text":"Mesure prise au repos, assis, après cinq minutes ; appareil vérifié dans l'année."}]}
            """);
    }

    public static FhirResource Patient(string id, int number) => Parse($$"""
        {"resourceType":"Patient","id":"{{id}}","active":true,"name":[{"use":"official","family":"Banc","given":["Camille"],"text":"Camille Banc {{number}}"}],"gender":"{{(number % 2 == 0 ? "female" : "male")}}","birthDate":"{{BirthOn(number):yyyy-MM-dd}}"}
        """);

    /// <summary>An adult's.</summary>
    public static DateOnly BirthOn(int number) => new(1940 + number % 60, 1 + number % 12, 1 + number % 28);

    public static FhirResource Document(string patient, string binary, string unique, DateTimeOffset at) => Parse($$"""
        {"resourceType":"DocumentReference","masterIdentifier":{"system":"urn:ietf:rfc:3986","value":"urn:uuid:{{unique}}"},"status":"current","type":{"coding":[{"system":"http://loinc.org","code":"11488-4","display":"CR ou fiche de consultation ou de visite"}]},"category":[{"coding":[{"code":"10","display":"Compte rendu"}]}],"subject":{"reference":"Patient/{{patient}}"},"date":"{{at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}}","author":[{"display":"Cabinet de mesure"}],"description":"Compte rendu de consultation","securityLabel":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"N"}]}],"content":[{"attachment":{"contentType":"text/plain","language":"fr-FR","url":"Binary/{{binary}}","title":"Compte rendu"} }]}
        """);

    public static FhirResource Binary(string document, int number) => Parse($$"""
        {"resourceType":"Binary","contentType":"text/plain","securityContext":{"reference":"DocumentReference/{{document}}"},"data":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($"Consultation {number} : examen sans particularité. ", 12))))}}"}
        """);

    public static FhirResource Parse(ReadOnlyMemory<byte> json) =>
        FhirJson.Parse(json).TryGet(out var resource, out _) ? resource : throw new InvalidOperationException("The nation made no FHIR.");

    private static FhirResource Parse(string json) => Parse(Encoding.UTF8.GetBytes(json));
}
