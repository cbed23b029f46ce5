using System.Globalization;

namespace Sante.Bench.Load;

/// <summary>CPU time and memory of processes, from Linux' /proc (proc(5)). Ticks of 1/100 s.</summary>
internal static class CpuClock
{
    private const double TicksPerSecond = 100;
    private const int State = 0, Parent = 1, UserTicks = 11, SystemTicks = 12, ChildUserTicks = 13, ChildSystemTicks = 14;

    /// <summary>CPU seconds, user and system, of one process.</summary>
    public static double SecondsOf(int pid) => Fields(pid) is { } own ? (Ticks(own, UserTicks) + Ticks(own, SystemTicks)) / TicksPerSecond : 0;

    /// <summary>The same of a process and its children, those included that ended and were waited for (PostgreSQL's postmaster and its backends).</summary>
    public static double SecondsOfFamily(int pid)
    {
        double ticks = 0;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) || Fields(id) is not { } fields)
                continue;
            if (id == pid)
                ticks += Ticks(fields, UserTicks) + Ticks(fields, SystemTicks) + Ticks(fields, ChildUserTicks) + Ticks(fields, ChildSystemTicks);
            else if (fields[Parent] == pid.ToString(CultureInfo.InvariantCulture))
                ticks += Ticks(fields, UserTicks) + Ticks(fields, SystemTicks);
        }

        return ticks / TicksPerSecond;
    }

    /// <summary>Resident memory now and at its highest, in MiB.</summary>
    public static (double Now, double Highest) ResidentMebibytes(int pid)
    {
        var lines = File.ReadAllLines($"/proc/{pid}/status");
        return (Read("VmRSS:"), Read("VmHWM:"));

        double Read(string name) => lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
            ? double.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024 : 0;
    }

    /// <summary>How busy the machine is: the load average of the last minute.</summary>
    public static double LoadAverage() => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    private static double Ticks(string[] fields, int at) => double.Parse(fields[at], CultureInfo.InvariantCulture);

    /// <summary>The fields after the name, which may itself hold spaces; null when the process is gone or a zombie.</summary>
    private static string[]? Fields(int pid)
    {
        try
        {
            var line = File.ReadAllText($"/proc/{pid}/stat");
            var fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
            return fields[State] == "Z" ? null : fields;
        }
        catch (IOException)
        {
            // Gone between the listing and the look.
            return null;
        }
    }
}
