using Sante.Fhir.Bundles;
using Sante.Fhir;
using Sante.ServiceDefaults.Web;

namespace Sante.Api;

/// <summary>Below <c>/fhir</c> and <c>/workbench</c> the host's own problems (404, 413, lost database) are OperationOutcomes too.</summary>
internal sealed class FhirProblems : IProblemShape
{
    public bool Serves(HttpContext context) => context.Request.Path.StartsWithSegments("/fhir") || context.Request.Path.StartsWithSegments("/workbench");

    public async Task WriteAsync(HttpContext context, Problem problem)
    {
        var type = problem.Status switch
        {
            404 => "not-found",
            405 or 415 => "not-supported",
            413 => "too-long",
            429 => "throttled",
            503 => "transient",
            >= 500 => "exception",
            _ => "invalid",
        };
        context.Response.ContentType = "application/fhir+json; fhirVersion=4.0";
        await context.Response.Body.WriteAsync(
            OperationOutcomes.Write([new FhirIssue(FhirSeverity.Error, type, problem.Code, null, problem.Detail ?? problem.Title)]), context.RequestAborted);
    }
}
