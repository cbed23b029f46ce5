using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;
using Sante.Kernel;
using Sante.Space.Tokens;

namespace Sante.Space;

/// <summary>
/// A consent to grant or to narrow to. Words: booklet, documents, measures, prescriptions, messages; prevention, diagnosis, care, follow-up.
/// Civil dates of Paris, both included. <paramref name="Name"/> is what people read in the trace.
/// </summary>
public sealed record ConsentBody(
    string? Name, IReadOnlyList<string>? Read, IReadOnlyList<string>? Write, IReadOnlyList<string>? Purposes, DateOnly? FromOn, DateOnly? UntilOn);

/// <summary>One consent as it stands; <paramref name="End"/> is revoked, expired or blocked when it is over.</summary>
public sealed record ConsentAnswer(
    Guid? Id, string Actor, string Kind, string Name, IReadOnlyList<string> Read, IReadOnlyList<string> Write, IReadOnlyList<string> Purposes,
    DateOnly FromOn, DateOnly? UntilOn, DateTimeOffset GrantedAt, string GrantedBy, string? End);

/// <summary>All consents of a space, with the access version they belong to.</summary>
public sealed record ConsentsAnswer(IReadOnlyList<ConsentAnswer> Consents, long AccessVersion);

/// <summary>Whom to block, as people read it.</summary>
public sealed record NameBody(string? Name);

/// <summary>One blocked actor.</summary>
public sealed record BlockAnswer(string Actor, string Name, DateTimeOffset At, string By);

/// <summary>All blocks of a space.</summary>
public sealed record BlocksAnswer(IReadOnlyList<BlockAnswer> Blocks, long AccessVersion);

/// <summary><c>/consents</c> and <c>/blocks</c>.</summary>
internal static class ConsentEndpoints
{
    public static void MapConsent(this RouteGroupBuilder space)
    {
        var consents = space.MapGroup("/consents").RequireAuthorization(TokenPolicies.Citizen).WithTags("Accords");
        consents.MapGet("/", (string id, HttpContext context, SpaceDoor door) =>
            door.AskAsync<IAccountGrain, Acted>(context, id, grain => grain.LookAsync(context.Actor()), Show)).WithSummary("Qui est autorisé");
        consents.MapPut("/{actor}", (string id, string actor, ConsentBody body, HttpContext context, SpaceDoor door) =>
            Act(door, context, id, Granting(actor, body, context.Actor()))).WithSummary("Autoriser un professionnel, une structure ou une application");
        consents.MapPatch("/{actor}", (string id, string actor, ConsentBody body, HttpContext context, SpaceDoor door) =>
            Act(door, context, id, Narrowing(actor, body, context.Actor()))).WithSummary("Restreindre un accord");
        consents.MapDelete("/{actor}", (string id, string actor, HttpContext context, SpaceDoor door) =>
            Act(door, context, id, ApiWords.Actor(actor, null).Then<ConsentCommand>(grantee => new RevokeConsent(grantee, context.Actor()))))
            .WithSummary("Retirer son accord : tout ce qui est demandé après la réponse est refusé");

        var blocks = space.MapGroup("/blocks").RequireAuthorization(TokenPolicies.Citizen).WithTags("Accords");
        blocks.MapGet("/", (string id, HttpContext context, SpaceDoor door) =>
            door.AskAsync<IAccountGrain, Acted>(context, id, grain => grain.LookAsync(context.Actor()), ShowBlocks)).WithSummary("Qui est bloqué");
        blocks.MapPut("/{actor}", (string id, string actor, NameBody body, HttpContext context, SpaceDoor door) =>
            Act(door, context, id, ApiWords.Actor(actor, body.Name).Then<ConsentCommand>(grantee => new BlockActor(grantee, context.Actor()))))
            .WithSummary("Bloquer : refusé dans tous les modes, urgence comprise");
        blocks.MapDelete("/{actor}", (string id, string actor, HttpContext context, SpaceDoor door) =>
            Act(door, context, id, ApiWords.Actor(actor, null).Then<ConsentCommand>(grantee => new UnblockActor(grantee.Identifier, context.Actor()))))
            .WithSummary("Débloquer, sans autoriser");
    }

    private static Task<IResult> Act(SpaceDoor door, HttpContext context, string id, Outcome<ConsentCommand> asked) =>
        asked.TryGet(out var command, out var wrong)
            ? door.ActAsync<IConsentGrain>(context, id, grain => grain.ActAsync(command))
            : Task.FromResult(wrong.ToProblem());

    private static Outcome<ConsentCommand> Granting(string actor, ConsentBody body, Actor by) =>
        ApiWords.Actor(actor, body.Name).Then(grantee => ApiWords.Flags<Categories>(body.Read).Then(read => ApiWords.Flags<Categories>(body.Write).Then(write =>
            ApiWords.Flags<Purposes>(body.Purposes).Then<ConsentCommand>(purposes =>
                new GrantConsent(Guid.NewGuid(), grantee, read, write, purposes, body.FromOn, body.UntilOn, by)))));

    private static Outcome<ConsentCommand> Narrowing(string actor, ConsentBody body, Actor by) =>
        ApiWords.Actor(actor, body.Name).Then(grantee => ApiWords.Flags<Categories>(body.Read).Then(read => ApiWords.Flags<Categories>(body.Write).Then(write =>
            ApiWords.Flags<Purposes>(body.Purposes).Then<ConsentCommand>(purposes =>
                new NarrowConsent(grantee.Identifier, read, write, purposes, body.UntilOn, by)))));

    private static ConsentsAnswer Show(Acted acted) => new(
        [.. acted.State.Consent.ByGrantee.Values.OrderBy(c => c.Grantee.Name, StringComparer.Ordinal).Select(c => new ConsentAnswer(
            c.Id, ApiWords.Segment(c.Grantee.Identifier), ApiWords.Word(c.Grantee.Kind), c.Grantee.Name, ApiWords.Words(c.Read), ApiWords.Words(c.Write),
            ApiWords.Words(c.Purposes), c.FromOn, c.UntilOn, c.GrantedAt, c.GrantedBy.Name, c.End is { } end ? ApiWords.Word(end) : null))],
        acted.AccessVersion);

    private static BlocksAnswer ShowBlocks(Acted acted) => new(
        [.. acted.State.Consent.Blocked.Values.OrderBy(b => b.Grantee.Name, StringComparer.Ordinal)
            .Select(b => new BlockAnswer(ApiWords.Segment(b.Grantee.Identifier), b.Grantee.Name, b.At, b.By.Name))],
        acted.AccessVersion);
}
