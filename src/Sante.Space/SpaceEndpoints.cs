using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Sante.Kernel;
using Sante.Ledger;
using Sante.Space.Tokens;

namespace Sante.Space;

/// <summary>The acts on a space under <c>/api</c>, slice by slice.</summary>
public static class SpaceEndpoints
{
    public static IEndpointRouteBuilder MapSpaceApi(this IEndpointRouteBuilder routes)
    {
        var space = routes.MapGroup("/api/spaces/{id}").RequireAuthorization(TokenPolicies.Citizen);
        space.MapAccount();
        space.MapConsent();
        space.MapEntourage();
        space.MapVisibility();
        space.MapPairing();
        space.MapAgenda();
        space.MapTrace();
        routes.MapEmergency(space);
        routes.MapReveal();
        routes.MapOwn();
        return routes;
    }
}

/// <summary>From the id in a URL to the grain of its space, and from its outcome to an answer.</summary>
public sealed class SpaceDoor(Ledger.Ledger ledger, IGrainFactory grains)
{
    /// <summary>Platform time, for what is shown.</summary>
    public DateTimeOffset Now => ledger.World.PlatformNow;

    /// <summary>The space of a Patient.id. Refusal <c>space-unknown</c>, whatever is wrong with the id.</summary>
    public async Task<Outcome<SpaceId>> FindAsync(string id, CancellationToken cancel) =>
        RecordId.TryParse(id).TryGet(out var parsed, out _) && await ledger.Resources.FindSpaceAsync(SpaceIds.StoredId(parsed), "Patient", cancel) is { } space
            ? space
            : AccessRefusals.SpaceUnknown;

    /// <summary>The space that a document's id leads to. Refusal <c>not-found</c>, whatever is wrong with the id.</summary>
    public async Task<Outcome<SpaceId>> FindByDocumentAsync(string documentId, CancellationToken cancel) =>
        RecordId.TryParse(documentId).TryGet(out var parsed, out _) && await ledger.Resources.FindSpaceAsync(SpaceIds.StoredId(parsed), "DocumentReference", cancel) is { } space
            ? space
            : DocumentRefusals.Unknown;

    /// <summary>Opens the space, acts, answers 200 with what <paramref name="show"/> makes of it, or the problem of the refusal.</summary>
    public async Task<IResult> AskAsync<TGrain, T>(
        HttpContext context, string id, Func<TGrain, Task<Outcome<T>>> act, Func<T, object> show)
        where TGrain : IGrainWithGuidKey
    {
        if (!(await FindAsync(id, context.RequestAborted)).TryGet(out var space, out var unknown))
        {
            return unknown.ToProblem();
        }

        var outcome = await act(grains.GetGrain<TGrain>(space.Value));
        return outcome.TryGet(out var value, out var refusal) ? Results.Ok(show(value)) : refusal.ToProblem();
    }

    /// <summary>An act of the holder's side; the answer carries the access version from which later requests are decided.</summary>
    public Task<IResult> ActAsync<TGrain>(HttpContext context, string id, Func<TGrain, Task<Outcome<Acted>>> act)
        where TGrain : IGrainWithGuidKey =>
        AskAsync(context, id, act, acted => new ActAnswer(acted.AccessVersion));

    public TGrain Grain<TGrain>(SpaceId space)
        where TGrain : IGrainWithGuidKey => grains.GetGrain<TGrain>(space.Value);
}

/// <summary>Facts outside every space, asked where no space decides.</summary>
public static class CallerBars
{
    /// <summary>Whether the caller is shut out everywhere: struck off, suspended, cut (<see cref="WorldFacts"/>), as this host has heard.</summary>
    public static bool IsBarred(this HttpContext context) =>
        WorldFacts.BarOf(context.Actor(), context.RequestServices.GetRequiredService<World>().Holds) is not null;
}

/// <summary>Answer to an act: done, and from which access version on.</summary>
public sealed record ActAnswer(long AccessVersion);

