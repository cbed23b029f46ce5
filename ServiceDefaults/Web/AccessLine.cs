using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Sante.ServiceDefaults.Web;

/// <summary>Marks endpoints whose requests leave an access line only when they fail with 5xx: what they do is recorded elsewhere.</summary>
public sealed class QuietEndpoint;

/// <summary>
/// One line per request: method, route template, status, duration, trace id. Never the URL, a parameter or the query string,
/// which may name a person.
/// </summary>
internal sealed partial class AccessLine(RequestDelegate next, ILogger<AccessLine> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            Write(context, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }

    private void Write(HttpContext context, double milliseconds)
    {
        if (!logger.IsEnabled(LogLevel.Information))
        {
            return;
        }

        // Load must not be paid for in log lines; what fails is told all the same.
        if (context.Response.StatusCode < StatusCodes.Status500InternalServerError && context.GetEndpoint()?.Metadata.GetMetadata<QuietEndpoint>() is not null)
        {
            return;
        }

        var method = Known(context.Request.Method);
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(none)";
        var gone = context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted;
        var status = gone ? StatusCodes.Status499ClientClosedRequest : context.Response.StatusCode;
        var trace = Activity.Current?.TraceId.ToString() ?? "-";
        LogLine(method, route, status, milliseconds, trace);
    }

    /// <summary>A method is the client's word too: only the known ones are repeated.</summary>
    private static string Known(string method) => HttpMethods.GetCanonicalizedValue(method) switch
    {
        "GET" or "POST" or "PUT" or "PATCH" or "DELETE" or "HEAD" or "OPTIONS" => HttpMethods.GetCanonicalizedValue(method),
        _ => "OTHER",
    };

    [LoggerMessage(EventId = 1, EventName = "Access", Level = LogLevel.Information, Message = "{Method} {Route} {Status} {Milliseconds:0.0} ms trace {TraceId}")]
    private partial void LogLine(string method, string route, int status, double milliseconds, string traceId);
}
