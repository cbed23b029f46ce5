using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;
using Sante.Space.Tokens;

namespace Sante.Space;

/// <summary>Whether a document is hidden from professionals.</summary>
public sealed record VisibilityBody(bool Hidden);

/// <summary><c>/documents/{documentId}/visibility</c>.</summary>
internal static class VisibilityEndpoints
{
    public static void MapVisibility(this RouteGroupBuilder space) =>
        space.MapPut("/documents/{documentId}/visibility", (string id, string documentId, VisibilityBody body, HttpContext context, SpaceDoor door) =>
            door.ActAsync<IVisibilityGrain>(context, id, grain => grain.ActAsync(
                body.Hidden ? new HideDocument(documentId, context.Actor()) : new ShowDocument(documentId, context.Actor()))))
            .RequireAuthorization(TokenPolicies.Citizen).WithTags("Documents")
            .WithSummary("Masquer un document aux professionnels, ou le montrer ; son auteur et le médecin traitant le voient toujours");
}
