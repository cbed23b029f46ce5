using System.Text;
using Sante.Fhir.Definitions;
using Sante.Fhir.FhirPath;

namespace Sante.Fhir.Check;

/// <summary>What kind of resource a Reference names: read from its text, from the contained resources, or from the Bundle around it.</summary>
internal static class References
{
    /// <summary>Checks that a Reference names a type that is admitted (none listed: any).</summary>
    public static void CheckTarget(CheckRun run, FhirNode reference, List<string> targets)
    {
        if (reference.Kind != FhirNodeKind.Map || targets.Count == 0)
        {
            return;
        }

        if (TypeOf(run, reference) is { } type && !targets.Contains(type))
        {
            run.Error(reference, "value", "reference-target-type", $"Cette référence doit désigner : {string.Join(", ", targets)}.");
        }
    }

    /// <summary>In a full check of a Bundle: a <c>urn:uuid:</c> must be that of an entry.</summary>
    public static void CheckResolves(CheckRun run, FhirNode reference)
    {
        const int usual = 128;
        Span<char> letters = stackalloc char[usual];
        var text = reference["reference"u8];
        if (text.Kind == FhirNodeKind.Text && text.Tree.Value(text.Index).StartsWith("urn:uuid:"u8) && run.IsBundle && !run.Bundle.Find(text.TextIn(letters)).Exists)
        {
            run.Error(text, "not-found", "reference-unresolved", "Aucune entrée du lot ne porte cet identifiant.");
        }
    }

    /// <summary>The type of <c>Type/id</c>, an absolute URL that ends so, a contained resource, an entry of the Bundle, or the stated <c>type</c>; null when nothing tells.</summary>
    public static string? TypeOf(CheckRun run, FhirNode reference)
    {
        var text = reference["reference"u8];
        return TypeOf(run.Definitions, reference)
            ?? (run is { IsFullDepth: true, IsBundle: true } && text.Kind == FhirNodeKind.Text ? Schema.ResourceType(run.Bundle.Find(text.TextIn(stackalloc char[128])))?.Name : null);
    }

    /// <summary>The same from the Reference alone.</summary>
    public static string? TypeOf(R4 definitions, FhirNode reference)
    {
        var text = reference["reference"u8];
        return text.Kind != FhirNodeKind.Text || text.Tree.Value(text.Index).StartsWith("urn:"u8) ? Stated(definitions, reference)
            : text.Tree.Value(text.Index).StartsWith("#"u8) ? Contained(reference, text.Text![1..])["resourceType"u8].Text
            : TypeInUrl(definitions, text.Tree.Value(text.Index)) ?? Stated(definitions, reference);
    }

    /// <summary>The resource type in a reference's text, or null.</summary>
    public static string? TypeInUrl(R4 definitions, string url) => TypeInUrl(definitions, Encoding.UTF8.GetBytes(url));

    /// <summary>The resource that a Reference names, when it is contained or in the same Bundle; else absent.</summary>
    public static FhirNode Resolve(CheckRun run, FhirNode reference)
    {
        var text = reference["reference"u8].Text;
        return text is null ? default : text.StartsWith('#') ? Contained(reference, text[1..]) : run.IsBundle ? run.Bundle.Find(text) : default;
    }

    /// <summary>The resource type in <c>[base/]Type/id[/_history/v]</c> or <c>Type?criteria</c>, or null.</summary>
    public static string? TypeInUrl(R4 definitions, ReadOnlySpan<byte> url)
    {
        var query = url.IndexOf((byte)'?');
        if (query >= 0)
        {
            var path = url[..query];
            return Resource(definitions, path[(path.LastIndexOf((byte)'/') + 1)..]);
        }

        var last = url.LastIndexOf((byte)'/');
        if (last < 0)
        {
            return null;
        }

        var rest = url[..last];
        var before = rest.LastIndexOf((byte)'/');
        if (rest[(before + 1)..].SequenceEqual("_history"u8) && before > 0)
        {
            return TypeInUrl(definitions, rest[..before]);
        }

        return Resource(definitions, rest[(before + 1)..]);
    }

    /// <summary>The name as the definitions have it, when it is that of a resource type.</summary>
    private static string? Resource(R4 definitions, ReadOnlySpan<byte> name)
    {
        const int longest = 64;
        Span<char> letters = stackalloc char[longest];
        if (name.Length > longest || name.IndexOfAnyInRange((byte)128, (byte)255) >= 0)
        {
            return null;
        }

        var length = Encoding.ASCII.GetChars(name, letters);
        return definitions.Resources.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(letters[..length], out var type) ? type.Name : null;
    }

    private static string? Stated(R4 definitions, FhirNode reference) =>
        reference["type"u8].Text is { } type && definitions.Resources.ContainsKey(type) ? type : null;

    /// <summary>A contained resource of the enclosing resource; absent when there is none of that id.</summary>
    private static FhirNode Contained(FhirNode reference, string id)
    {
        var tree = reference.Tree;
        var at = 0;
        var found = default(FhirNode);
        // From the root down to the reference: the innermost resource with contained ones decides.
        while (at < reference.Index)
        {
            foreach (var inner in new FhirNode(tree, at)["contained"u8].Items)
            {
                found = inner["id"u8].Text == id ? inner : found;
            }

            var child = at + 1;
            while (child < tree.Entries.Length && tree.Entries[child].End <= reference.Index)
            {
                child = tree.Entries[child].End;
            }

            at = child;
        }

        return found;
    }
}
