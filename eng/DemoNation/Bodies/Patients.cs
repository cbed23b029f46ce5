using System.Globalization;
using System.Text.Json.Nodes;

namespace Sante.DemoNation;

/// <summary>The Patient of a citizen: FR Core 2.2.0 fr-core-patient-ins, status <c>VALI</c> (qualified in that version).</summary>
internal static class Patients
{
    private const string ReliabilitySystem = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0445";
    private const string CountrySystem = "https://mos.esante.gouv.fr/NOS/TRE_R20-Pays/FHIR/TRE-R20-Pays";

    public static byte[] Of(Citizen citizen)
    {
        var patient = Template.Copy("patient");
        patient["extension"]![0]!["extension"]![0]!["valueCoding"] = new JsonObject { ["system"] = ReliabilitySystem, ["code"] = "VALI" };
        var place = patient["extension"]![1]!["valueAddress"]!.AsObject();
        var code = place["extension"]![0]!["valueCoding"]!.AsObject();
        code["code"] = citizen.BirthPlace.Code;
        if (citizen.BirthPlace.IsAbroad)
        {
            code["system"] = CountrySystem;
            place.Remove("city");
            place["country"] = citizen.BirthPlace.Name;
        }
        else
        {
            place["city"] = citizen.BirthPlace.Name;
        }

        var identifier = patient["identifier"]![0]!;
        identifier["type"]!["coding"]![0]!["code"] = citizen.Ins.Oid.TypeCode;
        identifier["system"] = citizen.Ins.Oid.System;
        identifier["value"] = citizen.Ins.Reveal();
        var name = patient["name"]![0]!;
        name["extension"]![0]!["valueString"] = string.Join(' ', citizen.GivenNames);
        name["family"] = citizen.FamilyName;
        name["given"] = new JsonArray(citizen.GivenNames[0]);
        patient["gender"] = citizen.IsWoman ? "female" : "male";
        patient["birthDate"] = citizen.BirthOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return Template.Bytes(patient);
    }
}
