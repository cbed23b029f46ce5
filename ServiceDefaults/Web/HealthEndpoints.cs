using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Sante.ServiceDefaults.Web;

/// <summary>Health: <c>/health/live</c> answers while the process works, <c>/health/ready</c> while it can serve.</summary>
public static class HealthEndpoints
{
    private const string Ready = "ready";

    /// <summary>Maps both addresses. Open to all: they say names of checks and states, nothing else.</summary>
    public static IEndpointRouteBuilder MapDefaultEndpoints(this IEndpointRouteBuilder app)
    {
        Map(app, "/health/live", _ => false);
        Map(app, "/health/ready", check => check.Tags.Contains(Ready));
        return app;
    }

    /// <summary>Adds a check that a database answers within 2 s.</summary>
    public static IHealthChecksBuilder AddPostgres(this IHealthChecksBuilder checks, string name, Func<IServiceProvider, NpgsqlDataSource> source)
    {
        ArgumentNullException.ThrowIfNull(checks);
        return checks.Add(new HealthCheckRegistration(name, services => new PostgresCheck(source(services)), null, [Ready], TimeSpan.FromSeconds(2)));
    }

    /// <summary>Adds any check that counts for <c>/health/ready</c>.</summary>
    public static IHealthChecksBuilder AddReadiness(this IHealthChecksBuilder checks, string name, Func<IServiceProvider, IHealthCheck> check)
    {
        ArgumentNullException.ThrowIfNull(checks);
        return checks.Add(new HealthCheckRegistration(name, check, null, [Ready], TimeSpan.FromSeconds(2)));
    }

    private static void Map(IEndpointRouteBuilder app, string path, Func<HealthCheckRegistration, bool> which) =>
        app.MapHealthChecks(path, new HealthCheckOptions { Predicate = which, ResponseWriter = WriteAsync }).AllowAnonymous();

    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(new
    {
        status = report.Status.ToString(),
        checks = report.Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Status.ToString()),
    });

    private sealed class PostgresCheck(NpgsqlDataSource source) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await using var command = source.CreateCommand("SELECT 1");
                await command.ExecuteScalarAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (NpgsqlException)
            {
                return HealthCheckResult.Unhealthy();
            }
        }
    }
}
