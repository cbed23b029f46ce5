using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;

namespace Sante.AppHost.Embedded.Postgres;

/// <summary>
/// One process, told apart from any later one with the same pid: by its start, which is the boot identifier and clock ticks on Linux
/// (immune to clock changes), the start instant elsewhere.
/// </summary>
public sealed record ProcessMark(int Pid, string Start)
{
    /// <summary>The mark of a living process, or null when there is none with this pid.</summary>
    public static ProcessMark? Read(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return OperatingSystem.IsLinux()
                ? ReadLinux(pid)
                : new ProcessMark(pid, process.StartTime.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or Win32Exception or IOException)
        {
            return null;
        }
    }

    /// <summary>Whether this very process still runs.</summary>
    [JsonIgnore]
    public bool IsAlive => Read(Pid) == this;

    /// <summary>Kills this very process, and nothing when it is gone or its pid was reused.</summary>
    public async Task EndAsync(bool withChildren, TimeSpan patience)
    {
        if (!IsAlive)
        {
            return;
        }

        try
        {
            using var process = Process.GetProcessById(Pid);
            process.Kill(withChildren);
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            // It ended between the look and the signal.
        }

        await WaitUntilGoneAsync(patience);
    }

    /// <summary>
    /// Waits for its end. A process that ended but was not yet collected by its parent counts as gone (in containers the first
    /// process may take seconds to collect).
    /// </summary>
    /// <exception cref="TimeoutException">It still runs after <paramref name="patience"/>.</exception>
    public async Task WaitUntilGoneAsync(TimeSpan patience)
    {
        var waited = Stopwatch.StartNew();
        while (IsAlive)
        {
            if (waited.Elapsed > patience)
            {
                throw new TimeoutException($"Process {Pid} did not end within {patience.TotalSeconds:0} s.");
            }

            await Task.Delay(10);
        }
    }

    /// <summary>Linux only: the processes whose working directory is this one (all of PostgreSQL's work in their data directory).</summary>
    internal static IReadOnlyList<ProcessMark> WorkingIn(string folder)
    {
        var found = new List<ProcessMark>();
        foreach (var entry in Directory.EnumerateDirectories("/proc"))
        {
            try
            {
                if (int.TryParse(Path.GetFileName(entry), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                    && new DirectoryInfo(Path.Combine(entry, "cwd")).LinkTarget == folder
                    && Read(pid) is { } mark)
                {
                    found.Add(mark);
                }
            }
            catch (Exception hidden) when (hidden is IOException or UnauthorizedAccessException)
            {
                // Another user's process, or one that ended meanwhile: none of PostgreSQL's own.
            }
        }

        return found;
    }

    private static ProcessMark? ReadLinux(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        // proc(5): the name stands in parentheses and may hold spaces; field 3 is the state, field 22 the start in ticks since boot.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        return fields[0] is "Z" or "X" ? null : new ProcessMark(pid, $"{boot}:{fields[19]}");
    }
}
