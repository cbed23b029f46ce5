using System.Diagnostics;
using System.Globalization;

namespace Sante.Bench;

/// <summary>CPU time of named groups of processes and their children, from /proc (Linux; elsewhere 0).</summary>
internal sealed class ProcessTimes(IReadOnlyList<(string Name, HashSet<int> Pids)> groups)
{
    /// <summary>Ticks of a second in /proc/[pid]/stat (USER_HZ).</summary>
    private const int TicksPerSecond = 100;

    /// <summary><c>name=pid[,pid]</c>.</summary>
    public static (string, HashSet<int>) Parse(string text)
    {
        var parts = text.Split('=', 2);
        return (parts[0], [.. parts[1].Split(',').Select(pid => int.Parse(pid, CultureInfo.InvariantCulture))]);
    }

    /// <summary>Milliseconds spent so far, by group, and by this process under <c>generator</c>.</summary>
    public IReadOnlyDictionary<string, double> Sample()
    {
        var ticks = groups.ToDictionary(group => group.Name, _ => 0L);
        foreach (var folder in Directory.Exists("/proc") ? Directory.EnumerateDirectories("/proc") : [])
        {
            if (!int.TryParse(Path.GetFileName(folder), out var pid) || Read(Path.Combine(folder, "stat")) is not { } stat)
                continue;
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var (parent, own, waited) = (int.Parse(fields[1], CultureInfo.InvariantCulture), Number(fields[11]) + Number(fields[12]), Number(fields[13]) + Number(fields[14]));
            foreach (var (name, pids) in groups)
                ticks[name] += pids.Contains(pid) ? own + waited : pids.Contains(parent) ? own : 0;
        }
        var spent = ticks.ToDictionary(group => group.Key, group => group.Value * 1000.0 / TicksPerSecond);
        using var self = Process.GetCurrentProcess();
        spent["generator"] = self.TotalProcessorTime.TotalMilliseconds;
        return spent;
    }

    /// <summary>Load average of the last minute, or 0.</summary>
    public static double LoadAverage() => Read("/proc/loadavg") is { } text ? double.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture) : 0;

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            // The process ended between the listing and this.
            return null;
        }
    }
}
