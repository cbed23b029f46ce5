using System.Text.Json;
using Npgsql;
using Sante.Foundations.Directories.Search;
using static Sante.Foundations.Directories.Search.DirectoryJson;

namespace Sante.Foundations.RppsDirectory;

/// <summary>
/// Practitioner in the form of as-dp-practitioner. The profile is claimed when it holds: an RPPS number and one profession
/// (ADELI numbers and double professions have no place in it). An inactive one has id, identifiers and active only.
/// </summary>
internal static class PractitionerFhir
{
    private const string SkillTypeSystem = "https://mos.esante.gouv.fr/NOS/TRE_R04-TypeSavoirFaire/FHIR/TRE-R04-TypeSavoirFaire";
    private const string AdeliSystem = "https://adeli.esante.gouv.fr";

    /// <summary>Writes one row of <see cref="RppsSearch.Practitioner"/>.</summary>
    public static void Write(Utf8JsonWriter json, NpgsqlDataReader row)
    {
        var id = row.GetString(0);
        var rpps = id[0] == '8';
        var professions = row.GetFieldValue<string[]>(6);
        var active = row.GetBoolean(8);
        json.WriteStartObject();
        WriteHead(json, "Practitioner", id, row.GetInt32(9), row.GetDateTime(10), !active || !rpps || professions.Length != 1
            ? [FrCore + "fr-core-practitioner" + FrCoreVersion]
            : [FrCore + "fr-core-practitioner" + FrCoreVersion, Annuaire + "as-dp-practitioner" + AnnuaireVersion]);
        json.WriteStartArray("identifier"u8);
        WriteIdentifier(json, "IDNPS", Kernel.Rpps.PsIdNatSystem, id);
        WriteIdentifier(json, rpps ? "RPPS" : "ADELI", rpps ? Kernel.Rpps.System : AdeliSystem, row.GetString(1));
        json.WriteEndArray();
        json.WriteBoolean("active"u8, active);
        if (active)
        {
            WriteName(json, row);
            WriteQualifications(json, professions, row.GetFieldValue<string[]>(7));
        }

        json.WriteEndObject();
    }

    private static void WriteName(Utf8JsonWriter json, NpgsqlDataReader row)
    {
        json.WriteStartArray("name"u8);
        json.WriteStartObject();
        json.WriteString("use"u8, "usual"u8);
        json.WriteString("family"u8, row.GetString(4));
        WriteOne(json, "given", TextOf(row, 5));
        WriteOne(json, "prefix", TextOf(row, 2));
        WriteOne(json, "suffix", TextOf(row, 3));
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteOne(Utf8JsonWriter json, string property, string? value)
    {
        if (value is not null)
        {
            json.WriteStartArray(property);
            json.WriteStringValue(value);
            json.WriteEndArray();
        }
    }

    private static void WriteQualifications(Utf8JsonWriter json, string[] professions, string[] skills)
    {
        json.WriteStartArray("qualification"u8);
        foreach (var pair in professions)
        {
            var colon = pair.IndexOf(':', StringComparison.Ordinal);
            var (profession, category) = (pair[..colon], pair[(colon + 1)..]);
            WriteQualification(json, category.Length == 0
                ? [(CodeSystems.OfProfession(profession), profession)]
                : [(CodeSystems.OfProfession(profession), profession), (CodeSystems.Of("R09"), category)]);
        }

        foreach (var pair in skills)
        {
            WriteQualification(json, SkillOf(pair), (SkillTypeSystem, pair[..pair.IndexOf(':', StringComparison.Ordinal)]));
        }

        json.WriteEndArray();
    }

    private static void WriteQualification(Utf8JsonWriter json, params ReadOnlySpan<(string System, string Code)> codings)
    {
        json.WriteStartObject();
        json.WriteStartObject("code"u8);
        WriteCodings(json, codings);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
