using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;
using Sante.Kernel;
using Sante.Space.Tokens;

namespace Sante.Space;

/// <summary>Who calls, and for whom he may act.</summary>
public sealed record MeAnswer(MeActor Actor, string? PatientId, IReadOnlyList<Represented> Represents);

/// <summary>The actor of the token.</summary>
public sealed record MeActor(string Kind, string Identifier, string Name, string? Structure, string? Client);

/// <summary>What belongs to the caller and to no space: <c>/api/me</c>, <c>/api/notices</c>.</summary>
internal static class OwnEndpoints
{
    private const int MostNotices = 50;

    public static void MapOwn(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/me", MeAsync).RequireAuthorization(TokenPolicies.AnyActor).WithTags("Moi").WithSummary("Qui je suis et pour qui je peux agir");
        routes.MapGet("/api/notices", NoticesAsync).RequireAuthorization(TokenPolicies.AnyActor).WithTags("Moi").WithSummary("Mes propres avis");
    }

    private static async Task<IResult> MeAsync(HttpContext context, SpaceDoor door, EntourageView entourage)
    {
        var actor = context.Actor();
        var isCitizen = actor.Identifier.System == ActorIdentifier.PatientSystem;
        var represents = new List<Represented>();
        foreach (var space in isCitizen ? await entourage.SpacesAsync(actor.Identifier, context.RequestAborted) : [])
        {
            if (!(await door.Grain<IEntourageGrain>(space).RepresentedByAsync(actor.Identifier)).TryGet(out var represented, out var refusal))
            {
                if (refusal.Kind == RefusalKind.Unavailable)
                {
                    return refusal.ToProblem();
                }
            }
            else if (represented is not null)
            {
                represents.Add(represented);
            }
        }

        return Results.Ok(new MeAnswer(
            new MeActor(ApiWords.Word(actor.Kind), ApiWords.Segment(actor.Identifier), actor.Name, actor.Structure?.Name, actor.Client),
            isCitizen ? actor.Identifier.Value : null, represents));
    }

    private static async Task<IResult> NoticesAsync(HttpContext context, SpaceDoor door, Ledger.Ledger ledger)
    {
        var actor = context.Actor();
        if (actor.Identifier.System == ActorIdentifier.PatientSystem)
        {
            return await door.AskAsync<ITraceGrain, NoticesDisclosed>(
                context, actor.Identifier.Value, grain => grain.ReadNoticesAsync(actor, MostNotices), TraceEndpoints.Show);
        }

        var own = await ledger.ActorSpaceAsync(actor.Identifier, context.RequestAborted);
        var outcome = await door.Grain<ITraceGrain>(own).ReadOwnLogAsync(actor, MostNotices);
        return outcome.TryGet(out var disclosed, out var refusal) ? Results.Ok(TraceEndpoints.Show(disclosed)) : refusal.ToProblem();
    }
}
