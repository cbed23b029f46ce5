using System.Diagnostics;

namespace Sante.ServiceDefaults.Telemetry;

/// <summary>
/// Keeps W3C trace context alive without any exporter: the framework begins an activity per request only when someone listens,
/// and without activity there is no trace id for access lines, problems and calls onward.
/// </summary>
internal sealed class TraceContext : IDisposable
{
    private readonly ActivityListener listener = new()
    {
        ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData,
    };

    public TraceContext() => ActivitySource.AddActivityListener(listener);

    public void Dispose() => listener.Dispose();
}
