using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sante.Kernel;

namespace Sante.Foundations.Identities;

/// <summary>A matricule on the wire: the 15 characters and the FHIR system (<c>urn:oid:…</c>).</summary>
public sealed record InsBody(string? Ins, string? InsSystem)
{
    public override string ToString() => "InsBody ***";
}

/// <summary>A local identifier on the wire.</summary>
public sealed record LocalBody(string? System, string? Value)
{
    public override string ToString() => "LocalBody ***";
}

/// <summary>Body of a birth, an import and a match: names as written, date YYYY-MM-DD, sex M or F, INSEE codes.</summary>
public sealed record IdentityBody(
    string? FamilyName, IReadOnlyList<string>? GivenNames, string? BirthDate, string? Sex, string? BirthPlaceCode, string? BirthCountryCode,
    IReadOnlyList<string>? Parents = null, string? Ins = null, string? InsSystem = null, string? Document = null)
{
    /// <summary>France in the official geographic code.</summary>
    private const string France = "99100";

    /// <summary>The strict traits: place = commune, else the country abroad, else unknown.</summary>
    internal Outcome<StrictTraits> ToTraits() => StrictTraits.TryCreate(
        FamilyName, GivenNames, BirthDate, Sex,
        !string.IsNullOrWhiteSpace(BirthPlaceCode) ? BirthPlaceCode : BirthCountryCode == France ? null : BirthCountryCode);

    /// <summary>As people write it: "Zoé MARTIN".</summary>
    internal string DisplayName => $"{(GivenNames is [var first, ..] ? first.Trim().Split(' ')[0] : "")} {FamilyName?.Trim().ToUpper(CultureInfo.GetCultureInfo("fr-FR"))}";

    public override string ToString() => "IdentityBody ***";
}

/// <summary>Body of a search: traits with one first name, or a matricule, or a local identifier.</summary>
public sealed record InsSearchBody(
    string? FamilyName, string? GivenName, string? BirthDate, string? Sex, string? BirthPlaceCode, string? Ins, string? InsSystem, LocalBody? Local)
{
    public override string ToString() => "InsSearchBody ***";
}

/// <summary>Body of a tie between a person and an establishment's number.</summary>
public sealed record LinkBody(string? Ins, string? InsSystem, LocalBody? Local)
{
    public override string ToString() => "LinkBody ***";
}

/// <summary>Body of a merge.</summary>
public sealed record MergeBody(InsBody? Survivor, InsBody? Duplicate)
{
    public override string ToString() => "MergeBody ***";
}

/// <summary>Births, imports, searches and merges of identities. Policies: <c>ins-birth</c>, <c>ins-search</c>, <c>identity</c>.</summary>
public static class InsEndpoints
{
    private const int LongestKey = 200;

    /// <param name="app">Needs <see cref="InsRegistry"/>, <see cref="InsQuotas"/> and <see cref="InsOptions"/> among its services.</param>
    /// <param name="actorOf">The caller by his checked token.</param>
    /// <param name="isBarred">Whether a fact outside every space (struck off, suspended, cut) shuts the caller out everywhere.</param>
    public static IEndpointRouteBuilder MapIns(this IEndpointRouteBuilder app, Func<HttpContext, Actor> actorOf, Func<HttpContext, bool> isBarred)
    {
        var identities = app.MapGroup("/api/identities").RequireAuthorization("ins-birth").WithTags("Identités");
        identities.MapPost("/births", (HttpContext context, InsRegistry registry, IdentityBody body) => EnterAsync(context, registry, null, body, actorOf(context)));
        identities.MapPost("/imports", (HttpContext context, InsRegistry registry, InsOptions options, IdentityBody body) => EnterAsync(context, registry, options, body, actorOf(context)));
        identities.MapPost("/merges", (HttpContext context, InsRegistry registry, InsOptions options, MergeBody body) => MergeAsync(context, registry, options, body, actorOf(context)));
        var ins = app.MapGroup("/api/ins").RequireAuthorization("ins-search").WithTags("INS");
        ins.MapPost("/search", (HttpContext context, InsRegistry registry, InsQuotas quotas, InsOptions options, InsSearchBody body) =>
            SearchAsync(context, registry, quotas, options, body, actorOf(context)));
        ins.MapPost("/local-identifiers", (HttpContext context, InsRegistry registry, InsQuotas quotas, InsOptions options, LinkBody body) =>
            LinkAsync(context, registry, quotas, options, body, actorOf(context)));
        foreach (var group in new[] { identities, ins })
        {
            group.AddEndpointFilter(async (call, next) => isBarred(call.HttpContext) ? Refuse(IdentityRefusals.Barred) : await next(call));
        }

        app.MapPost("/internal/citizens/match", (HttpContext context, InsRegistry registry, IdentityBody body) => MatchAsync(context, registry, body))
            .RequireAuthorization("identity").ExcludeFromDescription();
        return app;
    }

