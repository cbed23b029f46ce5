using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text.Json;
using Sante.AppHost.Embedded.Postgres;

namespace Sante.System.Tests;

/// <summary>The whole AppHost as a child process with a run folder of its own.</summary>
[UnsupportedOSPlatform("windows")]
public sealed partial class AppHostRun : IAsyncDisposable
{
    public const int SigInt = 2;
    public const int SigTerm = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly ConcurrentQueue<string> output = new();
    private readonly Process process;
    private readonly bool keepsFolder;
    private static readonly Lazy<Task> LeftoversRemoved = new(RemoveLeftoversAsync);

    private AppHostRun(string program, string folder, bool keepsFolder, string[] args)
    {
        (Folder, this.keepsFolder) = (folder, keepsFolder);
        // A shell's background job starts with SIGINT ignored and passes that on: the platform whose Ctrl-C is tested begins with the default.
        string[] command = IsIgnored(SigInt) ? ["env", "--default-signal=INT", "dotnet", program, .. args] : ["dotnet", program, .. args];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SANTE_RUN_FOLDER"] = folder;
        process = Process.Start(start)!;
        process.OutputDataReceived += Take;
        process.ErrorDataReceived += Take;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!keepsFolder)
        {
            File.WriteAllText(OwnerPath(folder), JsonSerializer.Serialize(new Owned(ProcessMark.Read(Environment.ProcessId)!, ProcessMark.Read(Pid))));
        }
    }

    /// <summary>Whether this process began with a signal ignored; told by Linux alone.</summary>
    private static bool IsIgnored(int signal) =>
        File.Exists("/proc/self/status")
        && File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } line
        && ulong.TryParse(line["SigIgn:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var mask)
        && (mask & (1UL << (signal - 1))) != 0;

    /// <summary>The run folder; its name is random, its place is in the clone.</summary>
    public string Folder { get; }

    public int Pid => process.Id;

    /// <summary>What it printed so far.</summary>
    public string Output => string.Join('\n', output);

    /// <summary>AppHost's own output folder: ours is <c>tests/X/bin/{configuration}/{framework}/</c>, its is built alike.</summary>
    private static string ProgramPath => Path.Combine(ClonePath.Root, BuiltFolder("AppHost"), "AppHost.dll");

    /// <summary>Starts it and does not wait.</summary>
    /// <param name="folder">The folder of an earlier run, or null for a new one, which is then removed on disposal.</param>
    /// <param name="args">Options.</param>
    public static AppHostRun Start(string? folder, params string[] args) => new(
        ProgramPath, folder ?? Path.Combine(ClonePath.Root, "artifacts", "test-run", "apphost-" + Path.GetRandomFileName()), keepsFolder: folder is not null, args);

    /// <summary>Starts the AppHost of another clone, whose run folder is where it always is, and does not wait.</summary>
    public static AppHostRun StartIn(string clone, params string[] args) =>
        new(Path.Combine(clone, BuiltFolder("AppHost"), "AppHost.dll"), Path.Combine(clone, "artifacts", "run"), keepsFolder: true, args);

    /// <summary>Where a project is built, from the root of the clone.</summary>
    public static string BuiltFolder(string project)
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(project, "bin", framework.Parent!.Name, framework.Name);
    }

    /// <summary>Starts it and waits until <c>endpoints.json</c> says ready.</summary>
    public static async Task<(AppHostRun Run, JsonElement Endpoints)> StartReadyAsync(string? folder, params string[] args)
    {
        await LeftoversRemoved.Value;
        var run = Start(folder, args);
        try
        {
            return (run, await run.ReadyAsync());
        }
        catch (InvalidOperationException)
        {
            await run.DisposeAsync();
            throw;
        }
    }

    /// <summary>Content of <c>endpoints.json</c> once it is there.</summary>
    public async Task<JsonElement> ReadyAsync()
    {
        var path = Path.Combine(Folder, "endpoints.json");
        var waited = Stopwatch.StartNew();
        while (!File.Exists(path))
        {
            if (process.HasExited || waited.Elapsed > Patience)
            {
                throw new InvalidOperationException("AppHost is not ready:\n" + Output);
            }

            await Task.Delay(50);
        }

        return JsonDocument.Parse(await File.ReadAllBytesAsync(path)).RootElement;
    }

    /// <summary>The processes that it started, by their names.</summary>
    public IReadOnlyDictionary<string, ProcessMark> Processes() =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "processes.json"))).RootElement.EnumerateArray()
            .ToDictionary(entry => entry.GetProperty("name").GetString()!, entry => new ProcessMark(entry.GetProperty("pid").GetInt32(), entry.GetProperty("start").GetString()!));

    public void Signal(int signal) => Assert.Equal(0, Kill(Pid, signal));

    /// <summary>kill -9 of AppHost alone.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <returns>Its exit code.</returns>
    public async Task<int> EndedAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            Signal(SigTerm);
            await EndedAsync();
        }

        process.Dispose();
        if (!keepsFolder)
        {
            await RemoveAsync(Folder);
        }
    }

    private static async Task RemoveAsync(string folder)
    {
        await using (var cleaning = Start(folder, "--clean"))
        {
            await cleaning.EndedAsync();
        }

        Directory.Delete(folder, recursive: true);
        File.Delete(OwnerPath(folder));
    }

    private static string OwnerPath(string folder) => folder + ".owner";

    /// <summary>Ends and removes the runs of test processes that were killed: by the recorded ids, then as <c>--clean</c> does.</summary>
    private static async Task RemoveLeftoversAsync()
    {
        var runs = Directory.CreateDirectory(Path.Combine(ClonePath.Root, "artifacts", "test-run"));
        foreach (var record in runs.EnumerateFiles("apphost-*.owner").ToList())
        {
            var left = JsonSerializer.Deserialize<Owned>(await File.ReadAllTextAsync(record.FullName))!;
            if (!left.Owner.IsAlive)
            {
                if (left.Run is { } run)
                {
                    await run.EndAsync(withChildren: false, TimeSpan.FromSeconds(10));
                }

                await RemoveAsync(record.FullName[..^".owner".Length]);
            }
        }
    }

    private sealed record Owned(ProcessMark Owner, ProcessMark? Run);

    private void Take(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is { } text)
        {
            output.Enqueue(text);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
