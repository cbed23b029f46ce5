using System.Text.Json;
using System.Text.Json.Serialization;
using Sante.AppHost.Embedded.Postgres;

namespace Sante.AppHost.Embedded.Run;

/// <summary>The folder <c>artifacts/run</c> of the clone: everything that a run leaves, and what tells its parts where the others are.</summary>
internal sealed class RunFolder
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Lock gate = new();

    /// <summary><c>SANTE_RUN_FOLDER</c> puts it elsewhere, so that a test's run and a developer's live side by side.</summary>
    public string Root { get; } = Environment.GetEnvironmentVariable("SANTE_RUN_FOLDER") is { Length: > 0 } elsewhere
        ? Path.GetFullPath(elsewhere)
        : Path.Combine(ClonePath.Root, "artifacts", "run");

    public string Logs => PathOf("logs");

    public string Endpoints => PathOf("endpoints.json");

    public string Sandbox => PathOf("sandbox.json");

    public string Processes => PathOf("processes.json");

    public string PathOf(string name) => Path.Combine(Root, name);

    /// <summary>Makes the folder and takes its lock, which the system gives back however this process ends.</summary>
    /// <returns>The lock, or null when another AppHost of this clone holds it.</returns>
    public FileStream? TryLock()
    {
        SecretFile.CreateFolder(Root);
        try
        {
            return new FileStream(PathOf("lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Writes a file of mode 0600 so that readers see the old or the new content, never a part.</summary>
    public void WriteJson<T>(string path, T content)
    {
        lock (gate)
        {
            var next = path + ".next";
            File.Delete(next);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (var file = new FileStream(next, options))
            {
                JsonSerializer.Serialize(file, content, Json);
            }

            File.Move(next, path, overwrite: true);
        }
    }

    public static T? ReadJson<T>(string path)
        where T : class => File.Exists(path) ? JsonSerializer.Deserialize<T>(File.ReadAllText(path), Json) : null;

    /// <summary>Forgets everything but the lock, which we hold.</summary>
    public void Clear()
    {
        foreach (var entry in new DirectoryInfo(Root).EnumerateFileSystemInfos().Where(entry => entry.Name != "lock"))
        {
            if (entry is DirectoryInfo { LinkTarget: null } folder)
            {
                folder.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }
    }
}
