using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sante.Fhir.Definitions;

namespace Sante.Definitions;

/// <summary>
/// Code systems and value sets to <c>terminology.bin</c>: per line <c>s</c> or <c>v</c>, the canonical, a space and the resource with only what the terminology
/// operations need; Brotli-compressed.
/// </summary>
internal static class TerminologyCompiler
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly string[] HierarchyProperties = ["notSelectable", "inactive", "status", "child", "parent", "subsumedBy"];

    /// <summary>The file, and how many of each it holds.</summary>
    public static (byte[] File, int Systems, int Sets) Compile(Source source, Dictionary<string, ValueSetDef> svs)
    {
        using var lines = new MemoryStream();
        var systems = source.CodeSystems.Where(pair => pair.Value.Text("content") is "complete" or "fragment").OrderBy(pair => pair.Key, StringComparer.Ordinal).ToList();
        systems.ForEach(pair => Line(lines, 's', pair.Key, writer => CodeSystem(writer, pair.Value)));
        var sets = source.ValueSets.Where(pair => !svs.ContainsKey(pair.Key) && pair.Value.Member("compose") is not null).OrderBy(pair => pair.Key, StringComparer.Ordinal).ToList();
        sets.ForEach(pair => Line(lines, 'v', pair.Key, writer => ValueSet(writer, pair.Value)));
        foreach (var french in svs.Values.OrderBy(one => one.Url, StringComparer.Ordinal))
        {
            Line(lines, 'v', french.Url, writer => Svs(writer, french));
        }

        using var whole = new MemoryStream();
        using (var brotli = new BrotliStream(whole, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            lines.WriteTo(brotli);
        }

        return (whole.ToArray(), systems.Count, sets.Count + svs.Count);
    }

    private static void Line(MemoryStream lines, char kind, string url, Action<Utf8JsonWriter> write)
    {
        lines.Write(Encoding.UTF8.GetBytes($"{kind}{url} "));
        using (var writer = new Utf8JsonWriter(lines, Options))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        lines.WriteByte((byte)'\n');
    }

    private static void CodeSystem(Utf8JsonWriter writer, JsonElement system)
    {
        Copy(writer, system, "url", "version", "name", "title", "caseSensitive", "content");
        Concepts(writer, system);
    }

    private static void Concepts(Utf8JsonWriter writer, JsonElement parent) => Array(writer, "concept", parent.Items("concept"), concept =>
    {
        Copy(writer, concept, "code", "display");
        Designations(writer, concept);
        Array(writer, "property", concept.Items("property").Where(property => HierarchyProperties.Contains(property.Text("code"))), property => Copy(writer, property, "code", "valueCode", "valueBoolean"));
        Concepts(writer, concept);
    });

    private static void ValueSet(Utf8JsonWriter writer, JsonElement set)
    {
        Copy(writer, set, "url", "version", "name", "title");
        writer.WriteStartObject("compose");
        foreach (var part in (string[])["include", "exclude"])
        {
            Array(writer, part, set.Member("compose")!.Value.Items(part), selection =>
            {
                Copy(writer, selection, "system", "valueSet", "filter");
                Array(writer, "concept", selection.Items("concept"), concept =>
                {
                    Copy(writer, concept, "code", "display");
                    Designations(writer, concept);
                });
            });
        }

        writer.WriteEndObject();
    }

    private static void Svs(Utf8JsonWriter writer, ValueSetDef set)
    {
        writer.WriteString("url", set.Url);
        writer.WriteStartObject("compose");
        Array(writer, "include", set.Lists, list =>
        {
            // The first URL names the system; "any" and OIDs only help to recognise it.
            var system = list.Systems.FirstOrDefault(one => one != SvsFolder.AnySystem) ?? list.Systems[0];
            writer.WriteString("system", system);
            writer.WriteStartArray("systemAlias");
            list.Systems.Where(one => one != system).ToList().ForEach(writer.WriteStringValue);
            writer.WriteEndArray();
            Array(writer, "concept", list.Codes, code => writer.WriteString("code", code));
        });
        writer.WriteEndObject();
    }

    private static void Designations(Utf8JsonWriter writer, JsonElement concept) =>
        Array(writer, "designation", concept.Items("designation").Where(one => one.Text("language") is not null), one => Copy(writer, one, "language", "value"));

    private static void Array<T>(Utf8JsonWriter writer, string name, IEnumerable<T> items, Action<T> write)
    {
        var all = items.ToList();
        if (all.Count == 0)
        {
            return;
        }

        writer.WriteStartArray(name);
        foreach (var item in all)
        {
            writer.WriteStartObject();
            write(item);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Copy(Utf8JsonWriter writer, JsonElement from, params string[] names)
    {
        foreach (var name in names)
        {
            if (from.Member(name) is { } value)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }
        }
    }
}
