using System.Globalization;
using System.Text.Json.Nodes;

namespace Sante.Simulators.Story;

/// <summary>One weight from a connected scale: the feed of Mesures de santé (one Observation and one Device; the subject is named by idPE, never by INS).</summary>
/// <param name="WeightKg">Kilograms; its digits are kept as written.</param>
public sealed record WeightFeed(string IdPeSystem, string IdPe, decimal WeightKg, DateTimeOffset At)
{
    private const string ScaleSystem = "urn:oid:2.999.2680.2";
    private const string ScaleNumber = "FE-ED-AB-EF-DE-AD-77-C5";

    public JsonObject ToBundle()
    {
        var (device, observation) = (StableId.Of($"scale/{ScaleNumber}"), StableId.Of($"weight/{IdPe}/{At:O}"));
        return new JsonObject
        {
            ["resourceType"] = "Bundle",
            ["meta"] = Profile("https://interop.esante.gouv.fr/ig/fhir/mesures/StructureDefinition/mesures-bundle-flux-alimentation"),
            ["type"] = "transaction",
            ["entry"] = new JsonArray(
                new JsonObject
                {
                    ["fullUrl"] = $"urn:uuid:{device}",
                    ["resource"] = Scale(),
                    ["request"] = new JsonObject { ["method"] = "POST", ["url"] = "Device", ["ifNoneExist"] = $"identifier={ScaleSystem}|{ScaleNumber}" },
                },
                new JsonObject
                {
                    ["fullUrl"] = $"urn:uuid:{observation}",
                    ["resource"] = Weight(device),
                    ["request"] = new JsonObject { ["method"] = "POST", ["url"] = "Observation" },
                }),
        };
    }

    private JsonObject Weight(Guid device) => new()
    {
        ["resourceType"] = "Observation",
        ["meta"] = Profile("https://interop.esante.gouv.fr/ig/fhir/mesures/StructureDefinition/mesures-fr-observation-body-weight"),
        ["status"] = "final",
        ["category"] = new JsonArray(Concept("http://terminology.hl7.org/CodeSystem/observation-category", "vital-signs")),
        ["code"] = Concept("http://loinc.org", "29463-7"),
        ["subject"] = new JsonObject { ["identifier"] = new JsonObject { ["system"] = IdPeSystem, ["value"] = IdPe } },
        ["effectiveDateTime"] = At.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture),
        ["valueQuantity"] = new JsonObject { ["value"] = WeightKg, ["unit"] = "kg", ["system"] = "http://unitsofmeasure.org", ["code"] = "kg" },
        ["device"] = new JsonObject { ["reference"] = $"Device/{device}" },
    };

    private static JsonObject Scale() => new()
    {
        ["resourceType"] = "Device",
        ["meta"] = Profile("http://hl7.org/fhir/uv/phd/StructureDefinition/PhdDevice"),
        ["identifier"] = new JsonArray(new JsonObject
        {
            ["type"] = Concept("http://hl7.org/fhir/uv/phd/CodeSystem/ContinuaDeviceIdentifiers", "SYSID"), ["system"] = ScaleSystem, ["value"] = ScaleNumber,
        }),
        ["manufacturer"] = "Lunéa",
        ["deviceName"] = new JsonArray(new JsonObject { ["name"] = "Balance de la chambre", ["type"] = "patient-reported-name" }),
        ["modelNumber"] = "L-1",
        // ISO/IEEE 11073-10101: 65573 = MDC_MOC_VMS_MDS_SIMP, 528399 = MDC_DEV_SPEC_PROFILE_SCALE.
        ["type"] = Concept("urn:iso:std:iso:11073:10101", "65573"),
        ["specialization"] = new JsonArray(new JsonObject { ["systemType"] = Concept("urn:iso:std:iso:11073:10101", "528399"), ["version"] = "2" }),
    };

    private static JsonObject Profile(string canonical) => new() { ["profile"] = new JsonArray(canonical) };

    private static JsonObject Concept(string system, string code) =>
        new() { ["coding"] = new JsonArray(new JsonObject { ["system"] = system, ["code"] = code }) };
}
