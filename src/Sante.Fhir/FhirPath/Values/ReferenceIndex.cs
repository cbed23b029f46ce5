namespace Sante.Fhir.FhirPath;

/// <summary>The entries of a Bundle by fullUrl, made on the first question.</summary>
internal sealed class ReferenceIndex(FhirNode bundle)
{
    private Dictionary<string, FhirNode>? byUrl;

    public FhirNode Bundle => bundle;

    /// <summary>The resource of that fullUrl or <c>Type/id</c>; absent when there is none.</summary>
    public FhirNode Find(string url)
    {
        byUrl ??= Read();
        return byUrl.GetValueOrDefault(url);
    }

    private Dictionary<string, FhirNode> Read()
    {
        var found = new Dictionary<string, FhirNode>(StringComparer.Ordinal);
        foreach (var entry in bundle["entry"u8].Items)
        {
            var resource = entry["resource"u8];
            if (resource.Kind != FhirNodeKind.Map)
            {
                continue;
            }

            if (entry["fullUrl"u8].Text is { } url)
            {
                found.TryAdd(url, resource);
            }

            if (resource["resourceType"u8].Text is { } type && resource["id"u8].Text is { } id)
            {
                found.TryAdd($"{type}/{id}", resource);
            }
        }

        return found;
    }
}
