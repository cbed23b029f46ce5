using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Sante.Kernel;

namespace Sante.Foundations.Identities;

/// <summary>Writes the Patient resource of an identity (fr-core-patient-ins 2.2.0): the matricule only as far as it may travel.</summary>
public static class PatientFhir
{
    private const string Core = "https://hl7.fr/ig/fhir/core/StructureDefinition/";
    private const string StatusSystem = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0445";
    private const string IdentifierTypes = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0203";
    private const string Communes = "https://mos.esante.gouv.fr/NOS/TRE_R13-CommuneOM/FHIR/TRE-R13-CommuneOM";

    /// <summary>The resource with its public id; version and instant are the store's.</summary>
    public static byte[] Write(IdentityState identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        var traits = identity.Traits ?? throw new ArgumentException("An identity that was never created.", nameof(identity));
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("resourceType"u8, "Patient"u8);
            json.WriteString("id"u8, identity.Patient);
            json.WriteStartObject("meta"u8);
            json.WriteStartArray("profile"u8);
            json.WriteStringValue(Core + (identity.Travelling is null ? "fr-core-patient" : "fr-core-patient-ins"));
            json.WriteEndArray();
            json.WriteEndObject();
            WriteExtensions(json, identity, traits);
            WriteIdentifiers(json, identity);
            json.WriteBoolean("active"u8, identity.MergedInto is null);
            WriteName(json, traits);
            json.WriteString("gender"u8, traits.Sex == RegisteredSex.Male ? "male"u8 : "female"u8);
            json.WriteString("birthDate"u8, traits.BirthOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>In 2.2.0 the code VALI carries the meaning "qualified"; everything less is PROV, with its attributes beside.</summary>
    private static string StatusCode(IdentityState identity) =>
        identity.Attributes.HasFlag(IdentityAttributes.Fictif) ? "FICT"
        : identity.Attributes.HasFlag(IdentityAttributes.Douteux) ? "DOUT"
        : identity.Travelling is not null && identity.Traits!.BirthPlace != StrictTraits.UnknownPlace ? "VALI"
        : identity.Status == IdentityStatus.Recuperee ? "RECD"
        : "PROV";

    private static void WriteExtensions(Utf8JsonWriter json, IdentityState identity, StoredTraits traits)
    {
        json.WriteStartArray("extension"u8);
        json.WriteStartObject();
        json.WriteString("url"u8, Core + "fr-core-identity-reliability");
        json.WriteStartArray("extension"u8);
        json.WriteStartObject();
        json.WriteString("url"u8, "identityStatus"u8);
        WriteCoding(json, "valueCoding", StatusSystem, StatusCode(identity));
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject();
        json.WriteString("url"u8, "http://hl7.org/fhir/StructureDefinition/patient-birthPlace"u8);
        json.WriteStartObject("valueAddress"u8);
        json.WriteStartArray("extension"u8);
        json.WriteStartObject();
        json.WriteString("url"u8, Core + "fr-core-address-insee-code");
        WriteCoding(json, "valueCoding", Communes, traits.BirthPlace);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteIdentifiers(Utf8JsonWriter json, IdentityState identity)
    {
        if (identity.Travelling is not { } active)
        {
            return;
        }

        json.WriteStartArray("identifier"u8);
        WriteMatricule(json, active, "official"u8);
        foreach (var former in identity.History.Select(former => former.Matricule).Distinct().Where(former => former != active))
        {
            WriteMatricule(json, former, "old"u8);
        }

        json.WriteEndArray();
    }

    private static void WriteMatricule(Utf8JsonWriter json, StoredMatricule matricule, ReadOnlySpan<byte> use)
    {
        var oid = InsOid.TryParse(matricule.Oid).Value;
        json.WriteStartObject();
        json.WriteString("use"u8, use);
        json.WriteStartObject("type"u8);
        json.WriteStartArray("coding"u8);
        json.WriteStartObject();
        json.WriteString("system"u8, IdentifierTypes);
        json.WriteString("code"u8, oid.TypeCode);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteString("system"u8, oid.System);
        json.WriteString("value"u8, matricule.Matricule);
        json.WriteEndObject();
    }

    private static void WriteName(Utf8JsonWriter json, StoredTraits traits)
    {
        json.WriteStartArray("name"u8);
        json.WriteStartObject();
        json.WriteStartArray("extension"u8);
        json.WriteStartObject();
        json.WriteString("url"u8, Core + "fr-core-patient-birth-list-given-name");
        json.WriteString("valueString"u8, string.Join(' ', traits.Given));
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("use"u8, "official"u8);
        json.WriteString("family"u8, traits.Family);
        json.WriteStartArray("given"u8);
        json.WriteStringValue(traits.Given[0]);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteCoding(Utf8JsonWriter json, string property, string system, string code)
    {
        json.WriteStartObject(property);
        json.WriteString("system"u8, system);
        json.WriteString("code"u8, code);
        json.WriteEndObject();
    }
}
