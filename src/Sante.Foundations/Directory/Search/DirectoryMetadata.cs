using System.Text.Json;
using Sante.Foundations.FinessDirectory;
using Sante.Foundations.RppsDirectory;

namespace Sante.Foundations.Directories.Search;

/// <summary>What the directory offers, as a CapabilityStatement made from the same tables that the search reads.</summary>
internal static class DirectoryMetadata
{
    private static readonly SearchType[] Types = [RppsSearch.Practitioner, RppsSearch.PractitionerRole, OrganizationSearch.Organization];

    /// <summary>The operations on terminologies, served beside the directory by the front-end of records.</summary>
    private static readonly (string Type, string[] Operations)[] Terminologies =
        [("CodeSystem", ["lookup", "validate-code", "subsumes"]), ("ValueSet", ["expand", "validate-code"])];

    /// <summary>Writes it.</summary>
    public static void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("resourceType"u8, "CapabilityStatement"u8);
        json.WriteString("status"u8, "active"u8);
        json.WriteString("date"u8, "2026-11-21"u8);
        json.WriteString("kind"u8, "instance"u8);
        json.WriteStartObject("implementation"u8);
        json.WriteString("description"u8, "Annuaire des professionnels et des structures (données publiques)");
        json.WriteEndObject();
        json.WriteString("fhirVersion"u8, "4.0.1"u8);
        json.WriteStartArray("format"u8);
        json.WriteStringValue("json"u8);
        json.WriteEndArray();
        json.WriteStartArray("rest"u8);
        json.WriteStartObject();
        json.WriteString("mode"u8, "server"u8);
        json.WriteStartArray("resource"u8);
        foreach (var type in Types)
        {
            WriteType(json, type);
        }

        foreach (var (type, operations) in Terminologies)
        {
            WriteOperations(json, type, operations);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteType(Utf8JsonWriter json, SearchType type)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type.Name);
        json.WriteStartArray("interaction"u8);
        foreach (var code in (string[])["read", "search-type"])
        {
            json.WriteStartObject();
            json.WriteString("code"u8, code);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        var own = type.Includes.Where(include => include.StartsWith(type.Name + ":", StringComparison.Ordinal)).ToList();
        WriteTexts(json, "searchInclude", own);
        WriteTexts(json, "searchRevInclude", [.. type.Includes.Except(own)]);
        json.WriteStartArray("searchParam"u8);
        foreach (var name in type.Parameters.Keys.Where(name => !name.Contains('.', StringComparison.Ordinal)))
        {
            json.WriteStartObject();
            json.WriteString("name"u8, name);
            json.WriteString("type"u8, KindOf(name));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteOperations(Utf8JsonWriter json, string type, string[] operations)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteStartArray("operation"u8);
        foreach (var operation in operations)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, operation);
            json.WriteString("definition"u8, $"http://hl7.org/fhir/OperationDefinition/{type}-{operation}");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string KindOf(string name) => name switch
    {
        "name" or "family" or "given" or "address-city" or "address-postalcode" => "string",
        "practitioner" or "organization" => "reference",
        "_lastUpdated" => "date",
        "near" => "special",
        _ => "token",
    };

    private static void WriteTexts(Utf8JsonWriter json, string property, List<string> texts)
    {
        if (texts.Count == 0)
        {
            return;
        }

        json.WriteStartArray(property);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
