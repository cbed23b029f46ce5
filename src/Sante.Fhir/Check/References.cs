using Sante.Fhir.Definitions;

namespace Sante.Fhir.Check;

/// <summary>What kind of resource a Reference names, read from its text alone.</summary>
internal static class References
{
    /// <summary>Checks that a Reference says something and names a type that is admitted (none listed: any).</summary>
    public static void CheckTarget(CheckRun run, FhirNode reference, List<string> targets)
    {
        if (reference.Kind != FhirNodeKind.Map || targets.Count == 0)
        {
            return;
        }

        if (TypeOf(run.Definitions, reference) is { } type && !targets.Contains(type))
        {
            run.Error(reference, "value", "reference-target-type", $"Cette référence doit désigner : {string.Join(", ", targets)}.");
        }
    }

    /// <summary>The type of <c>Type/id</c>, an absolute URL that ends so, a contained resource, or the stated <c>type</c>; null when the text does not tell.</summary>
    public static string? TypeOf(R4 definitions, FhirNode reference)
    {
        var text = reference["reference"u8].Text;
        if (text is null || text.StartsWith("urn:", StringComparison.Ordinal))
        {
            return Stated(definitions, reference);
        }

        if (text.StartsWith('#'))
        {
            return Contained(reference, text[1..]);
        }

        return TypeInUrl(definitions, text) ?? Stated(definitions, reference);
    }

    /// <summary>The resource type in <c>[base/]Type/id[/_history/v]</c> or <c>Type?criteria</c>, or null.</summary>
    public static string? TypeInUrl(R4 definitions, string url)
    {
        var query = url.IndexOf('?', StringComparison.Ordinal);
        var segments = (query < 0 ? url : url[..query]).Split('/');
        var at = segments.Length - (query >= 0 ? 1 : 2);
        if (query < 0 && segments.Length >= 4 && segments[^2] == "_history")
        {
            at -= 2;
        }

        return at >= 0 && definitions.Resources.ContainsKey(segments[at]) ? segments[at] : null;
    }

    private static string? Stated(R4 definitions, FhirNode reference) =>
        reference["type"u8].Text is { } type && definitions.Resources.ContainsKey(type) ? type : null;

    /// <summary>The type of a contained resource of the enclosing resource.</summary>
    private static string? Contained(FhirNode reference, string id)
    {
        var tree = reference.Tree;
        var at = 0;
        string? found = null;
        // From the root down to the reference: the innermost resource with contained ones decides.
        while (at < reference.Index)
        {
            foreach (var inner in new FhirNode(tree, at)["contained"u8].Items)
            {
                if (inner["id"u8].Text == id)
                {
                    found = inner["resourceType"u8].Text;
                }
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
