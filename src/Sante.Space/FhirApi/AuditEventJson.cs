using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sante.Kernel;

namespace Sante.Space.FhirApi;

/// <summary>A recorded trace line as its reader may see it. <paramref name="Sentence"/>: the line in French, or null where nobody reads it.</summary>
/// <param name="Id">Id of the AuditEvent (<see cref="AuditEventId"/>).</param>
/// <param name="At">Platform time of the line.</param>
/// <param name="Line">What was recorded.</param>
/// <param name="Sentence">Becomes the narrative.</param>
internal sealed record AuditedLine(string Id, DateTimeOffset At, TraceLine Line, string? Sentence);

/// <summary>
/// A trace line as a FHIR AuditEvent, by the patterns of IHE BALP 1.1 (https://profiles.ihe.net/ITI/BALP: PatientRead, PatientQuery, PatientCreate,
/// PatientUpdate, PatientDelete). Pure. A profile is claimed only by a line that holds all that it demands: a success with its client and, but for a
/// query, one resource. The address of the client's machine is not recorded: <c>network</c> says that it is unknown.
/// </summary>
internal static class AuditEventJson
{
    private const string Profiles = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.";
    private const string Dicom = "http://dicom.nema.org/resources/ontology/DCM";
    private const string Terminology = "http://terminology.hl7.org/CodeSystem/";

    /// <summary>Systems of our own codes on AuditEventJson: rules of access, facts of a space, purposes, kinds of actor.</summary>
    internal const string RulePrefix = "urn:sante:access-rule:", Facts = "urn:sante:trace-fact", PurposeSystem = "urn:sante:finalite", KindSystem = "urn:sante:actor-kind";

