using System.Text.Json.Serialization;
using Sante.AppHost.Embedded.Postgres;

namespace Sante.AppHost.Embedded.Run;

/// <summary>One process in <c>processes.json</c>.</summary>
/// <param name="Name">Name in the run.</param>
/// <param name="Pid">Its id.</param>
/// <param name="StartedAt">When it was started, for people.</param>
/// <param name="Start">What tells it apart from a later process with the same pid (see <see cref="ProcessMark"/>).</param>
internal sealed record NamedProcess(string Name, int Pid, DateTimeOffset StartedAt, string Start)
{
    [JsonIgnore]
    public ProcessMark Mark => new(Pid, Start);
}

/// <summary>Content of <c>processes.json</c>: what this run started, and nothing else is ever ended by the next one.</summary>
internal sealed class ProcessLedger(RunFolder folder)
{
    private readonly Lock gate = new();
    private readonly List<NamedProcess> processes = [];

    public void Add(string name, ProcessMark mark)
    {
        lock (gate)
        {
            processes.RemoveAll(process => process.Name == name);
            processes.Add(new NamedProcess(name, mark.Pid, TimeProvider.System.GetUtcNow(), mark.Start));
            folder.WriteJson(folder.Processes, processes);
        }
    }

    public void Clear() => File.Delete(folder.Processes);

    /// <summary>Ends what a killed AppHost left: services first, then PostgreSQL (which its own start would also recognise).</summary>
    public static async Task<int> EndLeftoversAsync(RunFolder folder)
    {
        var left = (RunFolder.ReadJson<List<NamedProcess>>(folder.Processes) ?? []).Where(process => process.Mark.IsAlive).ToList();
        await Task.WhenAll(left.Where(process => process.Name != LocalRun.PostgresName)
            .Select(process => ChildProcess.StopAsync(process.Mark, TimeSpan.FromSeconds(5))));
        foreach (var postgres in left.Where(process => process.Name == LocalRun.PostgresName))
        {
            // SIGTERM to a postmaster waits for its sessions to leave; those that stay are lost with it, and recovery does the rest.
            await ChildProcess.StopAsync(postgres.Mark, TimeSpan.FromSeconds(3));
        }

        File.Delete(folder.Processes);
        return left.Count;
    }
}
