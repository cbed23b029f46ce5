using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Sante.Fhir.Bundles;

/// <summary>Replaces references inside a resource by byte splices: nothing but the referring string changes.</summary>
public static class ReferenceRewrite
{
    /// <summary>
    /// The resource's bytes with every <c>reference</c> and every <c>url</c> or <c>uri</c> whose value <paramref name="target"/> knows
    /// replaced (http://hl7.org/fhir/R4/http.html#trules: references, and urls that name an entry's fullUrl, such as attachment.url).
    /// Canonicals and identifiers are left alone. Null when nothing changed.
    /// </summary>
    /// <param name="resource">The resource, for instance an entry of a transaction.</param>
    /// <param name="target">From the value found to the new value, or null to keep it.</param>
    public static byte[]? Rewrite(FhirResource resource, Func<string, string?> target)
    {
        var tree = resource.Root.Tree;
        var root = resource.Root.Index;
        ref readonly var whole = ref tree.Entries[root];
        var source = tree.Utf8.Span;
        ArrayBufferWriter<byte>? output = null;
        var copied = whole.Start;
        for (var at = root + 1; at < whole.End; at++)
        {
            ref readonly var entry = ref tree.Entries[at];
            if (entry.Kind != FhirNodeKind.Text || !Refers(tree.Name(at)) || target(new FhirNode(tree, at).Text!) is not { } replacement)
            {
                continue;
            }

            output ??= new ArrayBufferWriter<byte>(whole.Length + 256);
            output.Write(source[copied..entry.Start]);
            output.Write(Encoding.UTF8.GetBytes(JsonEncodedText.Encode(replacement).Value));
            copied = entry.Start + entry.Length;
        }

        output?.Write(source[copied..(whole.Start + whole.Length)]);
        return output?.WrittenSpan.ToArray();
    }

    /// <summary>Each value of the resource that names another resource by <c>reference</c>, contained ones included, with its node.</summary>
    public static IEnumerable<FhirNode> References(FhirResource resource)
    {
        var tree = resource.Root.Tree;
        var end = tree.Entries[resource.Root.Index].End;
        for (var at = resource.Root.Index + 1; at < end; at++)
        {
            if (tree.Entries[at].Kind == FhirNodeKind.Text && tree.Name(at).SequenceEqual("reference"u8))
            {
                yield return new FhirNode(tree, at);
            }
        }
    }

    private static bool Refers(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("reference"u8) || name.SequenceEqual("url"u8) || name.SequenceEqual("uri"u8)
        || name.SequenceEqual("valueUri"u8) || name.SequenceEqual("valueUrl"u8);
}
