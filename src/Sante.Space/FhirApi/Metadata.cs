using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sante.Fhir.Search;

namespace Sante.Space.FhirApi;

/// <summary><c>GET [base]/metadata</c> (http://hl7.org/fhir/R4/http.html#capabilities): written from the tables that run, open to all.</summary>
internal static class Metadata
{
    private static readonly string[] Interactions = ["read", "vread", "update", "patch", "delete", "create"];

    /// <summary>The trace: read and searched, never written.</summary>
    private static readonly RecordType Trace = new("AuditEvent", Categories.None, null, new HashSet<string> { "read", "search" }, null);

    public static async Task HandleAsync(HttpContext context)
    {
        if (!FhirMedia.IsAcceptable(context.Request))
        {
            await FhirProblem.Of(FhirRefusals.NotAcceptable).ExecuteAsync(context);
            return;
        }

        var url = $"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}/fhir";
        var body = Write(url, context.Request.Query["_pretty"] is ["true"]);
        context.Response.ContentType = FhirMedia.Json;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static ReadOnlyMemory<byte> Write(string url, bool pretty)
    {
        var output = new ArrayBufferWriter<byte>(32 * 1024);
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = pretty });
        writer.WriteStartObject();
        writer.WriteString("resourceType"u8, "CapabilityStatement"u8);
        writer.WriteString("status"u8, "active"u8);
        // The date of the tables below; changed with them.
        writer.WriteString("date"u8, "2026-11-21"u8);
        writer.WriteString("kind"u8, "instance"u8);
        writer.WriteStartObject("software"u8);
        writer.WriteString("name"u8, "Santé"u8);
        writer.WriteEndObject();
        writer.WriteStartObject("implementation"u8);
        writer.WriteString("description"u8, "Espace de santé du citoyen"u8);
        writer.WriteString("url"u8, url);
        writer.WriteEndObject();
        writer.WriteString("fhirVersion"u8, "4.0.1"u8);
        writer.WriteStartArray("format"u8);
        writer.WriteStringValue("application/fhir+json"u8);
        writer.WriteEndArray();
        Texts(writer, "patchFormat", ["application/json-patch+json", "application/fhir+json"]);
        Rest(writer);
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenMemory;
    }

    private static void Rest(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("rest"u8);
        writer.WriteStartObject();
        writer.WriteString("mode"u8, "server"u8);
        writer.WriteStartObject("security"u8);
        writer.WriteString("description"u8, $"Jeton d'accès ES256 (SMART App Launch 2.2). {FhirCall.ModeHeader} : normal, bris_de_glace, centre_15. {FhirCall.PurposeHeader} : care, prevention, diagnosis, follow-up.");
        writer.WriteEndObject();
        writer.WriteStartArray("resource"u8);
        foreach (var type in RecordTypes.All.Append(Trace))
            Resource(writer, type);
        writer.WriteEndArray();
        writer.WriteStartArray("interaction"u8);
        Code(writer, "transaction");
        Code(writer, "batch");
        Code(writer, "search-system");
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void Resource(Utf8JsonWriter writer, RecordType type)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, type.Type);
        writer.WriteStartArray("interaction"u8);
        foreach (var interaction in Interactions.Where(type.Allows))
            Code(writer, interaction);
        if (type.Allows("history"))
        {
            Code(writer, "history-instance");
            Code(writer, "history-type");
        }

        if (type.Allows("search"))
            Code(writer, "search-type");
        writer.WriteEndArray();
        writer.WriteString("versioning"u8, !type.Allows("vread") ? "no-version" : type.Allows("update") ? "versioned-update" : "versioned");
        writer.WriteBoolean("readHistory"u8, type.Allows("history"));
        writer.WriteBoolean("updateCreate"u8, false);
        Conditional(writer, type);
        if (type.Allows("search"))
            Searches(writer, type);
        Operations(writer, type);
        writer.WriteEndObject();
    }

    private static void Conditional(Utf8JsonWriter writer, RecordType type)
    {
        var isAgenda = type.Category == Categories.Agenda;
        writer.WriteBoolean("conditionalCreate"u8, type.Allows("create") && !isAgenda);
        if (type.Allows("read"))
            writer.WriteString("conditionalRead"u8, "full-support"u8);
        writer.WriteBoolean("conditionalUpdate"u8, type.Allows("update"));
        writer.WriteString("conditionalDelete"u8, type.Allows("delete") ? "single"u8 : "not-supported"u8);
    }

    private static void Searches(Utf8JsonWriter writer, RecordType type)
    {
        var isWhole = type.Parameters is null && type != Trace;
        var references = isWhole ? References(type.Type).ToList() : [];
        if (references.Count > 0)
            Texts(writer, "searchInclude", references.Select(parameter => $"{type.Type}:{parameter.Code}"));
        var reverse = isWhole
            ? RecordTypes.All.Where(other => other.Allows("search") && other.Parameters is null)
                .SelectMany(other => References(other.Type).Where(parameter => parameter.Targets.Contains(type.Type)).Select(parameter => $"{other.Type}:{parameter.Code}")).ToList()
            : [];
        if (reverse.Count > 0)
            Texts(writer, "searchRevInclude", reverse);
        Parameters(writer, type);
    }

    private static IEnumerable<SearchParameter> References(string type) => SearchParameters.Of(type).Values
        .Where(parameter => parameter.IsSupported && parameter.Type == SearchType.Reference).OrderBy(parameter => parameter.Code, StringComparer.Ordinal);

    private static void Texts(Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }

    /// <summary>Operations by their R4 definitions.</summary>
    private static void Operations(Utf8JsonWriter writer, RecordType type)
    {
        if (type == Trace)
            return;
        writer.WriteStartArray("operation"u8);
        Operation(writer, "validate", "Resource-validate");
        if (type.Allows("read"))
            Operation(writer, "meta", "Resource-meta");
        if (type.Allows("patch"))
        {
            Operation(writer, "meta-add", "Resource-meta-add");
            Operation(writer, "meta-delete", "Resource-meta-delete");
        }

        if (type.Type == "Patient")
            Operation(writer, "everything", "Patient-everything");
        writer.WriteEndArray();
    }

    private static void Operation(Utf8JsonWriter writer, string name, string definition)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, name);
        writer.WriteString("definition"u8, $"http://hl7.org/fhir/OperationDefinition/{definition}");
        writer.WriteEndObject();
    }

    private static void Parameters(Utf8JsonWriter writer, RecordType type)
    {
        writer.WriteStartArray("searchParam"u8);
        foreach (var parameter in SearchParameters.Of(type.Type).Values
            .Where(parameter => parameter.IsSupported && type.Parameters?.Contains(parameter.Code) != false).OrderBy(parameter => parameter.Code, StringComparer.Ordinal))
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, parameter.Code);
            writer.WriteString("type"u8, parameter.Type == SearchType.Text ? "string" : JsonNamingPolicy.CamelCase.ConvertName(parameter.Type.ToString()));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Code(Utf8JsonWriter writer, string code)
    {
        writer.WriteStartObject();
        writer.WriteString("code"u8, code);
        writer.WriteEndObject();
    }
}
