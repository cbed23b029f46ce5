using Sante.Fhir.Check;
using Sante.Fhir.Definitions;

namespace Sante.Fhir.FhirPath;

/// <summary><c>resolve()</c>: contained resources, then the Bundle, then the caller; what nobody knows is left out.</summary>
internal static class Resolution
{
    public static void Resolve(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        for (var at = 0; at < input.Count && run.Spend(10); at++)
        {
            var node = input[at].Node;
            var text = node.Kind == FhirNodeKind.Map ? node["reference"u8].Text : Conversion.StringOf(input[at]);
            var found = text is null ? default : Find(run, text);
            if (!found.Exists && run.Scope.ReferencesByType && node.Exists && TypeOf(node, text) is { } type)
            {
                found = FhirPathValue.OnlyTyped(type);
            }

            if (found.Exists)
            {
                output.Add(found);
            }
        }
    }

    private static TypeDef? TypeOf(FhirNode node, string? text)
    {
        var name = node.Kind == FhirNodeKind.Map ? References.TypeOf(R4.Current, node) : text is null ? null : References.TypeInUrl(R4.Current, text);
        return name is null ? null : R4.Current.Resources.GetValueOrDefault(name);
    }

    private static FhirPathValue Find(PathRun run, string text)
    {
        if (text.StartsWith('#'))
        {
            return Contained(run, text[1..]);
        }

        if (run.Scope.Bundle.Exists && run.Scope.References.Find(text) is { Exists: true } entry)
        {
            return FhirPathValue.Of(entry, Schema.ResourceType(entry));
        }

        return run.Scope.Resolver?.Invoke(text) is { } resource ? FhirPathValue.Of(resource) : default;
    }

    private static FhirPathValue Contained(PathRun run, string id)
    {
        var scope = run.Scope;
        var resource = scope.Resource.Exists ? scope.Resource : run.Context;
        var root = scope.RootResource.Exists ? scope.RootResource : resource;
        if (id.Length == 0)
        {
            return root;
        }

        foreach (var contained in root.Node["contained"u8].Items)
        {
            if (run.Spend() && contained["id"u8].TextEquals(System.Text.Encoding.UTF8.GetBytes(id)))
            {
                return FhirPathValue.Of(contained, Schema.ResourceType(contained));
            }
        }

        return default;
    }
}
