using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Sante.ServiceDefaults.Telemetry;

/// <summary>
/// Traces and metrics by OTLP, only when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set. Sources are those built into the framework and ours
/// (<c>Sante.*</c>). Npgsql's spans are left out: they carry texts of database errors, which may quote values; its metrics are in.
/// </summary>
internal sealed class Exporters(string serviceName, IHostApplicationLifetime lifetime)
{
    public void Start(IConfiguration configuration)
    {
        if (string.IsNullOrWhiteSpace(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            return;
        }

        var traces = Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(resource => resource.AddService(serviceName))
            .AddSource("Microsoft.AspNetCore", "System.Net.Http", "Sante.*")
            .AddProcessor(new AddressRemover())
            .AddOtlpExporter()
            .Build();
        var metrics = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService(serviceName))
            .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime", "Npgsql", "Sante.*")
            .AddOtlpExporter()
            .Build();
        lifetime.ApplicationStopped.Register(() =>
        {
            traces.Dispose();
            metrics.Dispose();
        });
    }

    /// <summary>Takes addresses of requests out of spans: a path or query may name a person; the route template stays.</summary>
    private sealed class AddressRemover : BaseProcessor<Activity>
    {
        private static readonly string[] Unwanted = ["url.query", "url.full", "url.path", "http.url", "http.target", "user_agent.original", "client.address"];

        public override void OnEnd(Activity data)
        {
            foreach (var tag in Unwanted)
            {
                data.SetTag(tag, null);
            }
        }
    }
}
