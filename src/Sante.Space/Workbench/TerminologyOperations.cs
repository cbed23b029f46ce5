using System.Text;
using Microsoft.AspNetCore.Http;
using Sante.Fhir;
using Sante.Fhir.Search;
using Sante.Kernel;
using Sante.Ledger;
using Sante.Space.FhirApi;

namespace Sante.Space.Workbench;

/// <summary>
/// <c>$expand</c>, <c>$validate-code</c>, <c>$lookup</c>, <c>$subsumes</c>: over the value sets stored in the workbench first (by id, or by <c>url</c>), else over
/// those of FHIR and the French guides.
/// </summary>
internal static class TerminologyOperations
{
    public static async Task<IResult> HandleAsync(WorkbenchCall call, HttpContext context, TerminologyOperation operation)
    {
        var (input, unread) = await OperationInput.ReadAsync(context, QueryText.Read(context.Request.QueryString.Value));
        return input is null ? unread! : ReadingAnswer.Of(call, await FindAsync(call, operation, (string?)context.Request.RouteValues["id"], input));
    }

    /// <summary>The same for a GET inside a bundle.</summary>
    public static async ValueTask<Outcome<Reading>> FindAsync(WorkbenchCall call, string type, string? id, string name, List<KeyValuePair<string, string>> query) =>
        TerminologyRequests.Find(type, name) is { } operation && (id is null || operation.OnInstance)
            ? await FindAsync(call, operation, id, new OperationInput(query, null))
            : HttpRefusals.OperationUnknown;

    private static async ValueTask<Outcome<Reading>> FindAsync(WorkbenchCall call, TerminologyOperation operation, string? id, OperationInput input)
    {
        if (call.MayNot(operation.Type, 'r') is { } refused)
            return refused;
        var (stored, permit, unknown) = await StoredAsync(call, operation, id, input);
        if (unknown is not null)
            return unknown;
        var answer = TerminologyRequests.Answer(operation, input, stored, call.Door.World.PlatformNow, Guid.CreateVersion7());
        return answer.TryGet(out var body, out var refusal) ? Reading.Of(permit, body) : refusal;
    }

    private static async ValueTask<(FhirResource? Stored, DisclosePermit? Permit, Refusal? Refusal)> StoredAsync(
        WorkbenchCall call, TerminologyOperation operation, string? id, OperationInput input)
    {
        if (id is not null)
        {
            if (!WorkbenchCall.IsId(id))
                return (null, null, WorkbenchRefusals.ResourceUnknown);
            var read = await call.Store.ReadAsync(call.Server, call.Actor, operation.Type, id, null, call.Cancel);
            return !read.TryGet(out var found, out var refusal) ? (null, null, refusal)
                : found.Found is not { Deleted: false } resource ? (null, found.Permit, found.Found is null ? WorkbenchRefusals.ResourceUnknown : WorkbenchRefusals.ResourceDeleted)
                : (Parsed(resource), found.Permit, null);
        }

        if (operation.Type != "ValueSet" || input.Text("url") is not { } url)
            return (null, null, null);
        var query = SearchQuery.Parse("ValueSet", [KeyValuePair.Create("url", url.Split('|')[0].Replace(",", "\\,", StringComparison.Ordinal)), KeyValuePair.Create("_count", "1")], call.SearchOptions(false));
        if (!query.TryGet(out var parsed, out var wrong))
            return (null, null, wrong);
        var page = await call.Store.SearchAsync(call.Server, call.Actor, parsed, null, call.Cancel);
        return page.TryGet(out var sets, out var unsearched) ? (sets.Matches.Count > 0 ? Parsed(sets.Matches[0]) : null, sets.Permit, null) : (null, null, unsearched);
    }

    private static FhirResource Parsed(WorkbenchResource resource) =>
        FhirJson.Parse(resource.Received).Resource ?? throw new InvalidDataException("A stored resource cannot be parsed.");
}
