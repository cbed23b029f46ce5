using System.Text.Json;
using Npgsql;
using Sante.Foundations.Directories.Search;
using static Sante.Foundations.Directories.Search.DirectoryJson;

namespace Sante.Foundations.FinessDirectory;

/// <summary>Organization in the form of as-dp-organization. A closed one has id, identifiers and active only.</summary>
internal static class OrganizationFhir
{
    private const string TypesExtension = Annuaire + "as-ext-organization-types";
    private const string InseeExtension = FrCore + "fr-core-address-insee-code";
    private const string CommuneSystem = "https://mos.esante.gouv.fr/NOS/TRE_R13-Commune/FHIR/TRE-R13-Commune";
    private const string AddressPart = "http://hl7.org/fhir/StructureDefinition/iso21090-ADXP-";
    private const string GeoExtension = "http://hl7.org/fhir/StructureDefinition/geolocation";
    private const string PeriodExtension = "http://hl7.org/fhir/StructureDefinition/organization-period";

    private enum Column
    {
        Id, Finess, FinessEntity, Siret, Siren, Name, Alias, Addressee, Point, StreetNumber, StreetType, Street, Distribution, City, Postcode,
        Commune, Phone, Phone2, Fax, Email, Sector, Category, OpenedOn, Latitude, Longitude, Active, Version, UpdatedAt,
    }

    /// <summary>Writes one row of <see cref="OrganizationSearch.Organization"/>.</summary>
    public static void Write(Utf8JsonWriter json, NpgsqlDataReader row)
    {
        string? Of(Column column) => TextOf(row, (int)column);
        var active = row.GetBoolean((int)Column.Active);
        json.WriteStartObject();
        WriteHead(json, "Organization", row.GetString(0), row.GetInt32((int)Column.Version), row.GetDateTime((int)Column.UpdatedAt),
            FrCore + "fr-core-organization" + FrCoreVersion, Annuaire + "as-dp-organization" + AnnuaireVersion);
        if (active && !row.IsDBNull((int)Column.OpenedOn))
        {
            WritePeriod(json, row.GetFieldValue<DateOnly>((int)Column.OpenedOn));
        }

        WriteIdentifiers(json, row.GetString(0), Of(Column.Finess), Of(Column.Siret), Of(Column.Siren));
        json.WriteBoolean("active"u8, active);
        if (active)
        {
            WriteTypes(json, Of(Column.Sector), Of(Column.Category));
            WriteNames(json, Of(Column.Name), Of(Column.Alias));
            WriteTelecoms(json, ("phone", Of(Column.Phone)), ("phone", Of(Column.Phone2)), ("fax", Of(Column.Fax)), ("email", Of(Column.Email)));
            WriteAddress(json, row, Of);
            WritePartOf(json, Of(Column.FinessEntity));
        }

        json.WriteEndObject();
    }