/// <summary>The one mapping of refusals to problems (RFC 9457) under <c>/api</c>.</summary>
public static class RefusalProblems
{
    /// <summary>Seconds after which a call that met lost infrastructure may be repeated.</summary>
    private const int RetryAfterSeconds = 2;

    /// <summary>Status of a kind: Invalid 422, Forbidden 403, Unknown 404, Conflict 409, Unavailable 503.</summary>
    public static int StatusOf(RefusalKind kind) => kind switch
    {
        RefusalKind.Invalid => StatusCodes.Status422UnprocessableEntity,
        RefusalKind.Forbidden => StatusCodes.Status403Forbidden,
        RefusalKind.Unknown => StatusCodes.Status404NotFound,
        RefusalKind.Conflict => StatusCodes.Status409Conflict,
        RefusalKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    public static IResult ToProblem(this Refusal refusal)
    {
        var problem = Results.Problem(title: refusal.Text, statusCode: StatusOf(refusal.Kind), type: "urn:sante:problem:" + refusal.Code,
            extensions: new Dictionary<string, object?> { ["code"] = refusal.Code });
        return refusal.Kind == RefusalKind.Unavailable ? new LaterResult(problem) : problem;
    }

    private sealed class LaterResult(IResult problem) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return problem.ExecuteAsync(httpContext);
        }
    }
}

/// <summary>Words of the API for what the slices know as types.</summary>
public static class ApiWords
{
    private static readonly (string Short, string System, GranteeKind Kind)[] Systems =
    [
        ("rpps", Rpps.System, GranteeKind.Person),
        ("idnps", Rpps.PsIdNatSystem, GranteeKind.Person),
        ("finess", Finess.System, GranteeKind.Structure),
        ("client", ActorIdentifier.ClientSystem, GranteeKind.App),
    ];

    private static readonly Refusal ActorMalformed = new("actor-malformed", RefusalKind.Invalid, "L'acteur se désigne par rpps:…, idnps:…, finess:… ou client:….");
    private static readonly Refusal WordUnknown = new("word-unknown", RefusalKind.Invalid, "Un mot de la demande n'est pas connu.");

    /// <summary><c>rpps:10001234567</c> and so on. Refusals: <c>actor-malformed</c>, <c>rpps-malformed</c>, <c>finess-malformed</c>.</summary>
    public static Outcome<Grantee> Actor(string segment, string? name)
    {
        var colon = segment.IndexOf(':', StringComparison.Ordinal);
        var row = colon > 0 ? Array.Find(Systems, each => each.Short == segment[..colon]) : default;
        if (row.Short is null || segment.Length == colon + 1)
        {
            return ActorMalformed;
        }

        var value = segment[(colon + 1)..];
        var wrong = row.Short switch
        {
            "rpps" => Rpps.TryParse(value).Refusal,
            "finess" => Finess.TryParse(value).Refusal,
            _ => null,
        };
        return wrong is not null ? wrong : new Grantee(row.Kind, new ActorIdentifier(row.System, value), name ?? value);
    }

    /// <summary>The segment of an identifier; the bare value when its system has no short name.</summary>
    public static string Segment(ActorIdentifier identifier) =>
        Array.Find(Systems, each => each.System == identifier.System) is { Short: { } word } ? $"{word}:{identifier.Value}" : identifier.Value;

    /// <summary>Flags from their kebab-case names; null is none. Refusal <c>word-unknown</c>.</summary>
    public static Outcome<TFlags> Flags<TFlags>(IReadOnlyList<string>? words)
        where TFlags : struct, Enum
    {
        var bits = 0;
        foreach (var word in words ?? [])
        {
            if (!FlagsAsArray<TFlags>.TryBits(word, out var bit))
            {
                return WordUnknown;
            }

            bits |= bit;
        }

        return (TFlags)Enum.ToObject(typeof(TFlags), bits);
    }

    public static IReadOnlyList<string> Words<TFlags>(TFlags flags)
        where TFlags : struct, Enum => FlagsAsArray<TFlags>.NamesOf(flags);

    /// <summary>A plain enumeration in kebab-case.</summary>
    public static string Word<TEnum>(TEnum value)
        where TEnum : struct, Enum => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
