using System.Globalization;

namespace Sante.Fhir.Check;

/// <summary>
/// Rules of the guide "Mesures de santé" for one Observation, written by us from its public description (facts of 2026-11-21, ADR 0022); ours, not normative.
/// </summary>
internal static class MesuresRules
{
    private const string Url = "https://interop.esante.gouv.fr/ig/fhir/mesures/StructureDefinition/";

    private enum Need
    {
        Optional,
        Required,
        Forbidden,
    }

    /// <summary>Per type of glucose: the unit, whether the moment and whether the number of days must be there.</summary>
    private static readonly (string Code, string Unit, Need Moment, Need Days)[] GlucoseTypes =
    [
        ("2345-7", "mg/dL", Need.Required, Need.Forbidden),
        ("MED-969", "mg/dL", Need.Optional, Need.Forbidden),
        ("MED-972", "%", Need.Forbidden, Need.Required),
        ("4548-4", "%", Need.Forbidden, Need.Forbidden),
    ];

    /// <summary>The warehouse computes the BMI: it is never fed (422, <c>mesures-bmi-not-fed</c>).</summary>
    public static void Bmi(CheckRun run, FhirNode observation)
    {
        if (run.Interaction == FhirInteraction.Create)
        {
            run.Error(observation, "not-supported", "mesures-bmi-not-fed", "L’IMC est calculé par la plateforme : il ne se dépose pas.");
        }
    }

    /// <summary>The subject is the editor's pivot identifier: an INS never travels in this API.</summary>
    public static void Subject(CheckRun run, FhirNode observation)
    {
        var system = observation["subject"u8]["identifier"u8]["system"u8];
        if (system.Text is { } text && text.StartsWith("urn:oid:1.2.250.1.213.1.4.", StringComparison.Ordinal))
        {
            run.Error(system, "business-rule", "mesures-ins-refused", "Le flux des mesures n’accepte pas de matricule INS : le sujet est désigné par l’identifiant pivot de l’éditeur.");
        }
    }

    /// <summary>Pain is a whole number from 0 to 10.</summary>
    public static void PainScale(CheckRun run, FhirNode observation)
    {
        var value = observation["valueQuantity"u8]["value"u8];
        if (value.Text is { } text && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var level)
            && (level is < 0 or > 10 || level != decimal.Truncate(level)))
        {
            run.Error(value, "value", "mesures-pain-scale", "La douleur s’exprime par un entier de 0 à 10.");
        }
    }

    /// <summary>Unit, moment and number of days follow from the type of glucose.</summary>
    public static void Glucose(CheckRun run, FhirNode observation)
    {
        foreach (var coding in observation["code"u8]["coding"u8].Items)
        {
            var code = coding["code"u8].Text;
            foreach (var type in GlucoseTypes)
            {
                if (type.Code == code)
                {
                    Moment(run, observation, "mesures-moment-of-measurement", type.Moment);
                    Moment(run, observation, "mesures-number-of-days", type.Days);
                    Unit(run, observation["valueQuantity"u8]["code"u8], type.Unit);
                }
            }
        }
    }

    private static void Moment(CheckRun run, FhirNode observation, string extension, Need need)
    {
        var found = FrCoreRules.Extensions(observation, Url + extension).Count > 0;
        if (need == Need.Required && !found)
        {
            run.Error(observation, "required", extension + "-required", $"L’extension « {extension} » est obligatoire pour ce type de glycémie.", "extension");
        }
        else if (need == Need.Forbidden && found)
        {
            run.Error(observation, "business-rule", extension + "-forbidden", $"L’extension « {extension} » n’est pas admise pour ce type de glycémie.", "extension");
        }
    }

    private static void Unit(CheckRun run, FhirNode code, string unit)
    {
        if (code.Exists && code.Text != unit)
        {
            run.Error(code, "value", "mesures-glucose-unit", $"L’unité de ce type de glycémie est « {unit} ».");
        }
    }
}
