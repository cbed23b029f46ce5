using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sante.ServiceDefaults.Telemetry;
using Sante.ServiceDefaults.Web;

namespace Sante.ServiceDefaults;

/// <summary>
/// What every web host of the system has in common: quiet logs with one access line per request, problem details, health, trace context,
/// export of telemetry when an endpoint is configured, limits and an orderly end. A host calls <see cref="AddServiceDefaults"/> before
/// Build, <see cref="UseServiceDefaults"/> first after it, and <see cref="HealthEndpoints.MapDefaultEndpoints"/> among its endpoints.
/// </summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>After a stop signal, running requests have this long to finish.</summary>
    public static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(5);

    /// <summary>Largest accepted request body, unless configuration <c>Sante:MaxRequestBodyBytes</c> says otherwise: 16 MiB.</summary>
    public const long MaxRequestBodyBytes = 16 * 1024 * 1024;

    /// <param name="builder">The host.</param>
    /// <param name="serviceName">Name in telemetry, e.g. <c>sante-api</c>.</param>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string serviceName)
    {
        ArgumentNullException.ThrowIfNull(builder);
        Quieten(builder.Logging);
        var limit = long.TryParse(builder.Configuration["Sante:MaxRequestBodyBytes"], out var configured) ? configured : MaxRequestBodyBytes;
        builder.Services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = limit;
        });
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = DrainTime);
        builder.Services.AddHealthChecks();
        builder.Services.AddSingleton<TraceContext>();
        builder.Services.AddSingleton(services => new Exporters(serviceName, services.GetRequiredService<IHostApplicationLifetime>()));
        return builder;
    }

    /// <summary>Puts the common steps in front of the pipeline: trace context, access line, problem details.</summary>
    public static WebApplication UseServiceDefaults(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.Services.GetRequiredService<TraceContext>();
        app.Services.GetRequiredService<Exporters>().Start(app.Configuration);
        app.UseMiddleware<AccessLine>();
        app.UseMiddleware<ProblemGuard>();
        app.UseMiddleware<BodyLimit>();
        return app;
    }

    /// <summary>
    /// The framework's own categories print whole URLs, headers and exception texts. They stay silent, save for the life of the host.
    /// </summary>
    private static void Quieten(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.ColorBehavior = Microsoft.Extensions.Logging.Console.LoggerColorBehavior.Disabled;
        });
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Critical);
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        logging.AddFilter("Microsoft.IdentityModel", LogLevel.None);
        logging.AddFilter("System.Net.Http.HttpClient", LogLevel.None);
        logging.AddFilter("Npgsql", LogLevel.None);
    }
}
