using System.Buffers;
using System.Text.Json;
using Sante.Kernel;

namespace Sante.Space.Workbench;

/// <summary>Lines of the trace of a workbench as compact JSON: <c>{"s":system,"v":value,"c":client,"a":what,"i":["Type/id"…]}</c>.</summary>
internal static class WorkbenchLines
{
    public static ReadOnlyMemory<byte> Write(Actor by, string what, IEnumerable<string> ids)
    {
        var output = new ArrayBufferWriter<byte>(192);
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("s"u8, by.Identifier.System);
        json.WriteString("v"u8, by.Identifier.Value);
        if (by.Client is { } client && client != by.Identifier.Value)
            json.WriteString("c"u8, client);
        json.WriteString("a"u8, what);
        json.WriteStartArray("i"u8);
        foreach (var id in ids)
            json.WriteStringValue(id);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return output.WrittenMemory;
    }

    public static WorkbenchLine Read(byte[] line)
    {
        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        var value = root.GetProperty("v"u8).GetString()!;
        return new WorkbenchLine(new ActorIdentifier(root.GetProperty("s"u8).GetString()!, value),
            root.TryGetProperty("c"u8, out var client) ? client.GetString() : value,
            root.GetProperty("a"u8).GetString()!, [.. root.GetProperty("i"u8).EnumerateArray().Select(id => id.GetString()!)]);
    }
}
