using System.Buffers;
using System.Text;
using Sante.Fhir.Definitions;
using Sante.Fhir.Json;

namespace Sante.Fhir.Search;

/// <summary>
/// The part of each resource that <c>_summary</c> or <c>_elements</c> leaves (http://hl7.org/fhir/R4/search.html#summary): mandatory and modifier elements stay,
/// and <c>meta.tag</c> gets SUBSETTED. What stays is the bytes as they were.
/// </summary>
public sealed class SearchProjection
{
    private static readonly byte[] Subsetted = """{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}"""u8.ToArray();

    private readonly string? summary;
    private readonly HashSet<string> elements;

    private SearchProjection(string? summary, IEnumerable<string> elements) => (this.summary, this.elements) = (summary, [.. elements]);

    internal static SearchProjection? Of(string? summary, IReadOnlyList<string> elements) =>
        summary is "true" or "text" or "data" ? new SearchProjection(summary, elements) : elements.Count > 0 ? new SearchProjection(null, elements) : null;

    /// <summary>The projected resource. The bytes must be a resource as it is served (stamped); of a type that R4 does not know they come back whole.</summary>
    public ReadOnlyMemory<byte> Apply(ReadOnlyMemory<byte> resource)
    {
        if (JsonScanner.Read(resource, FhirLimits.Default, out _, out _) is not { } tree || FhirResource.OfRoot(tree) is not { } read
            || !R4.Current.Resources.TryGetValue(read.Type, out var type))
        {
            return resource;
        }

        var output = new ArrayBufferWriter<byte>(resource.Length);
        Write(output, read.Root, type, true);
        return output.WrittenMemory;
    }

    private void Write(ArrayBufferWriter<byte> output, FhirNode node, TypeDef type, bool isRoot)
    {
        output.Write("{"u8);
        var (first, hasMeta) = (true, false);
        foreach (var member in node.Members)
        {
            var property = type.Properties.Find(member.Tree.Entries[member.Index].NameHash, member.NameUtf8);
            if (!Keeps(member, property, isRoot))
            {
                continue;
            }

            Name(output, member.NameUtf8, ref first);
            if (isRoot && member.NameUtf8.SequenceEqual("meta"u8))
            {
                hasMeta = true;
                Meta(output, member);
            }
            else if (summary == "true" && property is { Companion: false, Use.Type.Kind: TypeKind.Backbone })
            {
                Inside(output, member, property.Use.Type);
            }
            else
            {
                output.Write(member.RawUtf8.Span);
            }
        }

        if (isRoot && !hasMeta)
        {
            Name(output, "meta"u8, ref first);
            Meta(output, default);
        }

        output.Write("}"u8);
    }

    private bool Keeps(FhirNode member, Property? property, bool isRoot)
    {
        var name = Encoding.UTF8.GetString(member.NameUtf8);
        if (isRoot && name is "resourceType" or "id" or "meta")
        {
            return true;
        }

        // What the type does not have (a fault let in elsewhere) is not left out by a summary of "data".
        return property is null ? summary == "data" : summary switch
        {
            "true" => property.Element.Summary || property.Element.Min > 0 || property.Element.Modifier || elements.Contains(property.Element.Name),
            "text" => property.Element.Name == "text" || property.Element.Min > 0 || elements.Contains(property.Element.Name),
            "data" => property.Element.Name != "text" && (elements.Count == 0 || IsAsked(property)),
            _ => IsAsked(property),
        };
    }

    private bool IsAsked(Property property) => property.Element.Min > 0 || property.Element.Modifier || elements.Contains(property.Element.Name);

    private void Inside(ArrayBufferWriter<byte> output, FhirNode member, TypeDef type)
    {
        var isList = member.Kind == FhirNodeKind.List;
        output.Write(isList ? "["u8 : default);
        var first = true;
        foreach (var item in member.Items)
        {
            output.Write(first ? default : ","u8);
            first = false;
            if (item.Kind == FhirNodeKind.Map)
            {
                Write(output, item, type, false);
            }
            else
            {
                output.Write(item.RawUtf8.Span);
            }
        }

        output.Write(isList ? "]"u8 : default);
    }

    private static void Meta(ArrayBufferWriter<byte> output, FhirNode meta)
    {
        output.Write("{"u8);
        var first = true;
        foreach (var member in meta.Members)
        {
            if (!member.NameUtf8.SequenceEqual("tag"u8))
            {
                Name(output, member.NameUtf8, ref first);
                output.Write(member.RawUtf8.Span);
            }
        }

        Name(output, "tag"u8, ref first);
        output.Write("["u8);
        foreach (var tag in meta["tag"u8].Items)
        {
            output.Write(tag.RawUtf8.Span);
            output.Write(","u8);
        }

        output.Write(Subsetted);
        output.Write("]}"u8);
    }

    private static void Name(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> name, ref bool first)
    {
        output.Write(first ? "\""u8 : ",\""u8);
        output.Write(name);
        output.Write("\":"u8);
        first = false;
    }
}