    internal const string ModeSystem = "https://mos.esante.gouv.fr/NOS/TRE_R248-ModeAcces/FHIR/TRE-R248-ModeAcces";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The resource's bytes, id and meta included. <paramref name="baseUrl"/> without a trailing slash; <paramref name="patientId"/>: whose trace it is.</summary>
    public static byte[] Write(AuditedLine audited, string baseUrl, string patientId)
    {
        var output = new ArrayBufferWriter<byte>(2048);
        var pattern = AuditPattern.Of(audited.Line);
        using (var writer = new Utf8JsonWriter(output, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("resourceType"u8, "AuditEvent"u8);
            writer.WriteString("id"u8, audited.Id);
            Meta(writer, audited, pattern);
            if (audited.Sentence is { } sentence)
                Narrative(writer, sentence);
            Coding(writer, "type", pattern.Type.System, pattern.Type.Code);
            writer.WriteStartArray("subtype"u8);
            Coding(writer, null, pattern.Subtype.System, pattern.Subtype.Code);
            writer.WriteEndArray();
            writer.WriteString("action"u8, pattern.Action);
            writer.WriteString("recorded"u8, Instant(audited.At));
            writer.WriteString("outcome"u8, audited.Line.Allowed ? "0"u8 : "4"u8);
            writer.WriteString("outcomeDesc"u8, audited.Line.Reason);
            Purpose(writer, "purposeOfEvent", audited.Line);
            Agents(writer, audited.Line, pattern, baseUrl);
            writer.WriteStartObject("source"u8);
            Identified(writer, "observer", "urn:ietf:rfc:3986", baseUrl, null);
            writer.WriteStartArray("type"u8);
            Coding(writer, null, Terminology + "security-source-type", "4");
            writer.WriteEndArray();
            writer.WriteEndObject();
            AuditEntities.Write(writer, audited.Line, pattern, baseUrl, patientId);
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    internal static void Coding(Utf8JsonWriter writer, string? name, string system, string code)
    {
        if (name is null)
            writer.WriteStartObject();
        else
            writer.WriteStartObject(name);
        writer.WriteString("system"u8, system);
        writer.WriteString("code"u8, code);
        writer.WriteEndObject();
    }

    /// <summary>A reference by identifier alone.</summary>
    internal static void Identified(Utf8JsonWriter writer, string name, string system, string value, string? display)
    {
        writer.WriteStartObject(name);
        writer.WriteStartObject("identifier"u8);
        writer.WriteString("system"u8, system);
        writer.WriteString("value"u8, value);
        writer.WriteEndObject();
        if (display is not null)
            writer.WriteString("display"u8, display);
        writer.WriteEndObject();
    }

    private static void Meta(Utf8JsonWriter writer, AuditedLine audited, AuditPattern pattern)
    {
        writer.WriteStartObject("meta"u8);
        writer.WriteString("versionId"u8, "1"u8);
        writer.WriteString("lastUpdated"u8, Instant(audited.At));
        var isWhole = audited.Line.Allowed && audited.Line.Origin is not null && (pattern.IsQuery || audited.Line.Ids.Count == 1);
        if (pattern.Profile is { } profile && isWhole)
        {
            writer.WriteStartArray("profile"u8);
            writer.WriteStringValue(Profiles + profile);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void Narrative(Utf8JsonWriter writer, string sentence)
    {
        writer.WriteStartObject("text"u8);
        writer.WriteString("status"u8, "generated"u8);
        var escaped = sentence.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
        writer.WriteString("div"u8, $"<div xmlns=\"http://www.w3.org/1999/xhtml\">{escaped}</div>");
        writer.WriteEndObject();
    }

    /// <summary>Who, through which client, by which server, in which structure, by which rule.</summary>
    private static void Agents(Utf8JsonWriter writer, TraceLine line, AuditPattern pattern, string baseUrl)
    {
        writer.WriteStartArray("agent"u8);
        User(writer, line, pattern);
        if (line.Who.Structure is { } structure)
        {
            writer.WriteStartObject();
            Type(writer, Terminology + "v3-RoleClass", "PROV");
            Identified(writer, "who", structure.Identifier.System, structure.Identifier.Value, structure.Name);
            writer.WriteBoolean("requestor"u8, false);
            writer.WriteEndObject();
        }

        if (line.Origin is { } client)
        {
            writer.WriteStartObject();
            Type(writer, Dicom, pattern.Client);
            Identified(writer, "who", ActorIdentifier.ClientSystem, client, null);
            writer.WriteBoolean("requestor"u8, false);
            Unknown(writer, "network");
            writer.WriteEndObject();
        }

        writer.WriteStartObject();
        Type(writer, pattern.Server.System, pattern.Server.Code);
        Identified(writer, "who", "urn:ietf:rfc:3986", baseUrl, null);
        writer.WriteBoolean("requestor"u8, false);
        writer.WriteStartObject("network"u8);
        writer.WriteString("address"u8, baseUrl);
        writer.WriteString("type"u8, "5"u8);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void User(Utf8JsonWriter writer, TraceLine line, AuditPattern pattern)
    {
        var who = line.Who;
        writer.WriteStartObject();
        Type(writer, Terminology + "v3-ParticipationType", pattern.User);
        writer.WriteStartArray("role"u8);
        writer.WriteStartObject();
        writer.WriteStartArray("coding"u8);
        Coding(writer, null, KindSystem, ApiWords.Word(who.Kind));
        if (who.Situation is { } situation)
        {
            Coding(writer, null, "https://mos.esante.gouv.fr/NOS/TRE_G15-ProfessionSante/FHIR/TRE-G15-ProfessionSante", situation.Profession);
            if (situation.Specialty is { } specialty)
                Coding(writer, null, "https://mos.esante.gouv.fr/NOS/TRE_R38-SpecialiteOrdinale/FHIR/TRE-R38-SpecialiteOrdinale", specialty);
        }

        writer.WriteEndArray();
        if (who.For is { } represented)
            writer.WriteString("text"u8, $"pour {represented.Name}");
        writer.WriteEndObject();
        writer.WriteEndArray();
        Identified(writer, "who", who.Identifier.System, who.Identifier.Value, who.Name);
        writer.WriteString("name"u8, who.Name);
        writer.WriteBoolean("requestor"u8, true);
        writer.WriteStartArray("policy"u8);
        writer.WriteStringValue(RulePrefix + line.Rule);
        writer.WriteEndArray();
        Purpose(writer, "purposeOfUse", line);
        writer.WriteEndObject();
    }

    /// <summary>The declared purpose; an emergency by its mode (TRE_R248) and as HL7's emergency treatment.</summary>
    private static void Purpose(Utf8JsonWriter writer, string name, TraceLine line)
    {
        if (line.Purpose == Purposes.None)
            return;
        writer.WriteStartArray(name);
        writer.WriteStartObject();
        writer.WriteStartArray("coding"u8);
        foreach (var purpose in Enum.GetValues<Purposes>().Where(one => one is not (Purposes.None or Purposes.All) && line.Purpose.HasFlag(one)))
            Coding(writer, null, PurposeSystem, JsonNamingPolicy.KebabCaseLower.ConvertName(purpose.ToString()));
        if (line.Mode != AccessMode.Normal)
            Coding(writer, null, ModeSystem, line.Mode == AccessMode.BrisDeGlace ? "bris_de_glace" : "centre_15");
        Coding(writer, null, Terminology + "v3-ActReason", line.Mode == AccessMode.Normal ? "TREAT" : "ETREAT");
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void Type(Utf8JsonWriter writer, string system, string code)
    {
        writer.WriteStartObject("type"u8);
        writer.WriteStartArray("coding"u8);
        Coding(writer, null, system, code);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Unknown(Utf8JsonWriter writer, string name)
    {
        writer.WriteStartObject(name);
        writer.WriteStartArray("extension"u8);
        writer.WriteStartObject();
        writer.WriteString("url"u8, "http://hl7.org/fhir/StructureDefinition/data-absent-reason"u8);
        writer.WriteString("valueCode"u8, "unknown"u8);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
