using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;
using Sante.Kernel;
using Sante.Space.Tokens;

namespace Sante.Space;

/// <summary>An editor's user to tie to the space: idPE under the editor's OID (<c>urn:oid:…</c>), and the categories it may read and write.</summary>
public sealed record PairingBody(string? Name, string? Idpe, string? IdpeSystem, IReadOnlyList<string>? Read, IReadOnlyList<string>? Write);

/// <summary>One tie in force.</summary>
public sealed record PairingAnswer(Guid Id, string ClientId, string Name, string IdpeSystem, IReadOnlyList<string> Read, IReadOnlyList<string> Write, DateTimeOffset At);

/// <summary>All ties of a space.</summary>
public sealed record PairingsAnswer(IReadOnlyList<PairingAnswer> Pairings, long AccessVersion);

/// <summary><c>/pairings</c>.</summary>
internal static class PairingEndpoints
{
    public static void MapPairing(this RouteGroupBuilder space)
    {
        var pairings = space.MapGroup("/pairings").RequireAuthorization(TokenPolicies.Citizen).WithTags("Applications");
        pairings.MapGet("/", (string id, HttpContext context, SpaceDoor door) =>
            door.AskAsync<IAccountGrain, Acted>(context, id, grain => grain.LookAsync(context.Actor()), Show)).WithSummary("Applications et objets reliés");
        pairings.MapPut("/{clientId}", PairAsync).WithSummary("Relier une application ou un objet");
        pairings.MapDelete("/{clientId}", (string id, string clientId, HttpContext context, SpaceDoor door) =>
            door.ActAsync<IPairingGrain>(context, id, grain => grain.ActAsync(
                new EndPairing(new ActorIdentifier(ActorIdentifier.ClientSystem, clientId), context.Actor()))))
            .WithSummary("Couper le lien : rien n'est plus accepté de cette application");
    }

    private static async Task<IResult> PairAsync(string id, string clientId, PairingBody body, HttpContext context, SpaceDoor door, SpacePairings ties)
    {
        var asked = ApiWords.Actor($"client:{clientId}", body.Name).Then(editor => ApiWords.Flags<Categories>(body.Read).Then(read =>
            ApiWords.Flags<Categories>(body.Write).Then<Pair>(write =>
                new Pair(Guid.NewGuid(), editor, body.IdpeSystem ?? "", body.Idpe ?? "", read, write, context.Actor()))));
        if (!asked.TryGet(out var command, out var wrong))
        {
            return wrong.ToProblem();
        }

        if (!(await door.FindAsync(id, context.RequestAborted)).TryGet(out var space, out var unknown))
        {
            return unknown.ToProblem();
        }

        var outcome = await ties.PairAsync(space, command, context.RequestAborted);
        return outcome.TryGet(out var acted, out var refusal) ? Results.Ok(new ActAnswer(acted.AccessVersion)) : refusal.ToProblem();
    }

    private static PairingsAnswer Show(Acted acted) => new(
        [.. acted.State.Pairing.ByEditor.Values.OrderBy(p => p.Editor.Name, StringComparer.Ordinal).Select(p => new PairingAnswer(
            p.Id, p.Editor.Identifier.Value, p.Editor.Name, p.IdPeSystem, ApiWords.Words(p.Read), ApiWords.Words(p.Write), p.At))],
        acted.AccessVersion);
}
