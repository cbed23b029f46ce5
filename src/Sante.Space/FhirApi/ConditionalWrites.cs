using Microsoft.AspNetCore.Http;
using Sante.Fhir;
using Sante.Fhir.Check;
using Sante.Kernel;

namespace Sante.Space.FhirApi;

/// <summary>
/// <c>PUT</c>, <c>PATCH</c> and <c>DELETE [base]/[type]?criteria</c> (http://hl7.org/fhir/R4/http.html#cond-update): on the one resource that the caller fed and that
/// the criteria lead to, in one citizen's space, who is named by the criteria or by the resource. Several are 412 <c>criteria-ambiguous</c>.
/// </summary>
internal static class ConditionalWrites
{
    private const int MostAttempts = 5;

    /// <summary>None matches: a creation, under the same criteria, so that of several at once one creates.</summary>
    public static async Task<IResult> UpdateAsync(string type, HttpContext context, Amending amending, Feeding feeding, Conditions conditions)
    {
        if (!FhirCall.For(context, type, "update", 'u').TryGet(out var asked, out var refusal))
            return FhirProblem.Of(refusal);
        var (call, held) = asked;
        if (!Preconditions.IfMatch(context.Request).TryGet(out var expected, out var unmatched))
            return FhirProblem.Of(unmatched);
        if (!Criteria.Read(type, context.Request.QueryString.Value ?? "", call).TryGet(out var criteria, out var unread))
            return FhirProblem.Of(unread);
        var (resource, unreadable) = await FhirBody.ReadAsync(context);
        if (resource is null)
            return unreadable!;
        if (resource.Type != type)
            return FhirProblem.Of(FhirRefusals.TypeDiffers);
        if (FhirBody.Check(resource, resource.Id is null ? FhirInteraction.Create : FhirInteraction.Update, [], out var remarks) is { } wrong)
            return wrong;
        if (!CitizenNames.InResource(resource, held, call, null).TryGet(out var names, out var unnamed))
            return FhirProblem.Of(unnamed);
        for (var left = MostAttempts; left > 0; left--)
        {
            if (!(await conditions.LeadAsync(call, held, criteria, names)).TryGet(out var found, out var told) && told is not null)
                return FhirProblem.Of(told);
            if (found is not null)
                return await AmendAsync(call, held, found, expected, resource, amending, remarks);
            if (Uncreatable(call, type, resource, expected) is { } refused)
                return FhirProblem.Of(refused);
            var feed = Feed.Of(resource, criteria, mustStore: true);
            var stored = await feeding.StoreAsync(feed, call);
            // What another created meanwhile is not what was sent: begin again, and change that.
            if (!stored.TryGet(out var fed, out _) || fed.Lines[0].Status == StatusCodes.Status201Created)
                return Create.Answer(call, feed, stored, remarks);
        }

        return FhirProblem.Of(FhirRefusals.VersionConflict);
    }

    /// <summary>Why nothing is created where nothing matches. With <c>If-Match</c> something had to be there (RFC 9110, 13.1.1).</summary>
    private static Refusal? Uncreatable(FhirCall call, string type, FhirResource resource, int? expected) =>
        expected is not null ? FhirRefusals.VersionConflict
        : resource.Id is not null ? FhirRefusals.ClientIds
        : !call.Holder.Scopes.Allows(type, 'c') ? FhirRefusals.ScopeInsufficient
        : null;

    private static async Task<IResult> AmendAsync(
        FhirCall call, RecordType type, StoredResource found, int? expected, FhirResource resource, Amending amending, IReadOnlyList<FhirIssue> remarks)
    {
        if (resource.Id is { } id && id != found.Id.ToString())
            return FhirProblem.Of(FhirRefusals.IdDiffers);
        var stored = await amending.AmendAsync(call, type, found.Id.ToString(), expected ?? found.Version, FhirRefusals.OnlyOwn, _ => resource);
        return stored.TryGet(out var version, out var unstored)
            ? new FhirReceipt(call.BaseUrl, StatusCodes.Status200OK, type.Type, found.Id.ToString(), version.Version, version.At, remarks) { Sent = resource }
            : FhirProblem.Of(unstored);
    }

    public static async Task<IResult> PatchAsync(string type, HttpContext context, Amending amending, Conditions conditions)
    {
        var (call, held, found, refused) = await LeadAsync(type, "patch", 'u', context, conditions);
        return refused ?? (found is null ? FhirProblem.Of(FhirRefusals.NotFound) : await Patch.PatchAsync(call!, held!, found.Id.ToString(), amending));
    }

    /// <summary>None matches: done.</summary>
    public static async Task<IResult> DeleteAsync(string type, HttpContext context, Amending amending, Conditions conditions)
    {
        var (call, held, found, refused) = await LeadAsync(type, "delete", 'd', context, conditions);
        if (refused is not null)
            return refused;
        if (found is null)
            return new Delete.Done(null);
        if (!Preconditions.IfMatch(context.Request).TryGet(out var expected, out var unmatched))
            return FhirProblem.Of(unmatched);
        var deleted = await amending.DeleteAsync(call!, held!, found.Id.ToString(), expected ?? found.Version);
        return deleted.TryGet(out var withdrawn, out var told) || told is null ? new Delete.Done(withdrawn) : FhirProblem.Of(told);
    }

    private static async Task<(FhirCall? Call, RecordType? Type, StoredResource? Found, IResult? Refused)> LeadAsync(
        string type, string interaction, char scope, HttpContext context, Conditions conditions)
    {
        if (!FhirCall.For(context, type, interaction, scope).TryGet(out var asked, out var refusal))
            return (null, null, null, FhirProblem.Of(refusal));
        if (!Criteria.Read(type, context.Request.QueryString.Value ?? "", asked.Call).TryGet(out var criteria, out var unread))
            return (null, null, null, FhirProblem.Of(unread));
        var led = await conditions.LeadAsync(asked.Call, asked.Type, criteria, []);
        return led.TryGet(out var found, out var told) || told is null ? (asked.Call, asked.Type, found, null) : (null, null, null, FhirProblem.Of(told));
    }
}
