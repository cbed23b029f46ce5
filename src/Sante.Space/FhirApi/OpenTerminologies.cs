using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sante.Ledger;
using Sante.Space.Workbench;

namespace Sante.Space.FhirApi;

/// <summary>
/// Terminologies as commons, beside the directories: <c>/directory/fhir/ValueSet/$expand</c>, <c>$validate-code</c>, <c>CodeSystem/$lookup</c>, <c>$subsumes</c> over the
/// code systems and value sets of FHIR and of the French guides. Public, no token asked; nothing of a citizen is looked at.
/// </summary>
internal static class OpenTerminologies
{
    private const string Root = "/directory/fhir";

    public static void MapTerminologies(this IEndpointRouteBuilder app)
    {
        foreach (var operation in TerminologyRequests.All)
            app.MapMethods($"{Root}/{operation.Type}/${operation.Name}", [HttpMethods.Get, HttpMethods.Post], (HttpContext context, World world) => AnswerAsync(operation, context, world))
                .AllowAnonymous().WithTags("Terminologies");
    }

    private static async Task<IResult> AnswerAsync(TerminologyOperation operation, HttpContext context, World world)
    {
        if (!FhirMedia.IsAcceptable(context.Request))
            return FhirProblem.Of(FhirRefusals.NotAcceptable);
        var (input, unread) = await OperationInput.ReadAsync(context, QueryText.Read(context.Request.QueryString.Value));
        if (input is null)
            return unread!;
        return TerminologyRequests.Answer(operation, input, null, world.PlatformNow, Guid.CreateVersion7()).TryGet(out var answer, out var refusal)
            ? Results.Bytes(answer, FhirMedia.Json) : FhirProblem.Of(refusal);
    }
}
