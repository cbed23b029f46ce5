using System.Collections.Frozen;
using Sante.Fhir.Check;
using Sante.Fhir.Definitions;

namespace Sante.Fhir.Search;

/// <summary>A reference's text taken apart.</summary>
internal static class ReferenceText
{
    private const string History = "/_history/";

    /// <summary>The value of a Reference: its text, <c>type</c> and identifier; null when it says nothing.</summary>
    public static ReferenceValue? OfNode(R4 definitions, string parameter, FhirNode node)
    {
        var identifier = node["identifier"u8];
        var text = node["reference"u8].Text;
        if (text is null && !identifier.Exists)
        {
            return null;
        }

        var (system, value) = identifier.Exists ? (identifier["system"u8].Text, identifier["value"u8].Text) : (null, null);
        // Only contained and logical references need more than the text to tell their type.
        var stated = text is null || text.StartsWith('#') || text.StartsWith("urn:", StringComparison.Ordinal) ? References.TypeOf(definitions, node) : node["type"u8].Text;
        return Of(definitions, parameter, text, stated, system, value);
    }

    public static ReferenceValue Of(R4 definitions, string parameter, string? text, string? stated, string? system, string? value)
    {
        if (text is null)
        {
            return new ReferenceValue(parameter, stated, null, null, system, value);
        }

        var history = text.IndexOf(History, StringComparison.Ordinal);
        var url = history < 0 ? text : text[..history];
        var slash = url.LastIndexOf('/');
        var from = slash > 0 ? url.LastIndexOf('/', slash - 1) + 1 : 0;
        return slash > 0 && TypeNamed(definitions, url.AsSpan(from, slash - from)) is { } type
            ? new ReferenceValue(parameter, type, url[(slash + 1)..], url, system, value)
            : new ReferenceValue(parameter, stated, null, url, system, value);
    }

    /// <summary>A canonical: what stands after the bar is its version.</summary>
    public static (string Url, string? Version) Canonical(string text)
    {
        var bar = text.LastIndexOf('|');
        return bar <= 0 ? (text, null) : (text[..bar], text[(bar + 1)..]);
    }

    /// <summary>True when a Reference names a resource of the type; a text that does not tell passes.</summary>
    public static bool Leads(R4 definitions, FhirNode node, string type)
    {
        if (node["reference"u8] is { Kind: FhirNodeKind.Text } text)
        {
            var bytes = text.Tree.Value(text.Index);
            if (bytes.Length > type.Length + 1 && bytes[type.Length] == '/' && !bytes[(type.Length + 1)..].Contains((byte)'/') && !bytes.Contains((byte)'?') && IsAscii(bytes[..type.Length], type))
            {
                return true;
            }
        }

        return node.Kind == FhirNodeKind.Map && (References.TypeOf(definitions, node) ?? type) == type;
    }

    private static bool IsAscii(ReadOnlySpan<byte> bytes, string text)
    {
        for (var at = 0; at < bytes.Length; at++)
        {
            if (bytes[at] != text[at])
            {
                return false;
            }
        }

        return true;
    }

    private static string? TypeNamed(R4 definitions, ReadOnlySpan<char> name) =>
        definitions.Resources.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var type) ? type.Name : null;
}