    private static void WritePeriod(Utf8JsonWriter json, DateOnly openedOn)
    {
        json.WriteStartArray("extension"u8);
        json.WriteStartObject();
        json.WriteString("url"u8, PeriodExtension);
        json.WriteStartObject("valuePeriod"u8);
        json.WriteString("start"u8, openedOn.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteIdentifiers(Utf8JsonWriter json, string id, string? finess, string? siret, string? siren)
    {
        var national = finess is not null ? "1" + finess : siret is not null ? "3" + siret : id[0] == 'R' ? "4" + id[1..] : null;
        if (national is null && siren is null)
        {
            return;
        }

        json.WriteStartArray("identifier"u8);
        void Add(string type, string system, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                WriteIdentifier(json, type, system, value);
            }
        }

        Add("IDNST", OrganizationSearch.StructIdNatSystem, national);
        Add("FINEG", Kernel.Finess.System, finess);
        Add("SIRET", OrganizationSearch.SireneSystem, siret);
        Add("SIREN", OrganizationSearch.SireneSystem, siren);
        Add("RPPSRG", OrganizationSearch.RppsRangSystem, id[0] == 'R' ? id : null);
        json.WriteEndArray();
    }

    private static void WriteTypes(Utf8JsonWriter json, string? sector, string? category)
    {
        json.WriteStartArray("type"u8);
        WriteType(json, "organizationType", OrganizationSearch.KindSystem, OrganizationSearch.Site);
        if (sector is not null)
        {
            WriteType(json, "secteurActiviteRASS", CodeSystems.Of("R02"), sector);
        }

        if (category is not null)
        {
            // The slice of the FINESS category carries no extension in the profile.
            WriteConcept(json, CodeSystems.Of("R66"), category);
        }

        json.WriteEndArray();
    }

    private static void WriteType(Utf8JsonWriter json, string kind, string system, string code)
    {
        json.WriteStartObject();
        json.WriteStartArray("extension"u8);
        json.WriteStartObject();
        json.WriteString("url"u8, TypesExtension);
        json.WriteString("valueCode"u8, kind);
        json.WriteEndObject();
        json.WriteEndArray();
        WriteCodings(json, (system, code));
        json.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter json, string? name, string? alias)
    {
        if (name is not null)
        {
            json.WriteString("name"u8, name);
        }

        if (alias is not null)
        {
            json.WriteStartArray("alias"u8);
            json.WriteStringValue(alias);
            json.WriteEndArray();
        }
    }

    private static void WriteTelecoms(Utf8JsonWriter json, params (string System, string? Value)[] telecoms)
    {
        if (telecoms.All(telecom => telecom.Value is null))
        {
            return;
        }

        json.WriteStartArray("telecom"u8);
        foreach (var (system, value) in telecoms)
        {
            if (value is not null)
            {
                json.WriteStartObject();
                json.WriteString("system"u8, system);
                json.WriteString("value"u8, value);
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
    }

    private static void WriteAddress(Utf8JsonWriter json, NpgsqlDataReader row, Func<Column, string?> of)
    {
        if (of(Column.City) is null && of(Column.Postcode) is null)
        {
            return;
        }

        json.WriteStartArray("address"u8);
        json.WriteStartObject();
        WriteAddressExtensions(json, row, of(Column.Commune));
        var line = string.Join(' ', new[] { of(Column.StreetNumber), of(Column.StreetType), of(Column.Street) }.Where(part => part is not null));
        if (line.Length > 0)
        {
            WriteLine(json, line, ("houseNumber", of(Column.StreetNumber)), ("streetNameType", of(Column.StreetType)), ("streetNameBase", of(Column.Street)));
        }

        if (of(Column.City) is { } city)
        {
            json.WriteString("city"u8, city);
        }

        if (of(Column.Postcode) is { } postcode)
        {
            json.WriteString("postalCode"u8, postcode);
        }

        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteAddressExtensions(Utf8JsonWriter json, NpgsqlDataReader row, string? commune)
    {
        var placed = !row.IsDBNull((int)Column.Latitude);
        if (commune is null && !placed)
        {
            return;
        }

        json.WriteStartArray("extension"u8);
        if (commune is not null)
        {
            json.WriteStartObject();
            json.WriteString("url"u8, InseeExtension);
            json.WriteStartObject("valueCoding"u8);
            json.WriteString("system"u8, CommuneSystem);
            json.WriteString("code"u8, commune);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        if (placed)
        {
            WriteGeolocation(json, row.GetDouble((int)Column.Latitude), row.GetDouble((int)Column.Longitude));
        }

        json.WriteEndArray();
    }

    /// <summary>Six decimals: a decimetre, finer than the source.</summary>
    private static void WriteGeolocation(Utf8JsonWriter json, double latitude, double longitude)
    {
        json.WriteStartObject();
        json.WriteStartArray("extension"u8);
        foreach (var (url, degrees) in (ReadOnlySpan<(string, double)>)[("latitude", latitude), ("longitude", longitude)])
        {
            json.WriteStartObject();
            json.WriteString("url"u8, url);
            json.WriteNumber("valueDecimal"u8, Math.Round((decimal)degrees, 6));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("url"u8, GeoExtension);
        json.WriteEndObject();
    }

    private static void WriteLine(Utf8JsonWriter json, string line, params (string Part, string? Value)[] parts)
    {
        json.WriteStartArray("line"u8);
        json.WriteStringValue(line);
        json.WriteEndArray();
        json.WriteStartArray("_line"u8);
        json.WriteStartObject();
        json.WriteStartArray("extension"u8);
        foreach (var (part, value) in parts)
        {
            if (value is not null)
            {
                json.WriteStartObject();
                json.WriteString("url"u8, AddressPart + part);
                json.WriteString("valueString"u8, value);
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    /// <summary>The legal entity, by its FINESS number: the file of sites does not name it.</summary>
    private static void WritePartOf(Utf8JsonWriter json, string? entity)
    {
        if (entity is null)
        {
            return;
        }

        json.WriteStartObject("partOf"u8);
        json.WritePropertyName("identifier"u8);
        WriteIdentifier(json, "FINEJ", Kernel.Finess.System, entity);
        json.WriteEndObject();
    }
}
