using System.Diagnostics;
using System.Globalization;

namespace Sante.Bench.Fuzz;

/// <summary><c>bench fuzz --what json --count 10000000 [--seed 1] [--threads 1]</c>: stops at the first input that breaks a promise, and names it.</summary>
internal static class FuzzCommand
{
    private const long Step = 100_000;

    public static int Run(string[] args)
    {
        var what = Value(args, "--what") ?? "json";
        if (what != "json")
        {
            Console.Error.WriteLine("bench fuzz --what json --count N [--seed S] [--threads T]");
            return 2;
        }

        var count = long.Parse(Value(args, "--count") ?? "100000", CultureInfo.InvariantCulture);
        var seed = int.Parse(Value(args, "--seed") ?? "1", CultureInfo.InvariantCulture);
        var threads = int.Parse(Value(args, "--threads") ?? "1", CultureInfo.InvariantCulture);
        var (next, parsed, accepted) = (0L, 0L, 0L);
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        Parallel.For(0, threads, _ =>
        {
            for (var from = Interlocked.Add(ref next, Step) - Step; from < count; from = Interlocked.Add(ref next, Step) - Step)
            {
                var seen = JsonFuzz.Run(from, Math.Min(count, from + Step), seed);
                Interlocked.Add(ref parsed, seen.Parsed);
                Interlocked.Add(ref accepted, seen.Accepted);
            }
        });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{count:N0} inputs of seed {seed}: {parsed:N0} parsed, {accepted:N0} taken by a write, none broke a promise; {(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds:N0} s of CPU"));
        return 0;
    }

    internal static string? Value(string[] args, string name) => Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;
}
