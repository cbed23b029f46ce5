using Microsoft.AspNetCore.Http;
using Sante.Fhir;
using Sante.Fhir.Check;
using Sante.Kernel;

namespace Sante.Space.FhirApi;

/// <summary>
/// <c>POST [base]/[type]</c> (http://hl7.org/fhir/R4/http.html#create); for a DocumentReference with its content inside, PDSm ITI-105. Sent again
/// under the same identifier it answers as the first time, without a body. With <c>If-None-Exist</c> it creates nothing when the caller fed a match before: 200
/// and the address of that.
/// </summary>
internal static class Create
{
    public static async Task<IResult> HandleAsync(string type, HttpContext context, Feeding feeding)
    {
        if (!FhirCall.For(context, type, "create", 'c').TryGet(out var asked, out var refusal))
            return FhirProblem.Of(refusal);
        Criteria? criteria = null;
        if (!Preconditions.IfNoneExist(context.Request).TryGet(out var condition, out var empty) && empty is not null)
            return FhirProblem.Of(empty);
        if (condition is not null && !Criteria.Read(type, condition, asked.Call).TryGet(out criteria, out var unread))
            return FhirProblem.Of(unread);
        var (resource, unreadable) = await FhirBody.ReadAsync(context);
        if (resource is null)
            return unreadable!;
        if (resource.Type != type)
            return FhirProblem.Of(FhirRefusals.TypeDiffers);
        if (FhirBody.Check(resource, FhirInteraction.Create, [], out var remarks) is { } wrong)
            return wrong;
        var feed = Feed.Of(resource, criteria);
        return Answer(asked.Call, feed, await feeding.StoreAsync(feed, asked.Call), remarks);
    }

    /// <summary>What became of the one resource of <paramref name="feed"/>.</summary>
    internal static IResult Answer(FhirCall call, Feed feed, Outcome<Fed> stored, IReadOnlyList<FhirIssue> remarks)
    {
        if (!stored.TryGet(out var fed, out var told))
            return FhirProblem.Of(told);
        var line = fed.Lines[0];
        return new FhirReceipt(call.BaseUrl, line.Status, line.Type, line.Id, line.Version, fed.At, remarks)
        {
            // What was found is not what was sent: nothing of it is in the answer but its address.
            Sent = fed.At is null || line.Status != StatusCodes.Status201Created ? null : feed.Entries[0].Final,
        };
    }
}
