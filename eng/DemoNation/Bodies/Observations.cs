using System.Globalization;
using System.Text.Json.Nodes;

namespace Sante.DemoNation;

/// <summary>The kinds of measure that the nation takes; each has its French example as template.</summary>
public enum MeasureKind
{
    Weight,
    Height,
    Temperature,
    HeartRate,
    BloodPressure,
    Glucose,
    HeadCircumference,
    Steps,
    OxygenSaturation,
    CholesterolTotal,
    CholesterolHdl,
    CholesterolLdl,
    Triglycerides,
}

/// <summary>One measure.</summary>
/// <param name="Kind">See there.</param>
/// <param name="At">When it was taken.</param>
/// <param name="Value">In the unit of its profile; systolic pressure for a blood pressure.</param>
/// <param name="Second">Diastolic pressure.</param>
/// <param name="Moment">LOINC code of the moment (JDV_J157), for a glucose.</param>
public sealed record Reading(MeasureKind Kind, DateTimeOffset At, decimal Value, decimal? Second = null, string? Moment = null);

/// <summary>Observations of the profiles "Mesures de santé".</summary>
internal static class Observations
{
    private const string Base = "https://interop.esante.gouv.fr/ig/fhir/mesures/StructureDefinition/";
    private const string NosLoinc = "https://mos.esante.gouv.fr/NOS/TRE_A04-Loinc/FHIR/TRE-A04-Loinc";

    private static readonly Dictionary<MeasureKind, string> Templates = new()
    {
        [MeasureKind.Weight] = "weight", [MeasureKind.Height] = "height", [MeasureKind.Temperature] = "temperature",
        [MeasureKind.HeartRate] = "heartrate", [MeasureKind.BloodPressure] = "bp", [MeasureKind.Glucose] = "glucose",
        [MeasureKind.HeadCircumference] = "head", [MeasureKind.Steps] = "steps", [MeasureKind.OxygenSaturation] = "oxygen",
        [MeasureKind.CholesterolTotal] = "cholesterol-total", [MeasureKind.CholesterolHdl] = "cholesterol-hdl",
        [MeasureKind.CholesterolLdl] = "cholesterol-ldl", [MeasureKind.Triglycerides] = "cholesterol-trigly",
    };

    // Of the example only what says what is measured; who, where, how and how it reads is of that example's person.
    private static readonly string[] NotOurs = ["performer", "interpretation", "referenceRange", "device", "method", "bodySite", "extension", "note"];

    /// <summary>The observation of a patient, by a device when one is named.</summary>
    public static byte[] Of(Reading reading, string patientId, string? deviceId = null)
    {
        var observation = Template.Copy(Templates[reading.Kind]);
        foreach (var member in NotOurs)
        {
            observation.Remove(member);
        }

        observation["subject"] = new JsonObject { ["reference"] = "Patient/" + patientId };
        observation["effectiveDateTime"] = Instant(reading.At);
        if (reading.Kind == MeasureKind.BloodPressure)
        {
            Component(observation, 0, reading.Value);
            Component(observation, 1, reading.Second!.Value);
        }
        else
        {
            observation["valueQuantity"]!["value"] = reading.Value;
        }

        if (reading.Kind == MeasureKind.Glucose)
        {
            observation["code"] = Template.Concept(NosLoinc, "2345-7");
            observation["extension"] = new JsonArray(new JsonObject
            {
                ["url"] = Base + "mesures-moment-of-measurement", ["valueCodeableConcept"] = Template.Concept(NosLoinc, reading.Moment!),
            });
        }

        if (deviceId is not null)
        {
            observation["device"] = new JsonObject { ["reference"] = "Device/" + deviceId };
        }

        return Template.Bytes(observation);
    }

    /// <summary>The connected scale of one household, known by its own number.</summary>
    public static byte[] Scale(string serial)
    {
        var device = Template.Copy("device");
        device["identifier"]![0]!["value"] = serial;
        device["manufacturer"] = "Lunéa (démonstration)";
        device["modelNumber"] = "LUNEA-1";
        return Template.Bytes(device);
    }

    /// <summary>An instant as FHIR writes it, in UTC.</summary>
    public static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static void Component(JsonObject observation, int at, decimal value)
    {
        var component = observation["component"]![at]!.AsObject();
        component["valueQuantity"]!["value"] = value;
        component.Remove("interpretation");
    }
}
