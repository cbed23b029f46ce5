using Aspire.Hosting.ApplicationModel;

namespace Sante.AppHost.Embedded.Run;

/// <summary>What the program described.</summary>
internal sealed class RunPlan(string[] args)
{
    public string[] Args { get; } = args;

    public RunFolder Folder { get; } = new();

    public List<IResource> Resources { get; } = [];

    /// <summary>Done before anything starts.</summary>
    public List<Func<CancellationToken, Task>> Preparations { get; } = [];

    public IEnumerable<ProjectResource> Projects => Resources.OfType<ProjectResource>();
}
