using System.Globalization;
using System.Text;
using System.Text.Json;
using Sante.Kernel;

namespace Sante.Space.FhirApi;

/// <summary>
/// The entities of an AuditEvent: the patient, the resources that left or were stored, the kind of query, the consent relied on, the document types,
/// whom an act was about. Pure. A line names resources by id: the type stands beside only where it is certain (record 0071).
/// </summary>
internal static class AuditEntities
{
    private const string Terminology = "http://terminology.hl7.org/CodeSystem/";

    /// <summary>Types whose resources a line may name by another's id: what they follow (<see cref="Disclosures.Leaving"/>).</summary>
    private static readonly HashSet<string> MayFollow = ["Binary", "List", "Observation"];

    public static void Write(Utf8JsonWriter writer, TraceLine line, AuditPattern pattern, string baseUrl, string patientId)
    {
        writer.WriteStartArray("entity"u8);
        writer.WriteStartObject();
        Reference(writer, $"Patient/{patientId}");
        Kind(writer, "audit-entity-type", "1", "1");
        writer.WriteEndObject();
        if (pattern.IsQuery)
            Query(writer, line);
        else
            Resources(writer, line, baseUrl);
        if (line.Consent is { } consent)
            Consent(writer, consent);
        if (line.About is { } about)
        {
            writer.WriteStartObject();
            Kind(writer, "audit-entity-type", "4", "17");
            writer.WriteString("name"u8, about);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Reference(Utf8JsonWriter writer, string reference)
    {
        writer.WriteStartObject("what"u8);
        writer.WriteString("reference"u8, reference);
        writer.WriteEndObject();
    }

    /// <summary>The resources that left or changed: a line names them by id, one of a workbench by type and id.</summary>
    private static void Resources(Utf8JsonWriter writer, TraceLine line, string baseUrl)
    {
        var type = line.Query is { } query && RecordTypes.Find(query) is { } held && !MayFollow.Contains(held.Type) ? held.Type : null;
        foreach (var id in line.Ids)
        {
            writer.WriteStartObject();
            if (id.Contains('/', StringComparison.Ordinal))
                Reference(writer, id);
            else if (type is null)
                AuditEventJson.Identified(writer, "what", baseUrl, id, null);
            else
                Reference(writer, $"{type}/{id}");

            Kind(writer, "audit-entity-type", "2", "4");
            Details(writer, line, [("emergency-reason", line.EmergencyReason), ("place", line.Place), ("document-types", Joined(line.TypeCodes))]);
            writer.WriteEndObject();
        }
    }

    /// <summary>The kind of query: names of parameters and what came of it, never a value.</summary>
    private static void Query(Utf8JsonWriter writer, TraceLine line)
    {
        var kind = line.Query ?? "";
        var ids = line.Ids.Count == 0 ? "" : $" : {string.Join(", ", line.Ids)}";
        writer.WriteStartObject();
        Kind(writer, "audit-entity-type", "2", "24");
        writer.WriteString("description"u8, string.Create(CultureInfo.InvariantCulture, $"{kind} ({line.Total}){ids}"));
        writer.WriteBase64String("query"u8, Encoding.UTF8.GetBytes(kind));
        writer.WriteEndObject();
    }

    private static void Consent(Utf8JsonWriter writer, ConsentReference consent)
    {
        writer.WriteStartObject();
        if (consent.Id is { } id)
            AuditEventJson.Identified(writer, "what", "urn:ietf:rfc:3986", $"urn:uuid:{id}", consent.GrantedBy);
        AuditEventJson.Coding(writer, "type", "http://hl7.org/fhir/resource-types", "Consent");
        Details(writer, null, [("granted-at", consent.GrantedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture))]);
        writer.WriteEndObject();
    }

    private static void Details(Utf8JsonWriter writer, TraceLine? line, IReadOnlyList<(string Name, string? Value)> details)
    {
        var more = line is { Count: > 1 } ? details.Append((Name: "count", Value: line.Count.ToString(CultureInfo.InvariantCulture))) : details;
        var told = more.Where(detail => !string.IsNullOrEmpty(detail.Value)).ToList();
        if (told.Count == 0)
            return;
        writer.WriteStartArray("detail"u8);
        foreach (var (name, value) in told)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, name);
            writer.WriteString("valueString"u8, value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Kind(Utf8JsonWriter writer, string system, string type, string role)
    {
        AuditEventJson.Coding(writer, "type", Terminology + system, type);
        AuditEventJson.Coding(writer, "role", Terminology + "object-role", role);
    }

    private static string? Joined(IReadOnlyList<string> codes) => codes.Count == 0 ? null : string.Join(", ", codes);
}
