using System.Runtime.InteropServices;
using System.Text;
using Sante.Fhir;

namespace Sante.Space.FhirApi;

/// <summary>Small changes to received bytes: one value or member is replaced, every other byte stays.</summary>
internal static class FhirSplice
{
    /// <summary>The resource with another JSON value in the place of <paramref name="value"/>.</summary>
    public static byte[] ReplaceValue(FhirResource resource, FhirNode value, string json) => Splice(resource, OffsetOf(resource, value), value.RawUtf8.Length, json);

    /// <summary>The resource with another member (<c>"name":value</c>) in the place of a member of that name.</summary>
    public static byte[] ReplaceMember(FhirResource resource, FhirNode value, string member)
    {
        var bytes = resource.Utf8.Span;
        var at = OffsetOf(resource, value);
        var colon = bytes[..at].LastIndexOf((byte)':');
        var nameEnd = bytes[..colon].LastIndexOf((byte)'"');
        var nameStart = bytes[..nameEnd].LastIndexOf((byte)'"');
        return Splice(resource, nameStart, at + value.RawUtf8.Length - nameStart, member);
    }

    /// <summary>The resource with one more member, first in a non-empty object.</summary>
    public static byte[] InsertMember(FhirResource resource, FhirNode map, string member) => Splice(resource, OffsetOf(resource, map) + 1, 0, member + ",");

    private static byte[] Splice(FhirResource resource, int at, int length, string text)
    {
        var bytes = resource.Utf8.Span;
        var inserted = Encoding.UTF8.GetBytes(text);
        var result = new byte[bytes.Length - length + inserted.Length];
        bytes[..at].CopyTo(result);
        inserted.CopyTo(result.AsSpan(at));
        bytes[(at + length)..].CopyTo(result.AsSpan(at + inserted.Length));
        return result;
    }

    private static int OffsetOf(FhirResource resource, FhirNode node) =>
        MemoryMarshal.TryGetArray(resource.Utf8, out var whole) && MemoryMarshal.TryGetArray(node.RawUtf8, out var part) && ReferenceEquals(whole.Array, part.Array)
            ? part.Offset - whole.Offset
            : throw new ArgumentException("The node is not of this resource.", nameof(node));
}
