using Microsoft.AspNetCore.Http;
using Sante.Fhir;
using Sante.Fhir.Bundles;
using Sante.Fhir.Search;
using Sante.Kernel;
using Sante.Space.FhirApi;

namespace Sante.Space.Workbench;

/// <summary>
/// <c>GET [base]/[type]?…</c> and <c>POST [base]/[type]/_search</c> (http://hl7.org/fhir/R4/http.html#search), across patients. Pages by an opaque cursor
/// that never expires.
/// </summary>
internal static class Search
{
    /// <summary>The cursor of the page asked.</summary>
    public const string PageParameter = "_page";

    public static async Task<IResult> HandleAsync(WorkbenchCall call, HttpContext context)
    {
        var type = (string)context.Request.RouteValues["type"]!;
        return (await QueryText.ReadAsync(context.Request)).TryGet(out var parameters, out var unread)
            ? ReadingAnswer.Of(call, await FindAsync(call, type, parameters))
            : FhirProblem.Of(unread);
    }

    public static ValueTask<Outcome<Reading>> FindAsync(WorkbenchCall call, string type, List<KeyValuePair<string, string>> parameters) =>
        FindAsync(call, type, parameters, null);

    /// <summary>The same within a compartment: <paramref name="compartment"/> holds its condition, shown in the address as <c>Patient/id/Observation</c>.</summary>
    public static async ValueTask<Outcome<Reading>> FindAsync(
        WorkbenchCall call, string type, List<KeyValuePair<string, string>> parameters, CompartmentSearch? compartment)
    {
        if (call.MayNot(type, 's') is { } refused)
            return refused;
        var cursor = QueryText.Take(parameters, PageParameter);
        var asked = SearchQuery.Parse(type, parameters, call.SearchOptions(call.Prefer.Lenient));
        if (!asked.TryGet(out var query, out var wrong))
            return wrong;
        if (type == "AuditEvent")
            return await Audit.SearchAsync(call, query, parameters, cursor);
        if (compartment is not null && !query.InCompartment(compartment.Compartment, compartment.Id).TryGet(out query, out var foreign))
            return foreign;
        var found = await call.Store.SearchAsync(call.Server, call.Actor, query, cursor, call.Cancel);
        if (!found.TryGet(out var page, out var refusal))
            return refusal;
        var self = $"{call.BaseUrl}/{compartment?.Path}{type}";
        return Answer(call, asked.Value, page, self);
    }

    /// <summary>The searchset of one page.</summary>
    public static Reading Answer(WorkbenchCall call, SearchQuery query, WorkbenchPage page, string address) =>
        Reading.Bundle(page.Permit, "searchset", page.Total, Links(address, query.SelfQuery, page.Next), bundle =>
        {
            foreach (var match in page.Matches)
                Add(bundle, call, match, query, "match");
            foreach (var include in page.Included)
                Add(bundle, call, include, query, "include");
            if (query.Ignored.Count > 0)
                bundle.Add(new BundleEntry { Resource = Ignored(query.Ignored), SearchMode = "outcome" });
        });

    /// <summary>The links of a page: itself, and the next when there is one.</summary>
    public static IReadOnlyList<(string Relation, string Url)> Links(string address, string query, string? next)
    {
        var self = query.Length == 0 ? address : $"{address}?{query}";
        return next is null ? [("self", self)] : [("self", self), ("next", $"{self}{(query.Length == 0 ? '?' : '&')}{PageParameter}={next}")];
    }

    /// <summary>One entry, stamped while it is written, or the part of it that <c>_summary</c> or <c>_elements</c> asks for.</summary>
    public static void Add(BundleWriter bundle, WorkbenchCall call, WorkbenchResource resource, SearchQuery? query, string mode)
    {
        var url = $"{call.BaseUrl}/{resource.Type}/{resource.Id}";
        bundle.Add(query?.Projection is { } projection
            ? new BundleEntry { FullUrl = url, Resource = projection.Apply(resource.Stamped()), SearchMode = mode }
            : new BundleEntry { FullUrl = url, Resource = resource.Received, Places = resource.Places, Stamp = resource.Stamp, SearchMode = mode });
    }

    /// <summary>What was dropped under lenient handling is told, not only left out of <c>self</c>.</summary>
    private static byte[] Ignored(IReadOnlyList<string> names) => OperationOutcomes.Write([.. names.Select(name => new FhirIssue(
        FhirSeverity.Warning, "not-supported", "search-parameter-ignored", null, $"Paramètre laissé de côté : {(name.Length <= 64 ? name : name[..64])}."))]);
}
