using Microsoft.AspNetCore.Http;
using Sante.Fhir;
using Sante.Fhir.Bundles;
using Sante.Kernel;

namespace Sante.Space.FhirApi;

/// <summary>An OperationOutcome that refuses, or that answers a question about the caller's own body. Carries nothing of the store: it needs no permit.</summary>
internal sealed class FhirProblem : IResult
{
    private readonly int status;
    private readonly byte[] body;

    private FhirProblem(int status, byte[] body) => (this.status, this.body) = (status, body);

    public static IResult Of(Refusal refusal) => new FhirProblem(FhirRefusals.StatusOf(refusal), OperationOutcomes.Write(refusal));

    /// <summary>Findings on a body; those that do not refuse are shown beside.</summary>
    public static IResult Of(IReadOnlyList<FhirIssue> issues) => new FhirProblem(OperationOutcomes.StatusOf(issues), OperationOutcomes.Write(issues));

    /// <summary>The same with a status that does not follow from the findings (of <c>$validate</c>, always 200).</summary>
    public static IResult Of(int status, IReadOnlyList<FhirIssue> issues) => new FhirProblem(status, OperationOutcomes.Write(issues));

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (status == StatusCodes.Status503ServiceUnavailable)
            response.Headers.RetryAfter = "2";
        var sent = PrettyJson.IsAsked(httpContext.Request) ? PrettyJson.Of(body) : body;
        response.ContentType = FhirMedia.Json;
        response.ContentLength = sent.Length;
        if (!HttpMethods.IsHead(httpContext.Request.Method))
            await response.Body.WriteAsync(sent, httpContext.RequestAborted);
    }
}
