using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;
using Sante.Foundations;
using Sante.Foundations.Identities;
using Sante.Kernel;
using Sante.Space.Tokens;

namespace Sante.Space;

/// <summary>A bris de glace: the patient by INS (matricule and <c>urn:oid:…</c>), the reason and the place, both needed.</summary>
public sealed record EmergencyBody(string? Ins, string? InsSystem, string? Reason, string? Place);

/// <summary>A bris de glace that runs.</summary>
public sealed record EmergencyAnswer(Guid EmergencyId, string PatientId, DateTimeOffset EndsAt);

/// <summary>What the holder's side opposes in advance.</summary>
public sealed record OppositionBody(bool BrisDeGlace, bool Centre15);

/// <summary><c>/api/emergencies</c> and <c>/emergency/opposition</c>.</summary>
internal static class EmergencyEndpoints
{
    public static void MapEmergency(this IEndpointRouteBuilder routes, RouteGroupBuilder space)
    {
        routes.MapPost("/api/emergencies", BreakAsync).RequireAuthorization(TokenPolicies.Professional)
            .WithTags("Urgence").WithSummary("Bris de glace : motif et lieu obligatoires, quatre heures au plus, le titulaire et ses proches sont avertis");
        routes.MapDelete("/api/emergencies/{patientId}/{emergencyId:guid}", CloseAsync)
            .RequireAuthorization(TokenPolicies.AnyActor).WithTags("Urgence").WithSummary("Mettre fin à un accès en urgence");
        space.MapPut("/emergency/opposition", (string id, OppositionBody body, HttpContext context, SpaceDoor door) =>
            door.ActAsync<IEmergencyGrain>(context, id, grain => grain.OpposeAsync(new SetEmergencyOpposition(body.BrisDeGlace, body.Centre15, context.Actor()))))
            .RequireAuthorization(TokenPolicies.Citizen).WithTags("Urgence").WithSummary("S'opposer d'avance au bris de glace, à l'accès du SAMU");
    }

    private static async Task<IResult> BreakAsync(EmergencyBody body, HttpContext context, SpaceDoor door, IInsLookup identities, InsOptions options, Ledger.Ledger ledger)
    {
        if (Emergencies.Check(body.Reason ?? "", body.Place ?? "") is { } unsaid)
        {
            return unsaid.ToProblem();
        }

        if (!Ins.TryParse(body.Ins, body.InsSystem, options.Environment).TryGet(out var ins, out var malformed))
        {
            return malformed.ToProblem();
        }

        var by = context.Actor();
        if (await identities.FindSpaceAsync(ins, context.RequestAborted) is not { } space)
        {
            // Whether an identity has a space is not for the caller: the same answer and the like work, noted in the caller's own log.
            return (await NoteMissAsync(by, door, ledger, context.RequestAborted) ?? AccessRefusals.NotAuthorised).ToProblem();
        }

        var begun = await door.Grain<IEmergencyGrain>(space).BreakAsync(new BreakGlass(Guid.NewGuid(), body.Reason!, body.Place!, by));
        return begun.TryGet(out var emergency, out var refusal)
            ? Results.Created($"/api/emergencies/{emergency.PatientId}/{emergency.Emergency.Id}",
                new EmergencyAnswer(emergency.Emergency.Id, emergency.PatientId, emergency.Emergency.EndsAt))
            : refusal.ToProblem();
    }

    /// <summary>An id in a URL: forged, foreign and without a bris de glace of the caller's are one answer and the like work (house §6).</summary>
    private static async Task<IResult> CloseAsync(string patientId, Guid emergencyId, HttpContext context, SpaceDoor door, Ledger.Ledger ledger)
    {
        var by = context.Actor();
        if (!(await door.FindAsync(patientId, context.RequestAborted)).TryGet(out var space, out var unknown))
        {
            return (await NoteMissAsync(by, door, ledger, context.RequestAborted) ?? unknown).ToProblem();
        }

        var closed = await door.Grain<IEmergencyGrain>(space).CloseAsync(new CloseEmergency(emergencyId, by));
        return closed.TryGet(out var acted, out var refusal) ? Results.Ok(new ActAnswer(acted.AccessVersion))
            : (refusal.Kind == RefusalKind.Forbidden ? AccessRefusals.SpaceUnknown : refusal).ToProblem();
    }

    /// <summary>A miss stays in the caller's own log. Null when it is durable.</summary>
    private static async Task<Refusal?> NoteMissAsync(Actor by, SpaceDoor door, Ledger.Ledger ledger, CancellationToken cancel)
    {
        var own = await ledger.ActorSpaceAsync(by.Identifier, cancel);
        return (await door.Grain<ITraceGrain>(own).NoteMissAsync(by, AccessMode.BrisDeGlace)).Refusal;
    }
}
