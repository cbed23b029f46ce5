using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Sante.ServiceDefaults.Web;

/// <summary>A failed request as the caller sees it (RFC 9457).</summary>
/// <param name="Status">HTTP status, 400–599.</param>
/// <param name="Code">Stable kebab-case code: what programs look at.</param>
/// <param name="Title">One short sentence for people, the same for every case of the code.</param>
/// <param name="Detail">What is wrong in this case, for people. Never the text of an exception.</param>
public sealed record Problem(int Status, string Code, string Title, string? Detail = null)
{
    /// <summary>When to try again; becomes the header <c>Retry-After</c> in whole seconds.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Further members of the answer.</summary>
    public IReadOnlyDictionary<string, object?>? Extensions { get; init; }

    /// <summary>The problem of an HTTP status about which nothing more is known.</summary>
    public static Problem Of(int status) => status switch
    {
        400 => new(400, "malformed-request", "La requête est mal formée."),
        401 => new(401, "not-authenticated", "Un jeton d’accès valable est nécessaire."),
        403 => new(403, "forbidden", "Cette action n’est pas autorisée."),
        404 => new(404, "not-found", "Rien ne se trouve à cette adresse."),
        405 => new(405, "method-not-allowed", "Cette adresse n’accepte pas cette méthode."),
        406 => new(406, "not-acceptable", "Aucune forme demandée n’est disponible."),
        408 => new(408, "request-timeout", "La requête n’est pas arrivée à temps."),
        413 => new(413, "body-too-large", "Le corps de la requête est trop grand."),
        415 => new(415, "unsupported-media-type", "Le type de contenu n’est pas accepté."),
        429 => new(429, "too-many-requests", "Trop de requêtes."),
        503 => new(503, "unavailable", "Le service est momentanément indisponible."),
        < 500 => new(status, "request-refused", "La requête est refusée."),
        _ => new(status, "internal-error", "Une erreur interne est survenue."),
    };

    /// <summary>Writes this problem, by the <see cref="IProblemShape"/> that serves the request, else as problem+json.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Response.StatusCode = Status;
        context.Response.Headers.CacheControl = "no-store";
        if (RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        var shapes = (IEnumerable<IProblemShape>?)context.RequestServices.GetService(typeof(IEnumerable<IProblemShape>)) ?? [];
        if (shapes.FirstOrDefault(shape => shape.Serves(context)) is { } shape)
        {
            await shape.WriteAsync(context, this);
            return;
        }

        context.Response.ContentType = "application/problem+json";
        await JsonSerializer.SerializeAsync(context.Response.Body, Members(), cancellationToken: context.RequestAborted);
    }

    /// <summary>The problem as the result of an endpoint.</summary>
    public IResult ToResult() => new ProblemResult(this);

    private Dictionary<string, object?> Members()
    {
        var members = new Dictionary<string, object?>
        {
            ["type"] = "urn:sante:problem:" + Code,
            ["title"] = Title,
            ["status"] = Status,
            ["code"] = Code,
            ["traceId"] = Activity.Current?.TraceId.ToString(),
        };
        if (Detail is not null)
        {
            members["detail"] = Detail;
        }

        foreach (var (name, value) in Extensions ?? new Dictionary<string, object?>())
        {
            members[name] = value;
        }

        return members;
    }

    private sealed class ProblemResult(Problem problem) : IResult, IStatusCodeHttpResult
    {
        public int? StatusCode => problem.Status;

        public Task ExecuteAsync(HttpContext httpContext) => problem.WriteAsync(httpContext);
    }
}

/// <summary>Another form of problems for some paths (a specification may ask for its own). Register as a singleton.</summary>
public interface IProblemShape
{
    bool Serves(HttpContext context);

    /// <summary>Writes content type and body; status and headers are set already.</summary>
    Task WriteAsync(HttpContext context, Problem problem);
}
