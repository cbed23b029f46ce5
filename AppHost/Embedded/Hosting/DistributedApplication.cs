using Aspire.Hosting.ApplicationModel;
using Sante.AppHost.Embedded.Run;

namespace Aspire.Hosting;

/// <summary>What a run consists of, while it is being described.</summary>
public interface IDistributedApplicationBuilder
{
    DistributedApplication Build();
}

/// <summary>The embedded stand-in of Aspire's application: runs the resources as local processes.</summary>
public sealed class DistributedApplication
{
    private readonly RunPlan plan;

    internal DistributedApplication(RunPlan plan) => this.plan = plan;

    public static IDistributedApplicationBuilder CreateBuilder(string[] args) => new Builder(args);

    /// <summary>Runs until it is stopped; the exit code of the process is set when it failed.</summary>
    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <inheritdoc cref="Run"/>
    public async Task RunAsync(CancellationToken cancellationToken = default) =>
        Environment.ExitCode = await LocalRun.ExecuteAsync(plan, cancellationToken);

    internal sealed class Builder(string[] args) : IDistributedApplicationBuilder
    {
        public RunPlan Plan { get; } = new(args);

        public DistributedApplication Build() => new(Plan);
    }
}

internal sealed class ResourceBuilder<T>(RunPlan plan, T resource) : IResourceBuilder<T>
    where T : IResource
{
    public T Resource => resource;

    public RunPlan Plan => plan;
}
