using System.Text.Json;
using Npgsql;
using Sante.Foundations.Directories.Search;
using static Sante.Foundations.Directories.Search.DirectoryJson;

namespace Sante.Foundations.RppsDirectory;

/// <summary>
/// PractitionerRole in the form of as-dp-practitionerrole. Only fr-core-practitioner-role is claimed: the open file does not carry the number
/// that the other profile asks (idSituationExercice), and specialties, which it leaves out, are given here.
/// </summary>
internal static class PractitionerRoleFhir
{
    /// <summary>System of our own identifier of an activity.</summary>
    internal const string IdentifierSystem = "urn:sante:directory:activity";

    /// <summary>Writes one row of <see cref="RppsSearch.PractitionerRole"/>.</summary>
    public static void Write(Utf8JsonWriter json, NpgsqlDataReader row)
    {
        var id = row.GetGuid(0).ToString();
        json.WriteStartObject();
        WriteHead(json, "PractitionerRole", id, row.GetInt32(9), row.GetDateTime(10), FrCore + "fr-core-practitioner-role" + FrCoreVersion);
        json.WriteStartArray("identifier"u8);
        json.WriteStartObject();
        json.WriteString("system"u8, IdentifierSystem);
        json.WriteString("value"u8, id);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteBoolean("active"u8, true);
        WriteReference(json, "practitioner", "Practitioner", row.GetString(1));
        if (TextOf(row, 2) is { } structure)
        {
            WriteReference(json, "organization", "Organization", structure);
        }

        WriteCodes(json, ("R22", TextOf(row, 7)), ("R23", TextOf(row, 5)), ("R21", TextOf(row, 6)));
        WriteSpecialties(json, row.GetFieldValue<string[]>(8));
        json.WriteEndObject();
    }

    private static void WriteCodes(Utf8JsonWriter json, params (string Table, string? Code)[] codes)
    {
        if (codes.All(code => code.Code is null))
        {
            return;
        }

        json.WriteStartArray("code"u8);
        foreach (var (table, code) in codes)
        {
            if (code is not null)
            {
                WriteConcept(json, CodeSystems.Of(table), code);
            }
        }

        json.WriteEndArray();
    }

    /// <summary>Ordinal specialties only (TRE_R38): the binding of the element is required.</summary>
    private static void WriteSpecialties(Utf8JsonWriter json, string[] skills)
    {
        var specialties = skills.Where(skill => skill.StartsWith("S:", StringComparison.Ordinal)).ToList();
        if (specialties.Count == 0)
        {
            return;
        }

        json.WriteStartArray("specialty"u8);
        foreach (var (system, code) in specialties.Select(SkillOf))
        {
            WriteConcept(json, system, code);
        }

        json.WriteEndArray();
    }
}
