using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Sante.Space.FhirApi;

/// <summary>
/// <c>DELETE [base]/[type]/[id]</c> (http://hl7.org/fhir/R4/http.html#delete): who fed a resource withdraws it. Nothing is destroyed: a last version says so, the
/// others stay in its history, a read is 410 to whom it was shown (record 0072). What is not the caller's own, or never was, is one answer, 403
/// <c>only-own-deposits</c>. Repeated it changes nothing.
/// </summary>
internal static class Delete
{
    public static async Task<IResult> HandleAsync(string type, string id, HttpContext context, Amending amending)
    {
        if (!FhirCall.For(context, type, "delete", 'd').TryGet(out var asked, out var refusal))
            return FhirProblem.Of(refusal);
        if (!Preconditions.IfMatch(context.Request).TryGet(out var expected, out var unmatched))
            return FhirProblem.Of(unmatched);
        return (await amending.DeleteAsync(asked.Call, asked.Type, id, expected)).TryGet(out var withdrawn, out var told) || told is null
            ? new Done(withdrawn) : FhirProblem.Of(told);
    }

    /// <summary>204, with the version that says that it is withdrawn; without one when that was so before.</summary>
    internal sealed class Done(Amended? withdrawn) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status204NoContent;
            httpContext.Response.Headers.CacheControl = "no-store";
            if (withdrawn is { } version)
                httpContext.Response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"W/\"{version.Version}\"");
            return Task.CompletedTask;
        }
    }
}
