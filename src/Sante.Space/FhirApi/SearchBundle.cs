using System.Buffers;
using Sante.Fhir.Bundles;
using Sante.Fhir.Search;

namespace Sante.Space.FhirApi;

/// <summary>A page of a search as a Bundle of type searchset, with the links <c>self</c> and <c>next</c>.</summary>
internal static class SearchBundle
{
    /// <param name="call">Who asks.</param>
    /// <param name="path">Below the base address.</param>
    /// <param name="naming">Parameters that are not of the query itself: who the citizen is, which types.</param>
    /// <param name="query">What was understood; null when <paramref name="naming"/> says it all.</param>
    /// <param name="page">What was found.</param>
    public static ReadOnlyMemory<byte> Write(FhirCall call, string path, IEnumerable<KeyValuePair<string, string>> naming, SearchQuery? query, FoundPage page)
    {
        var used = string.Join('&', naming.Select(parameter => $"{parameter.Key}={Uri.EscapeDataString(parameter.Value)}").Append(query?.SelfQuery ?? "").Where(part => part.Length > 0));
        var self = $"{call.BaseUrl}{(path.Length > 0 ? "/" : "")}{path}{(used.Length > 0 ? "?" : "")}{used}";
        var links = new List<(string, string)> { ("self", self) };
        if (page.Next is { } next)
            links.Add(("next", $"{self}{(used.Length > 0 ? "&" : "?")}{SpaceSearch.CursorParameter}={next}"));
        var output = new ArrayBufferWriter<byte>();
        using var bundle = new BundleWriter(output, "searchset", page.Total is { } total ? (int)total : null, links);
        foreach (var (resource, mode) in page.Matches.Select(match => (match, "match")).Concat(page.Included.Select(include => (include, "include"))))
            bundle.Add(new BundleEntry
            {
                FullUrl = $"{call.BaseUrl}/{resource.Header.Type}/{resource.Id}",
                Resource = query?.Projection is { } part ? part.Apply(resource.Stamped()) : resource.Received,
                Places = query?.Projection is null ? resource.Places : null,
                Stamp = resource.Stamp,
                SearchMode = mode,
            });
        bundle.End();
        return output.WrittenMemory;
    }
}
