using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;
using Sante.Kernel;
using Sante.Space.Tokens;

namespace Sante.Space;

/// <summary>One's own space at a glance.</summary>
public sealed record SpaceAnswer(
    string PatientId, string Name, string Status, DateTimeOffset? OpensAt, bool IsMinor, IReadOnlyList<PersonAnswer> Representatives,
    PersonAnswer? MedecinTraitant, IReadOnlyList<PersonAnswer> CareTeam, IReadOnlyList<PersonAnswer> TrustedPersons, OppositionBody Opposition, long AccessVersion);

/// <summary>Someone around the citizen: <paramref name="Actor"/> is a Patient.id for citizens, else <c>rpps:…</c> and so on, or null.</summary>
public sealed record PersonAnswer(string? Actor, string Name, string? Role);

/// <summary>Answer to an act on the account.</summary>
public sealed record AccountAnswer(string Status, DateTimeOffset? OpensAt, long AccessVersion);

/// <summary><c>/api/spaces/{id}</c> and <c>/account/…</c>.</summary>
internal static class AccountEndpoints
{
    public static void MapAccount(this RouteGroupBuilder space)
    {
        space.MapGet("/", (string id, HttpContext context, SpaceDoor door) =>
            door.AskAsync<IAccountGrain, Acted>(context, id, grain => grain.LookAsync(context.Actor()), acted => Show(acted, door.Now)))
            .RequireAuthorization(TokenPolicies.Citizen).WithTags("Espace").WithSummary("L'espace : état, représentants, équipe de soins, oppositions");
        Map(space, "refuse", by => new RefuseOpening(by), "Refuser l'ouverture, dans les six semaines");
        Map(space, "open", by => new OpenAccount(by), "Ouvrir sans attendre, ou après un refus");
        Map(space, "close", by => new CloseAccount(by), "Fermer l'espace ; son contenu est conservé");
        Map(space, "reopen", by => new ReopenAccount(by), "Rouvrir l'espace");
    }

    private static void Map(RouteGroupBuilder space, string act, Func<Actor, AccountCommand> command, string summary) =>
        space.MapPost($"/account/{act}", (string id, HttpContext context, SpaceDoor door) =>
            door.AskAsync<IAccountGrain, Acted>(context, id, grain => grain.ActAsync(command(context.Actor())),
                acted => new AccountAnswer(ApiWords.Word(acted.State.Account.Status), acted.State.Account.OpensAt, acted.AccessVersion)))
            .RequireAuthorization(TokenPolicies.Citizen).WithTags("Espace").WithSummary(summary);

    private static SpaceAnswer Show(Acted acted, DateTimeOffset now)
    {
        var (account, entourage, emergency) = (acted.State.Account, acted.State.Entourage, acted.State.Emergency);
        return new SpaceAnswer(
            account.Holder!.Value, account.HolderName, ApiWords.Word(account.Status), account.OpensAt, account.IsMinorAt(now),
            [.. acted.State.RepresentativesAt(now).Select(r => new PersonAnswer(r.Person.Value, r.Name, ApiWords.Word(r.Kind)))],
            entourage.MedecinTraitant is { } doctor ? Show(doctor) : null,
            [.. entourage.CareTeam.Values.Select(Show).OrderBy(p => p.Name, StringComparer.Ordinal)],
            [.. entourage.TrustedPersons.Values.Select(p => new PersonAnswer(null, p.Name, p.Contact)).OrderBy(p => p.Name, StringComparer.Ordinal)],
            new OppositionBody(emergency.OpposesBrisDeGlace, emergency.OpposesCentre15), acted.AccessVersion);
    }

    private static PersonAnswer Show(CareTeamMember member) => new(ApiWords.Segment(member.Member.Identifier), member.Member.Name, member.Role);
}
