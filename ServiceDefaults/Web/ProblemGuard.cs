using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Sante.ServiceDefaults.Web;

/// <summary>
/// Turns what endpoints throw, and error statuses without a body, into problems. Texts of exceptions stay inside: neither the answer nor the
/// log repeats them, since they may quote input. An answer already begun is cut instead, so that it cannot pass for whole.
/// </summary>
internal sealed partial class ProblemGuard(RequestDelegate next, ILogger<ProblemGuard> logger)
{
    private static readonly TimeSpan DatabaseRetry = TimeSpan.FromSeconds(2);

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (HasBareError(context))
            {
                await Problem.Of(context.Response.StatusCode).WriteAsync(context);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; the access line says 499.
        }
        catch (Exception failure)
        {
            await AnswerAsync(context, failure);
        }
    }

    private static bool HasBareError(HttpContext context) =>
        context.Response is { StatusCode: >= 400, HasStarted: false, ContentLength: null or 0, ContentType: null or "" };

    private async Task AnswerAsync(HttpContext context, Exception failure)
    {
        var problem = For(failure);
        if (problem.Status >= 500)
        {
            var types = string.Join(" < ", Chain(failure).Select(Describe));
            LogFailure(problem.Code, types, Activity.Current?.TraceId.ToString() ?? "-", failure.StackTrace ?? "");
        }

        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        var allowed = context.Response.Headers.Allow;
        context.Response.Clear();
        context.Response.Headers.Allow = allowed;
        await problem.WriteAsync(context);
    }

    private static Problem For(Exception failure)
    {
        if (Chain(failure).OfType<BadHttpRequestException>().FirstOrDefault() is { } bad)
        {
            return Problem.Of(bad.StatusCode);
        }

        return Chain(failure).Any(MeansDatabaseAway)
            ? new Problem(503, "database-unavailable", "La base de données est momentanément indisponible.") { RetryAfter = DatabaseRetry }
            : Problem.Of(500);
    }

    /// <summary>
    /// Lost or refused connections, and the server's own classes 08 (connection), 53 (resources), 57P (shutdown, start-up);
    /// any other answer of the server is our bug.
    /// </summary>
    private static bool MeansDatabaseAway(Exception failure) => failure switch
    {
        PostgresException answered => answered.SqlState is ['0', '8', ..] or ['5', '3', ..] or ['5', '7', 'P', ..],
        NpgsqlException { InnerException: PostgresException } => false,
        NpgsqlException => true,
        SocketException => true,
        _ => false,
    };

    private static IEnumerable<Exception> Chain(Exception failure)
    {
        for (var current = failure; current is not null; current = current.InnerException)
        {
            yield return current;
        }
    }

    private static string Describe(Exception failure) =>
        failure is PostgresException answered ? $"{failure.GetType().Name} {answered.SqlState}" : failure.GetType().Name;

    [LoggerMessage(EventId = 2, EventName = "Failure", Level = LogLevel.Error, Message = "{Code}: {Types}, trace {TraceId}\n{Stack}")]
    private partial void LogFailure(string code, string types, string traceId, string stack);
}
