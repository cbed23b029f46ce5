using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sante.Kernel;

namespace Sante.Fhir.Bundles;

/// <summary>Writes OperationOutcome resources (http://hl7.org/fhir/R4/operationoutcome.html). The stable code is <c>details.coding</c> of the system <see cref="CodeSystem"/>.</summary>
public static class OperationOutcomes
{
    /// <summary>System of our stable issue and refusal codes.</summary>
    public const string CodeSystem = "urn:sante:refusal";

    internal static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One OperationOutcome with every issue; with none, an informational "all is well".</summary>
    public static byte[] Write(IReadOnlyList<FhirIssue> issues) =>
        Bytes(writer => Write(writer, issues.Count > 0 ? issues : [new FhirIssue(FhirSeverity.Information, "informational", "ok", null, "Aucune anomalie.")]));

    /// <summary>An OperationOutcome of a refusal of any part of the platform.</summary>
    public static byte[] Write(Refusal refusal) => Write([ToIssue(refusal)]);

    /// <summary>The refusal as an issue.</summary>
    public static FhirIssue ToIssue(Refusal refusal) => FhirIssue.Error(refusal.Kind switch
    {
        RefusalKind.Invalid => "invalid",
        RefusalKind.Forbidden => "forbidden",
        RefusalKind.Unknown => "not-found",
        RefusalKind.Conflict => "conflict",
        _ => "transient",
    }, refusal.Code, null, refusal.Text);

    /// <summary>
    /// The HTTP status for issues: 413 too large, 400 syntax and search grammar, 422 rules of content, 405 for not-supported interactions;
    /// 200 when none refuses.
    /// </summary>
    public static int StatusOf(IReadOnlyList<FhirIssue> issues)
    {
        var refusing = issues.Where(issue => issue.Refuses).ToList();
        return refusing.Count == 0 ? 200
            : refusing.Any(issue => issue.Code == "body-too-large") ? 413
            : refusing.Any(issue => issue.Severity == FhirSeverity.Fatal || IsSyntax(issue.Code)) ? 400
            : 422;
    }

    /// <summary>Writes into a writer that stands where a value is expected, as in <c>entry.response.outcome</c>.</summary>
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<FhirIssue> issues)
    {
        writer.WriteStartObject();
        writer.WriteString("resourceType"u8, "OperationOutcome"u8);
        writer.WriteStartArray("issue"u8);
        foreach (var issue in issues)
        {
            Write(writer, issue);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    internal static byte[] Bytes(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            write(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static bool IsSyntax(string code) =>
        code.StartsWith("json-", StringComparison.Ordinal) || code.StartsWith("search-", StringComparison.Ordinal) || code is "resource-type-missing" or "body-empty";

    private static void Write(Utf8JsonWriter writer, FhirIssue issue)
    {
        writer.WriteStartObject();
        writer.WriteString("severity"u8, issue.Severity switch
        {
            FhirSeverity.Fatal => "fatal"u8,
            FhirSeverity.Error => "error"u8,
            FhirSeverity.Warning => "warning"u8,
            _ => "information"u8,
        });
        writer.WriteString("code"u8, issue.Type);
        writer.WriteStartObject("details"u8);
        writer.WriteStartArray("coding"u8);
        writer.WriteStartObject();
        writer.WriteString("system"u8, CodeSystem);
        writer.WriteString("code"u8, issue.Code);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteString("text"u8, issue.Text);
        writer.WriteEndObject();
        writer.WriteString("diagnostics"u8, issue.Text);
        if (issue.Expression is { } expression)
        {
            writer.WriteStartArray("expression"u8);
            writer.WriteStringValue(expression);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
