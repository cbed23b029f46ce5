using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;
using Sante.Kernel;
using Sante.Space.Tokens;

namespace Sante.Space;

/// <summary>A professional or structure, <c>rpps:…</c> or <c>finess:…</c>, with its name and, in the care team, its part in it.</summary>
public sealed record CarerBody(string? Actor, string? Name, string? Role);

/// <summary>How to reach a trusted person.</summary>
public sealed record ContactBody(string? Contact);

/// <summary><c>/entourage/…</c>.</summary>
internal static class EntourageEndpoints
{
    public static void MapEntourage(this RouteGroupBuilder space)
    {
        var entourage = space.MapGroup("/entourage").RequireAuthorization(TokenPolicies.Citizen).WithTags("Entourage");
        entourage.MapPut("/medecin-traitant", (string id, CarerBody body, HttpContext context, SpaceDoor door) =>
            Act(door, context, id, ApiWords.Actor(body.Actor ?? "", body.Name).Then<EntourageCommand>(doctor => new DeclareMedecinTraitant(doctor, context.Actor()))))
            .WithSummary("Déclarer le médecin traitant : il voit aussi ce qui est masqué aux autres");
        entourage.MapDelete("/medecin-traitant", (string id, HttpContext context, SpaceDoor door) =>
            Act(door, context, id, new EndMedecinTraitant(context.Actor()))).WithSummary("Ne plus avoir ce médecin traitant");
        entourage.MapPut("/care-team/{actor}", (string id, string actor, CarerBody body, HttpContext context, SpaceDoor door) =>
            Act(door, context, id, ApiWords.Actor(actor, body.Name).Then<EntourageCommand>(
                member => new AddCareTeamMember(member, body.Role ?? "Équipe de soins", context.Actor())))).WithSummary("Ajouter à l'équipe de soins");
        entourage.MapDelete("/care-team/{actor}", (string id, string actor, HttpContext context, SpaceDoor door) =>
            Act(door, context, id, ApiWords.Actor(actor, null).Then<EntourageCommand>(member => new RemoveCareTeamMember(member.Identifier, context.Actor()))))
            .WithSummary("Retirer de l'équipe de soins");
        entourage.MapPut("/trusted-persons/{name}", (string id, string name, ContactBody body, HttpContext context, SpaceDoor door) =>
            Act(door, context, id, new NameTrustedPerson(name, body.Contact, context.Actor()))).WithSummary("Désigner une personne de confiance");
        entourage.MapDelete("/trusted-persons/{name}", (string id, string name, HttpContext context, SpaceDoor door) =>
            Act(door, context, id, new RemoveTrustedPerson(name, context.Actor()))).WithSummary("Retirer une personne de confiance");
    }

    private static Task<IResult> Act(SpaceDoor door, HttpContext context, string id, Outcome<EntourageCommand> asked) =>
        asked.TryGet(out var command, out var wrong)
            ? door.ActAsync<IEntourageGrain>(context, id, grain => grain.ActAsync(command))
            : Task.FromResult(wrong.ToProblem());
}