    private static async Task<IResult> EnterAsync(HttpContext context, InsRegistry registry, InsOptions? import, IdentityBody body, Actor by)
    {
        var key = context.Request.Headers["Idempotency-Key"].ToString();
        if (key.Length > LongestKey)
        {
            return Refuse(IdentityRefusals.KeyTooLong);
        }

        Ins? ins = null;
        if (import is not null && !Ins.TryParse(body.Ins, body.InsSystem, import.Environment).TryGet(out ins, out var malformed))
        {
            return Refuse(malformed);
        }

        if (!body.ToTraits().TryGet(out var traits, out var refusal))
        {
            return Refuse(refusal);
        }

        var entered = new NewIdentity(traits, body.DisplayName, import is null, ins, body.Parents, import is null ? null : body.Document);
        return (await registry.EnterAsync(entered, key.Length == 0 ? null : key, by, context.RequestAborted)).TryGet(out var identity, out refusal)
            ? Results.Json(
                new { ins = identity.Matricule.Matricule, insSystem = "urn:oid:" + identity.Matricule.Oid, patientId = identity.Patient, status = Word(identity.Status) },
                statusCode: StatusCodes.Status201Created)
            : Refuse(refusal);
    }

    private static async Task<IResult> SearchAsync(HttpContext context, InsRegistry registry, InsQuotas quotas, InsOptions options, InsSearchBody body, Actor by)
    {
        if (PastQuota(context, quotas, by) is { } tooMany)
        {
            return tooMany;
        }

        var answer = body switch
        {
            { Local: { } local } => await registry.SearchAsync(new LocalIdentifier(local.System ?? "", local.Value ?? ""), by, context.RequestAborted),
            { Ins: not null } => Ins.TryParse(body.Ins, body.InsSystem, options.Environment).TryGet(out var ins, out var malformed)
                ? await registry.SearchAsync(ins, by, context.RequestAborted)
                : malformed,
            _ => StrictTraits.TryCreate(body.FamilyName, [body.GivenName ?? ""], body.BirthDate, body.Sex, body.BirthPlaceCode).TryGet(out var traits, out var wrong)
                ? await registry.SearchAsync(new TraitSearch(traits.Family, string.Join(' ', traits.Given), traits.BirthOn, traits.Sex, traits.BirthPlace), by, context.RequestAborted)
                : wrong,
        };
        return answer.TryGet(out var found, out var refusal) ? Results.Json(Wire(found)) : Refuse(refusal);
    }

    /// <summary>Null while the caller has searches left: whatever tells whether a matricule is known takes one.</summary>
    private static IResult? PastQuota(HttpContext context, InsQuotas quotas, Actor by)
    {
        if (quotas.Take(by.Identifier) is not { } wait)
        {
            return null;
        }

        context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return Refuse(IdentityRefusals.TooMany, StatusCodes.Status429TooManyRequests);
    }

