using System.Text;
using Sante.Fhir.Definitions;
using Sante.Fhir.Json;

namespace Sante.Fhir.Patch;

/// <summary>What a <c>value</c> part holds, as JSON: bytes of the value, bytes of <c>_value</c> (id and extensions of a primitive), and the type that its name ends with.</summary>
internal sealed record PatchValue(byte[]? Json, byte[]? Companion, string? Suffix)
{
    private const int MaxNesting = 16;

    /// <summary>Reads a part for an element; null when it holds nothing, or several things.</summary>
    public static PatchValue? Read(FhirNode part, TypeDef? type) => Read(part, type, 0);

    /// <summary>The JSON name under which a value of an element stands: of a choice, with the type behind it. Null when the choice has no such type.</summary>
    public string? NameFor(ElementDef element)
    {
        if (!element.Choice)
        {
            return element.Name;
        }

        return element.Types.Exists(use => use.Name.Length == Suffix?.Length && char.ToUpperInvariant(use.Name[0]) == Suffix[0] && use.Name.AsSpan(1).SequenceEqual(Suffix.AsSpan(1)))
            ? element.Name + Suffix : null;
    }

    private static PatchValue? Read(FhirNode part, TypeDef? type, int nesting)
    {
        if (nesting > MaxNesting)
        {
            return null;
        }

        FhirNode value = default, companion = default, parts = default, resource = default;
        foreach (var member in part.Members)
        {
            var name = member.NameUtf8;
            if (name.StartsWith("value"u8))
            {
                value = value.Exists ? default : member;
            }
            else if (name.StartsWith("_value"u8))
            {
                companion = member;
            }
            else if (name.SequenceEqual("part"u8))
            {
                parts = member;
            }
            else if (name.SequenceEqual("resource"u8))
            {
                resource = member;
            }
        }

        if (value.Exists || companion.Exists)
        {
            var suffix = value.Exists ? value.Name[5..] : companion.Name[6..];
            return parts.Exists || resource.Exists ? null : new PatchValue(Bytes(value), Bytes(companion), suffix);
        }

        return resource.Exists ? parts.Exists ? null : new PatchValue(Bytes(resource), null, null)
            : parts.Exists && type is not null && Anonymous(parts, type, nesting) is { } made ? new PatchValue(made, null, null) : null;
    }

    /// <summary>An element without a type of its own name, given by its parts.</summary>
    private static byte[]? Anonymous(FhirNode parts, TypeDef type, int nesting)
    {
        Dictionary<string, (ElementDef Element, List<PatchValue> Values)> members = new(StringComparer.Ordinal);
        foreach (var part in parts.Items)
        {
            if (part["name"u8].Text is not { } name || PatchElement.Find(type, name) is not { } element
                || Read(part, element.Types.Count > 0 ? element.Types[0].Type : null, nesting + 1) is not { } value || value.NameFor(element) is not { } json)
            {
                return null;
            }

            if (!members.TryGetValue(json, out var member))
            {
                members.Add(json, member = (element, []));
            }

            member.Values.Add(value);
            if (member.Values.Count > 1 && element.Max <= 1)
            {
                return null;
            }
        }

        return Write(members);
    }

    private static byte[] Write(Dictionary<string, (ElementDef Element, List<PatchValue> Values)> members)
    {
        using var json = new MemoryStream();
        json.Write("{"u8);
        foreach (var (name, (element, values)) in members)
        {
            Member(json, name, element, values.ConvertAll(value => value.Json));
            Member(json, "_" + name, element, values.ConvertAll(value => value.Companion));
        }

        json.Write("}"u8);
        return json.ToArray();
    }

    private static void Member(MemoryStream json, string name, ElementDef element, List<byte[]?> values)
    {
        if (!values.Exists(value => value is not null))
        {
            return;
        }

        json.Write(json.Length > 1 ? ","u8 : ""u8);
        json.Write(Encoding.UTF8.GetBytes($"\"{name}\":"));
        json.Write(element.Max > 1 ? "["u8 : ""u8);
        for (var at = 0; at < values.Count; at++)
        {
            json.Write(at > 0 ? ","u8 : ""u8);
            json.Write(values[at] ?? "null"u8);
        }

        json.Write(element.Max > 1 ? "]"u8 : ""u8);
    }

    private static byte[]? Bytes(FhirNode node) => node.Exists ? node.RawUtf8.ToArray() : null;
}

/// <summary>Elements by the name that a patch gives.</summary>
internal static class PatchElement
{
    /// <summary>The element named, also by one of the JSON names of a choice; null when the type has none.</summary>
    public static ElementDef? Find(TypeDef type, string name)
    {
        var utf8 = Encoding.UTF8.GetBytes(name);
        return type.Elements.Find(element => element.Name == name) ?? (type.Properties.Find(Utf8Hash.Of(utf8), utf8) is { Companion: false } property ? property.Element : null);
    }
}
