namespace Sante.Fhir.Check;

/// <summary>The resources of a Bundle by fullUrl and by <c>Type/id</c>, read on the first question.</summary>
internal sealed class BundleIndex(FhirNode bundle)
{
    private Dictionary<string, FhirNode>? byUrl;

    /// <summary>The resource, or an absent node.</summary>
    public FhirNode Find(ReadOnlySpan<char> url) => (byUrl ??= Read()).GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(url, out var found) ? found : default;

    private Dictionary<string, FhirNode> Read()
    {
        var found = new Dictionary<string, FhirNode>(StringComparer.Ordinal);
        foreach (var entry in bundle["entry"u8].Items)
        {
            var resource = entry["resource"u8];
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
