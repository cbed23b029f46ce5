using Microsoft.AspNetCore.Http;
using Sante.Fhir;
using Sante.Fhir.Bundles;
using Sante.Kernel;

namespace Sante.Space.FhirApi;

/// <summary>An OperationOutcome that refuses. Carries nothing of the store: it needs no permit.</summary>
internal sealed class FhirProblem : IResult
{
    private readonly int status;
    private readonly byte[] body;

    private FhirProblem(int status, byte[] body) => (this.status, this.body) = (status, body);

    public static IResult Of(Refusal refusal) => new FhirProblem(FhirRefusals.StatusOf(refusal), OperationOutcomes.Write(refusal));

    /// <summary>Findings on a body; those that do not refuse are shown beside.</summary>
    public static IResult Of(IReadOnlyList<FhirIssue> issues) => new FhirProblem(OperationOutcomes.StatusOf(issues), OperationOutcomes.Write(issues));

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        if (status == StatusCodes.Status503ServiceUnavailable)
            response.Headers.RetryAfter = "2";
        response.ContentType = FhirMedia.Json;
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, httpContext.RequestAborted);
    }
}