    private static async Task<IResult> LinkAsync(HttpContext context, InsRegistry registry, InsQuotas quotas, InsOptions options, LinkBody body, Actor by) =>
        PastQuota(context, quotas, by) is { } tooMany ? tooMany
        : !Ins.TryParse(body.Ins, body.InsSystem, options.Environment).TryGet(out var ins, out var malformed) ? Refuse(malformed)
        : (await registry.LinkLocalAsync(ins, new LocalIdentifier(body.Local?.System ?? "", body.Local?.Value ?? ""), by, context.RequestAborted)).Refusal is { } refusal ? Refuse(refusal)
        : Results.NoContent();

    private static async Task<IResult> MergeAsync(HttpContext context, InsRegistry registry, InsOptions options, MergeBody body, Actor by)
    {
        if (!Ins.TryParse(body.Survivor?.Ins, body.Survivor?.InsSystem, options.Environment).TryGet(out var survivor, out var malformed)
            || !Ins.TryParse(body.Duplicate?.Ins, body.Duplicate?.InsSystem, options.Environment).TryGet(out var duplicate, out malformed))
        {
            return Refuse(malformed);
        }

        return await registry.FindSpaceAsync(survivor, context.RequestAborted) is { } kept && await registry.FindSpaceAsync(duplicate, context.RequestAborted) is { } gone
            ? await registry.MergeAsync(kept, gone, by, context.RequestAborted) is { } refusal ? Refuse(refusal) : Results.NoContent()
            : Refuse(IdentityRefusals.Unknown);
    }

    private static async Task<IResult> MatchAsync(HttpContext context, InsRegistry registry, IdentityBody body)
    {
        if (!body.ToTraits().TryGet(out var traits, out var malformed))
        {
            return Refuse(malformed);
        }

        return (await registry.MatchAsync(traits, context.RequestAborted)).TryGet(out var match, out var refusal)
            ? Results.Json(new { patientId = match.Patient, name = match.Name })
            : Refuse(refusal);
    }

    /// <summary>The members of the INSi's answer, in JSON.</summary>
    private static object Wire(InsAnswer answer) => answer.Identity is not { Traits: { } traits } identity
        ? new { code = answer.Code, label = answer.Label }
        : new
        {
            code = answer.Code,
            label = answer.Label,
            status = Word(identity.Status),
            ins = identity.Matricule is { } active ? WireOf(active) : null,
            history = identity.History.Select(former => new { ins = WireOf(former.Matricule), from = former.From, until = former.Until }),
            traits = new
            {
                familyName = traits.Family,
                givenNames = traits.Given,
                sex = traits.Sex == RegisteredSex.Male ? "M" : "F",
                birthDate = traits.BirthOn,
                birthPlaceCode = traits.BirthPlace,
            },
        };

    private static object WireOf(StoredMatricule one) => new { number = one.Matricule[..13], key = one.Matricule[13..], ins = one.Matricule, insSystem = "urn:oid:" + one.Oid };

    private static string Word(IdentityStatus status) => status switch
    {
        IdentityStatus.Qualifiee => "qualifiée",
        IdentityStatus.Validee => "validée",
        IdentityStatus.Recuperee => "récupérée",
        _ => "provisoire",
    };

    private static IResult Refuse(Refusal refusal, int? status = null)
    {
        var code = status ?? refusal.Kind switch
        {
            RefusalKind.Invalid => StatusCodes.Status400BadRequest,
            RefusalKind.Forbidden => StatusCodes.Status403Forbidden,
            RefusalKind.Unknown => StatusCodes.Status404NotFound,
            RefusalKind.Conflict => StatusCodes.Status409Conflict,
            _ => StatusCodes.Status503ServiceUnavailable,
        };
        return Results.Json(new { type = "urn:sante:problem:" + refusal.Code, title = refusal.Text, status = code, code = refusal.Code }, contentType: "application/problem+json", statusCode: code);
    }
}
