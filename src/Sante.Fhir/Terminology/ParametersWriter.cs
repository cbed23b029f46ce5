using System.Text.Json;
using Sante.Fhir.Bundles;

namespace Sante.Fhir.Terminology;

/// <summary>Writes Parameters resources of simple values.</summary>
internal sealed class ParametersWriter
{
    private readonly Utf8JsonWriter writer;

    private ParametersWriter(Utf8JsonWriter writer) => this.writer = writer;

    public static byte[] Write(Action<ParametersWriter> fill) => OperationOutcomes.Bytes(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("resourceType"u8, "Parameters"u8);
        writer.WriteStartArray("parameter"u8);
        fill(new ParametersWriter(writer));
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    /// <summary>One parameter; nothing for an empty value. <paramref name="kind"/>: the JSON member, <c>valueString</c>…</summary>
    public void Add(string name, string kind, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            writer.WriteStartObject();
            Members(name, kind, value);
            writer.WriteEndObject();
        }
    }

    /// <summary>A parameter of parts.</summary>
    public void AddParts(string name, params ReadOnlySpan<(string Name, string Kind, string Value)> parts)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, name);
        writer.WriteStartArray("part"u8);
        foreach (var (part, kind, value) in parts)
        {
            Add(part, kind, value);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void Members(string name, string kind, string value)
    {
        writer.WriteString("name"u8, name);
        if (kind == "valueBoolean")
        {
            writer.WriteBoolean(kind, value == "true");
        }
        else
        {
            writer.WriteString(kind, value);
        }
    }
}
