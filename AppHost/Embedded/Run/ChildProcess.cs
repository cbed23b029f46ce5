using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Sante.AppHost.Embedded.Postgres;

namespace Sante.AppHost.Embedded.Run;

/// <summary>
/// A process of the run. On Unix it leads a session of its own, so the terminal's Ctrl-C and our death do not reach it, and writes its
/// log by itself, so it can go on writing when we are gone.
/// </summary>
internal sealed partial class ChildProcess
{
    private const int SigTerm = 15;
    private readonly Process process;

    private ChildProcess(string name, Process process, string log)
    {
        Name = name;
        LogPath = log;
        this.process = process;
        Mark = ProcessMark.Read(process.Id);
        Ended = WaitAsync(process);
    }

    public string Name { get; }

    public string LogPath { get; }

    public int Pid => process.Id;

    /// <summary>Null when it ended before it could be looked at.</summary>
    public ProcessMark? Mark { get; }

    /// <summary>Its exit code, once it ended.</summary>
    public Task<int> Ended { get; }

    /// <param name="name">Name in the run; its log is <c>{name}.log</c>.</param>
    /// <param name="assembly">The program, a .dll.</param>
    /// <param name="arguments">Never a secret: others can read them.</param>
    /// <param name="environment">Added to ours.</param>
    /// <param name="log">The log file, emptied first.</param>
    /// <param name="show">Receives each line as well, when its output is for people.</param>
    public static ChildProcess Start(
        string name, string assembly, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string log, Action<string>? show)
    {
        if (!File.Exists(assembly))
        {
            throw new RunFailedException($"{name} n’est pas construit : {assembly} manque.");
        }

        using (new FileStream(log, FileMode.Create))
        {
            // Emptied.
        }

        var toFile = show is null && !OperatingSystem.IsWindows();
        string[] command = [DotnetPath(), assembly, .. arguments];
        string[] whole = OperatingSystem.IsWindows() ? command
            : toFile ? ["/bin/sh", "-c", "exec \"$@\" >>\"$SANTE_LOG\" 2>&1 </dev/null", "sh", .. OwnSession(), .. command]
            : [.. OwnSession(), .. command];
        var start = new ProcessStartInfo(whole[0], whole[1..])
        {
            RedirectStandardOutput = !toFile,
            RedirectStandardError = !toFile,
            WorkingDirectory = Path.GetDirectoryName(assembly)!,
        };
        // What connects to PostgreSQL gets its own connection strings; the one of an administrator stays here.
        start.Environment.Remove("SANTE_POSTGRES");
        start.Environment["SANTE_LOG"] = log;
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        var process = Process.Start(start) ?? throw new RunFailedException($"{name} n’a pas démarré.");
        var child = new ChildProcess(name, process, log);
        if (!toFile)
        {
            Pump(process, log, show);
        }

        return child;
    }

    /// <summary>Asks for an orderly end; after <paramref name="patience"/> ends it by force.</summary>
    public Task StopAsync(TimeSpan patience) => Mark is null ? Task.CompletedTask : StopAsync(Mark, patience);

    /// <inheritdoc cref="StopAsync(TimeSpan)"/>
    public static async Task StopAsync(ProcessMark mark, TimeSpan patience)
    {
        if (!mark.IsAlive)
        {
            return;
        }

        if (!OperatingSystem.IsWindows())
        {
            _ = Kill(mark.Pid, SigTerm);
            try
            {
                await mark.WaitUntilGoneAsync(patience);
                return;
            }
            catch (TimeoutException)
            {
                // By force, then.
            }
        }

        await mark.EndAsync(withChildren: true, TimeSpan.FromSeconds(2));
    }

    /// <summary>The last lines of its log.</summary>
    public string Tail(int lines) => string.Join(Environment.NewLine, File.ReadLines(LogPath).TakeLast(lines));

    private static async Task<int> WaitAsync(Process process)
    {
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private static void Pump(Process process, string log, Action<string>? show)
    {
        var gate = new Lock();
        void Take(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is { } text)
            {
                lock (gate)
                {
                    File.AppendAllText(log, text + Environment.NewLine);
                    show?.Invoke(text);
                }
            }
        }

        process.OutputDataReceived += Take;
        process.ErrorDataReceived += Take;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The command that begins a session and becomes what follows it: Linux has a program for it, macOS has perl.</summary>
    private static string[] OwnSession() =>
        OnPath("setsid") is { } setsid ? [setsid]
        : OnPath("perl") is { } perl ? [perl, "-e", "use POSIX (); POSIX::setsid(); exec { $ARGV[0] } @ARGV", "--"]
        : [];

    private static string? OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>The host that runs us: <c>{root}/shared/Microsoft.NETCore.App/{version}/</c> is our runtime.</summary>
    private static string DotnetPath() => Path.GetFullPath(Path.Combine(
        RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}

/// <summary>The run cannot go on; the message is for people.</summary>
public sealed class RunFailedException : Exception
{
    public RunFailedException(string message) : base(message) { }

    public RunFailedException(string message, Exception inner) : base(message, inner) { }

    public RunFailedException() { }
}
