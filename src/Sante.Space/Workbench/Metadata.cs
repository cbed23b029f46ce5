using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sante.Fhir.Search;
using Sante.Kernel;
using Sante.Space.FhirApi;

namespace Sante.Space.Workbench;

/// <summary>What a route offers, in the words of the CapabilityStatement; the statement is written from these, so that it says what runs.</summary>
/// <param name="Level"><c>system</c>, <c>type</c> or <c>operation</c>.</param>
/// <param name="Code">Interaction code, or <c>Type/name</c> of an operation (<c>*</c> for every type).</param>
internal sealed record Offered(string Level, string Code);

/// <summary><c>GET [base]/metadata</c> (http://hl7.org/fhir/R4/http.html#capabilities), open to all: from the route table and the definitions.</summary>
internal static class Metadata
{
    /// <summary>Of R4's types the one that is never stored.</summary>
    private const string NeverStored = "Parameters";

    /// <summary>A statement per address: they differ by their own URL alone.</summary>
    private static readonly ConcurrentDictionary<string, byte[]> Written = new(StringComparer.Ordinal);
    private const int MostWritten = 16;

    private static volatile IReadOnlyList<Offered> offered = [];

    /// <summary>The types of a workbench.</summary>
    public static IEnumerable<string> Types => SearchParameters.ResourceTypes.Where(type => type != NeverStored).Order(StringComparer.Ordinal);

    public static async Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        if (!FhirMedia.IsAcceptable(request))
        {
            await FhirProblem.Of(FhirRefusals.NotAcceptable).ExecuteAsync(context);
            return;
        }

        if (offered.Count == 0)
            offered = [.. context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.SelectMany(endpoint => endpoint.Metadata.GetOrderedMetadata<Offered>()).Distinct()];
        var name = (string)request.RouteValues["name"]!;
        var url = $"{request.Scheme}://{request.Host.Value}{request.PathBase.Value}/workbench/{name}/fhir";
        ReadOnlyMemory<byte> body = Of(url);
        await new OpenAnswer(PrettyJson.IsAsked(request) ? PrettyJson.Of(body.Span) : body).ExecuteAsync(context);
    }

    /// <summary>The same for a GET inside a bundle.</summary>
    public static Outcome<Reading> Find(string url) => Reading.Of(Of(url));

    private static byte[] Of(string url)
    {
        if (Written.TryGetValue(url, out var known))
            return known;
        var body = Write(url);
        // The address is the caller's word: a bound on how many are remembered.
        if (Written.Count < MostWritten)
            Written[url] = body;
        return body;
    }

    private static byte[] Write(string url)
    {
        var output = new ArrayBufferWriter<byte>(512 * 1024);
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteString("resourceType"u8, "CapabilityStatement"u8);
            writer.WriteString("status"u8, "active"u8);
            // The day of the definitions' form; the statement itself follows what runs.
            writer.WriteString("date"u8, "2026-11-22"u8);
            writer.WriteString("kind"u8, "instance"u8);
            writer.WriteStartObject("software"u8);
            writer.WriteString("name"u8, "Santé"u8);
            writer.WriteEndObject();
            writer.WriteStartObject("implementation"u8);
            writer.WriteString("description"u8, "Atelier d'intégrateur : données synthétiques seulement"u8);
            writer.WriteString("url"u8, url);
            writer.WriteEndObject();
            writer.WriteString("fhirVersion"u8, "4.0.1"u8);
            Strings(writer, "format", ["application/fhir+json", "json"]);
            Strings(writer, "patchFormat", ["application/json-patch+json", "application/fhir+json"]);
            writer.WriteStartArray("rest"u8);
            Rest(writer);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    private static void Rest(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("mode"u8, "server"u8);
        writer.WriteStartObject("security"u8);
        writer.WriteString("description"u8, "Jeton de l'atelier (Bearer), fichier workbench.token du lancement."u8);
        writer.WriteEndObject();
        writer.WriteStartArray("resource"u8);
        foreach (var type in Types)
            Resource(writer, type);
        writer.WriteEndArray();
        Interactions(writer, Codes("system"));
        writer.WriteEndObject();
    }

    private static void Resource(Utf8JsonWriter writer, string type)
    {
        var isAudit = type == "AuditEvent";
        var codes = Codes("type").Where(code => !isAudit || code is "read" or "search-type").ToList();
        writer.WriteStartObject();
        writer.WriteString("type"u8, type);
        writer.WriteString("profile"u8, "http://hl7.org/fhir/StructureDefinition/" + type);
        if (isAudit)
            writer.WriteString("documentation"u8, "Lignes de la trace d'un patient : patient, ou entity=Patient/id, est demandé."u8);
        Interactions(writer, codes);
        writer.WriteString("versioning"u8, isAudit ? "no-version"u8 : "versioned"u8);
        if (!isAudit)
        {
            writer.WriteBoolean("readHistory"u8, true);
            writer.WriteBoolean("updateCreate"u8, true);
            writer.WriteBoolean("conditionalCreate"u8, true);
            writer.WriteString("conditionalRead"u8, "full-support"u8);
            writer.WriteBoolean("conditionalUpdate"u8, true);
            writer.WriteString("conditionalDelete"u8, "single"u8);
            Strings(writer, "referencePolicy", ["literal", "logical", "enforced", "local"]);
        }

        Parameters(writer, type);
        Operations(writer, type);
        writer.WriteEndObject();
    }

    private static void Parameters(Utf8JsonWriter writer, string type)
    {
        var declared = SearchParameters.Of(type).Values.Where(parameter => parameter.IsSupported).OrderBy(parameter => parameter.Code, StringComparer.Ordinal).ToList();
        if (type != "AuditEvent")
            Strings(writer, "searchInclude", ["*", .. declared.Where(parameter => parameter.Type == SearchType.Reference).Select(parameter => $"{type}:{parameter.Code}")]);
        writer.WriteStartArray("searchParam"u8);
        foreach (var parameter in declared)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, parameter.Code);
            writer.WriteString("type"u8, parameter.Type == SearchType.Text ? "string" : JsonNamingPolicy.CamelCase.ConvertName(parameter.Type.ToString()));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Operations(Utf8JsonWriter writer, string type)
    {
        var names = Codes("operation").Where(code => code.StartsWith(type + "/", StringComparison.Ordinal) || (code.StartsWith("*/", StringComparison.Ordinal) && type != "AuditEvent"))
            .Select(code => (Base: code[0] == '*' ? "Resource" : type, Name: code[(code.IndexOf('/', StringComparison.Ordinal) + 1)..])).ToList();
        if (names.Count == 0)
            return;
        writer.WriteStartArray("operation"u8);
        foreach (var (on, name) in names)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, name);
            writer.WriteString("definition"u8, $"http://hl7.org/fhir/OperationDefinition/{on}-{name}");
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static IEnumerable<string> Codes(string level) => offered.Where(one => one.Level == level).Select(one => one.Code).Distinct();

    private static void Interactions(Utf8JsonWriter writer, IEnumerable<string> codes)
    {
        writer.WriteStartArray("interaction"u8);
        foreach (var code in codes)
        {
            writer.WriteStartObject();
            writer.WriteString("code"u8, code);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Strings(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
            writer.WriteStringValue(value);
        writer.WriteEndArray();
    }
}
