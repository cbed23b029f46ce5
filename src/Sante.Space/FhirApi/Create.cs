using Microsoft.AspNetCore.Http;
using Sante.Fhir;
using Sante.Fhir.Check;
using Sante.Kernel;

namespace Sante.Space.FhirApi;

/// <summary>
/// <c>POST [base]/[type]</c> (http://hl7.org/fhir/R4/http.html#create); for a DocumentReference with its content inside, PDSm ITI-105. Sent again
/// under the same identifier it answers as the first time, without a body.
/// </summary>
internal static class Create
{
    public static async Task<IResult> HandleAsync(string type, HttpContext context, Feeding feeding)
    {
        if (!FhirCall.For(context, type, "create", 'c').TryGet(out var asked, out var refusal))
            return FhirProblem.Of(refusal);
        if (context.Request.Headers["If-None-Exist"].Count > 0)
            return FhirProblem.Of(FhirRefusals.ConditionNotSupported);
        var (resource, unread) = await FhirBody.ReadAsync(context);
        if (resource is null)
            return unread!;
        if (resource.Type != type)
            return FhirProblem.Of(FhirRefusals.TypeDiffers);
        if (FhirBody.Check(resource, FhirInteraction.Create, [], out var remarks) is { } wrong)
            return wrong;
        var feed = Feed.Of(resource);
        var stored = await feeding.StoreAsync(feed, asked.Call);
        return stored.TryGet(out var fed, out var told) ? Answer(asked.Call, feed, fed, remarks) : FhirProblem.Of(told);
    }

    private static FhirReceipt Answer(FhirCall call, Feed feed, Fed fed, IReadOnlyList<FhirIssue> remarks)
    {
        var line = fed.Lines[0];
        return new FhirReceipt(call.BaseUrl, StatusCodes.Status201Created, line.Type, line.Id, 1, fed.At, remarks)
        {
            Sent = fed.At is null ? null : feed.Entries[0].Final,
        };
    }
}
