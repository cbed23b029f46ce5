using System.Globalization;
using System.Text.Json;
using Npgsql;

namespace Sante.Foundations.Directories.Search;

/// <summary>The parts that the three resources of the directory have in common (IG Annuaire Santé 1.2.0-snapshot-2).</summary>
internal static class DirectoryJson
{
    public const string FrCore = "https://hl7.fr/ig/fhir/core/StructureDefinition/";
    public const string FrCoreVersion = "|2.2.0";
    public const string Annuaire = "https://interop.esante.gouv.fr/ig/fhir/annuaire/StructureDefinition/";
    public const string AnnuaireVersion = "|1.2.0-snapshot-2";
    public const string IdentifierTypeSystem = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0203";

    /// <summary>resourceType, id, meta (version, instant, profiles), language.</summary>
    public static void WriteHead(Utf8JsonWriter json, string type, string id, int version, DateTime updatedAt, params string[] profiles)
    {
        json.WriteString("resourceType"u8, type);
        json.WriteString("id"u8, id);
        json.WriteStartObject("meta"u8);
        json.WriteString("versionId"u8, version.ToString(CultureInfo.InvariantCulture));
        json.WriteString("lastUpdated"u8, updatedAt.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        if (profiles.Length > 0)
        {
            json.WriteStartArray("profile"u8);
            foreach (var profile in profiles)
            {
                json.WriteStringValue(profile);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteString("language"u8, "fr"u8);
    }

    /// <summary>One official identifier with its type.</summary>
    public static void WriteIdentifier(Utf8JsonWriter json, string typeCode, string system, string value)
    {
        json.WriteStartObject();
        json.WriteString("use"u8, "official"u8);
        json.WriteStartObject("type"u8);
        WriteCodings(json, (IdentifierTypeSystem, typeCode));
        json.WriteEndObject();
        json.WriteString("system"u8, system);
        json.WriteString("value"u8, value);
        json.WriteEndObject();
    }

    /// <summary><c>coding</c> of one concept.</summary>
    public static void WriteCodings(Utf8JsonWriter json, params ReadOnlySpan<(string System, string Code)> codings)
    {
        json.WriteStartArray("coding"u8);
        foreach (var (system, code) in codings)
        {
            json.WriteStartObject();
            json.WriteString("system"u8, system);
            json.WriteString("code"u8, code);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>A concept in an array of concepts.</summary>
    public static void WriteConcept(Utf8JsonWriter json, string system, string code)
    {
        json.WriteStartObject();
        WriteCodings(json, (system, code));
        json.WriteEndObject();
    }

    /// <summary>A reference property.</summary>
    public static void WriteReference(Utf8JsonWriter json, string property, string type, string id)
    {
        json.WriteStartObject(property);
        json.WriteString("reference"u8, $"{type}/{id}");
        json.WriteEndObject();
    }

    /// <summary>A text column, or null.</summary>
    public static string? TextOf(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>A skill kept as "type:code".</summary>
    public static (string System, string Code) SkillOf(string pair)
    {
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        return (CodeSystems.Of(pair[..colon]), pair[(colon + 1)..]);
    }
}
