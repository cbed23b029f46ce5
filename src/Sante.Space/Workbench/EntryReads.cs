using Sante.Fhir.Search;
using Sante.Kernel;
using Sante.Space.FhirApi;

namespace Sante.Space.Workbench;

/// <summary>A GET inside a bundle: the same interactions as the routes, found by the segments of its address, relative to the service.</summary>
internal static class EntryReads
{
    public static async ValueTask<Outcome<Reading>> FindAsync(WorkbenchCall call, string url)
    {
        if (url.StartsWith(call.BaseUrl, StringComparison.Ordinal))
            url = url[call.BaseUrl.Length..];
        var mark = url.IndexOf('?', StringComparison.Ordinal);
        var query = QueryText.Read(mark < 0 ? null : url[mark..]);
        var segments = (mark < 0 ? url : url[..mark]).Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var at = 0; at < segments.Length; at++)
            segments[at] = Uri.UnescapeDataString(segments[at]);
        return segments switch
        {
            [] => await SystemSearch.FindAsync(call, query),
            ["metadata"] => Metadata.Find(call.BaseUrl),
            ["_history"] => await History.FindAsync(call, null, null, query),
            [var type] => await Search.FindAsync(call, type, query),
            [var type, "_history"] => await History.FindAsync(call, type, null, query),
            [var type, ['$', ..] operation] => await TerminologyOperations.FindAsync(call, type, null, operation[1..], query),
            [var type, var id] => await Read.FindAsync(call, type, id),
            [var type, var id, "_history"] => await History.FindAsync(call, type, id, query),
            [var type, var id, "_history", var version] => await Read.FindVersionAsync(call, type, id, version),
            ["Patient", var id, "$everything"] => await Everything.FindAsync(call, id, query),
            [var type, var id, "$meta"] => await MetaOperations.FindAsync(call, type, id),
            [var type, var id, ['$', ..] operation] => await TerminologyOperations.FindAsync(call, type, id, operation[1..], query),
            [var type, var id, var inside] => await CompartmentSearch.FindAsync(call, type, id, inside, query),
            _ => FhirRefusals.NotFound,
        };
    }
}
