using System.Text.Json;
using Sante.AppHost.Embedded.Postgres;

namespace Sante.Testing;

/// <summary>Who started a throw-away cluster and which process it is: a file per cluster, so that leftovers are found by their ids alone.</summary>
/// <param name="Name">Name of the cluster in <see cref="Folder"/>.</param>
/// <param name="Owner">The test process.</param>
/// <param name="Server">The postmaster, once it runs on this machine.</param>
internal sealed record TestClusterRecord(string Name, ProcessMark Owner, ProcessMark? Server)
{
    public static string Folder { get; } = Path.Combine(ClonePath.Root, "artifacts", "test-run");

    internal bool IsForgotten { get; private set; }

    private string FilePath => Path.Combine(Folder, Name + ".json");

    public static TestClusterRecord Write(string name, int? server)
    {
        Directory.CreateDirectory(Folder);
        var record = new TestClusterRecord(name, ProcessMark.Read(Environment.ProcessId)!, server is { } pid ? ProcessMark.Read(pid) : null);
        File.WriteAllText(record.FilePath, JsonSerializer.Serialize(record));
        return record;
    }

    public void Forget()
    {
        IsForgotten = true;
        File.Delete(FilePath);
    }

    /// <summary>Ends and removes the clusters whose test process is gone. One process does so at a time.</summary>
    public static async Task RemoveLeftoversAsync()
    {
        Directory.CreateDirectory(Folder);
        using var alone = await LockAsync();
        foreach (var path in Directory.EnumerateFiles(Folder, "*.json").ToList())
        {
            await RemoveWhenLeftAsync(path);
        }
    }

    private static async Task<FileStream> LockAsync()
    {
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(Folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(20);
            }
        }
    }

    private static async Task RemoveWhenLeftAsync(string path)
    {
        TestClusterRecord? left;
        try
        {
            left = JsonSerializer.Deserialize<TestClusterRecord>(await File.ReadAllTextAsync(path));
        }
        catch (Exception unreadable) when (unreadable is IOException or JsonException)
        {
            // Another test process is writing or removing it just now.
            return;
        }

        if (left is null || left.Owner.IsAlive)
        {
            return;
        }

        if (left.Server is { } server)
        {
            await server.EndAsync(withChildren: true, TimeSpan.FromSeconds(10));
        }

        await PostgresCluster.RemoveFilesAsync(new PostgresOptions(Folder, left.Name) { Borrowed = null });
        left.Forget();
    }
}
