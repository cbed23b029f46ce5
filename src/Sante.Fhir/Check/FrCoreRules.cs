namespace Sante.Fhir.Check;

/// <summary>Invariants of fr-core-patient-ins 2.2.0 (https://hl7.fr/ig/fhir/core).</summary>
internal static class FrCoreRules
{
    private const string PatientIns = "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-patient-ins";
    private const string Reliability = "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-identity-reliability";
    private static readonly string[] InsSystems = ["urn:oid:1.2.250.1.213.1.4.8", "urn:oid:1.2.250.1.213.1.4.9", "urn:oid:1.2.250.1.213.1.4.10", "urn:oid:1.2.250.1.213.1.4.11"];

    /// <summary>True for an invariant that is checked here, at every depth.</summary>
    public static bool Knows(string key) => key is "fr-core-1" or "fr-core-2" or "fr-core-3";

    public static void Evaluate(CheckRun run, FhirNode patient, string profile, string key)
    {
        if (profile != PatientIns || !Knows(key) || !IsQualified(patient))
        {
            return;
        }

        var official = OfficialIns(patient);
        if (key == "fr-core-1" && official == 0)
        {
            run.Error(patient, "invariant", key, "Une identité au statut VALI porte un matricule INS officiel.", "identifier");
        }
        else if (key == "fr-core-2" && official > 1)
        {
            run.Error(patient, "invariant", key, "Une identité au statut VALI ne porte qu’un matricule INS officiel.", "identifier");
        }
        else if (key == "fr-core-3" && HasUnknownBirthPlace(patient))
        {
            run.Error(patient, "invariant", key, "Une identité au statut VALI a un lieu de naissance connu (code différent de 99999).", "extension");
        }
    }

    /// <summary>VALI: in FR Core 2.2.0 the code that means "identité qualifiée".</summary>
    private static bool IsQualified(FhirNode patient)
    {
        foreach (var reliability in Extensions(patient, Reliability))
        {
            foreach (var status in Extensions(reliability, "identityStatus"))
            {
                if (status["valueCoding"u8]["code"u8].TextEquals("VALI"u8) || status["valueCodeableConcept"u8]["coding"u8].First["code"u8].TextEquals("VALI"u8))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static int OfficialIns(FhirNode patient)
    {
        var count = 0;
        foreach (var identifier in patient["identifier"u8].Items)
        {
            count += identifier["use"u8].TextEquals("official"u8) && identifier["system"u8].Text is { } system && InsSystems.Contains(system) ? 1 : 0;
        }

        return count;
    }

    private static bool HasUnknownBirthPlace(FhirNode patient)
    {
        foreach (var place in Extensions(patient, "http://hl7.org/fhir/StructureDefinition/patient-birthPlace"))
        {
            foreach (var code in Extensions(place["valueAddress"u8], "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-address-insee-code"))
            {
                if (code["valueCoding"u8]["code"u8].TextEquals("99999"u8))
                {
                    return true;
                }
            }
        }

        return false;
    }

    internal static List<FhirNode> Extensions(FhirNode node, string url)
    {
        List<FhirNode> found = [];
        foreach (var extension in node["extension"u8].Items)
        {
            if (extension["url"u8].Text == url)
            {
                found.Add(extension);
            }
        }

        return found;
    }
}
