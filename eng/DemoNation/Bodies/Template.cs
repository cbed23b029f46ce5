using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace Sante.DemoNation;

/// <summary>The French example resources from which ours are made.</summary>
internal static class Template
{
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };
    private static readonly Dictionary<string, JsonObject> Known = [];
    private static readonly Lock Gate = new();

    /// <summary>A copy of an example that may be changed, without the example's id.</summary>
    public static JsonObject Copy(string name)
    {
        lock (Gate)
        {
            if (!Known.TryGetValue(name, out var known))
            {
                Known[name] = known = Read(name);
            }

            return (JsonObject)known.DeepClone();
        }
    }

    /// <summary>The resource as UTF-8.</summary>
    public static byte[] Bytes(JsonObject resource) => JsonSerializer.SerializeToUtf8Bytes(resource, Compact);

    /// <summary><c>{"coding":[{"system","code","display"?}]}</c>.</summary>
    public static JsonObject Concept(string system, string code, string? display = null)
    {
        var coding = new JsonObject { ["system"] = system, ["code"] = code };
        if (display is not null)
        {
            coding["display"] = display;
        }

        return new JsonObject { ["coding"] = new JsonArray(coding) };
    }

    private static JsonObject Read(string name)
    {
        using var stream = typeof(Template).Assembly.GetManifestResourceStream("Sante.DemoNation." + name)
            ?? throw new InvalidOperationException($"No embedded template {name}.");
        var template = JsonNode.Parse(stream)!.AsObject();
        template.Remove("id");
        return template;
    }
}
