using System.Text.Json;

namespace Sante.Definitions;

/// <summary>The conformance resources of the input folders, by kind and canonical. A later folder replaces an earlier one's canonical.</summary>
internal sealed class Source
{
    public Dictionary<string, JsonElement> Structures { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, JsonElement> ValueSets { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, JsonElement> CodeSystems { get; } = new(StringComparer.Ordinal);
    public List<JsonElement> SearchParameters { get; } = [];
    public List<JsonElement> Compartments { get; } = [];

    private static readonly string[] Kinds = ["StructureDefinition-", "ValueSet-", "CodeSystem-", "SearchParameter-", "CompartmentDefinition-"];

    public void AddFolder(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(file);
            if (Kinds.Any(kind => name.StartsWith(kind, StringComparison.Ordinal)))
            {
                Add(JsonDocument.Parse(File.ReadAllBytes(file)).RootElement);
            }
        }
    }

    private void Add(JsonElement resource)
    {
        var url = resource.Text("url") ?? "";
        switch (resource.Text("resourceType"))
        {
            case "StructureDefinition": Structures[url] = resource; break;
            case "ValueSet": ValueSets[url] = resource; break;
            case "CodeSystem": CodeSystems[url] = resource; break;
            case "SearchParameter": SearchParameters.Add(resource); break;
            case "CompartmentDefinition": Compartments.Add(resource); break;
        }
    }
}

/// <summary>Short readings of conformance JSON.</summary>
internal static class JsonReading
{
    public static string? Text(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    public static JsonElement? Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;

    /// <summary>A canonical without its version.</summary>
    public static string WithoutVersion(this string canonical) => canonical.Split('|')[0];

    /// <summary>The last part of a canonical.</summary>
    public static string LastPart(this string canonical) => canonical.WithoutVersion()[(canonical.WithoutVersion().LastIndexOf('/') + 1)..];
}
