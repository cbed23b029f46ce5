using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;
using Sante.Kernel;
using Sante.Space.Tokens;

namespace Sante.Space;

/// <summary>Whether a document is hidden from professionals.</summary>
public sealed record VisibilityBody(bool Hidden);

/// <summary><c>/documents/{documentId}/visibility</c>.</summary>
internal static class VisibilityEndpoints
{
    /// <summary>A professional reveals a document: the space is found by the document.</summary>
    public static void MapReveal(this IEndpointRouteBuilder routes)
    {
        Map("patient", (document, by) => new RevealToPatient(document, by), "Le patient a été informé : le document lui devient visible");
        Map("representatives", (document, by) => new RevealToRepresentatives(document, by), "Montrer un document d'un mineur à ses représentants, sans retour");

        void Map(string to, Func<string, Actor, VisibilityCommand> command, string summary) =>
            routes.MapPost($"/api/documents/{{documentId}}/reveal/{to}", (string documentId, HttpContext context, SpaceDoor door) =>
                RevealAsync(context, door, documentId, command(documentId, context.Actor())))
                .RequireAuthorization(TokenPolicies.Professional).WithTags("Documents").WithSummary(summary);
    }

    /// <summary>A foreign, forged or hidden id: one answer (house §6).</summary>
    private static async Task<IResult> RevealAsync(HttpContext context, SpaceDoor door, string documentId, VisibilityCommand command)
    {
        if (!(await door.FindByDocumentAsync(documentId, context.RequestAborted)).TryGet(out var space, out var unknown))
        {
            return unknown.ToProblem();
        }

        var outcome = await door.Grain<IVisibilityGrain>(space).RevealAsync(command);
        return outcome.TryGet(out var acted, out var refusal) ? Results.Ok(new ActAnswer(acted.AccessVersion))
            : (refusal.Kind == RefusalKind.Forbidden ? DocumentRefusals.Unknown : refusal).ToProblem();
    }

    public static void MapVisibility(this RouteGroupBuilder space) =>
        space.MapPut("/documents/{documentId}/visibility", (string id, string documentId, VisibilityBody body, HttpContext context, SpaceDoor door) =>
            door.ActAsync<IVisibilityGrain>(context, id, grain => grain.ActAsync(
                body.Hidden ? new HideDocument(documentId, context.Actor()) : new ShowDocument(documentId, context.Actor()))))
            .RequireAuthorization(TokenPolicies.Citizen).WithTags("Documents")
            .WithSummary("Masquer un document aux professionnels, ou le montrer ; son auteur et le médecin traitant le voient toujours");
}
