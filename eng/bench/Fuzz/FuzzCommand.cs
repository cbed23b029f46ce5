using System.Diagnostics;
using System.Globalization;

namespace Sante.Bench.Fuzz;

/// <summary><c>bench fuzz --what json|search|fhirpath|ucum|patch --count 10000000 [--seed 1] [--threads 1]</c>: stops at the first input that breaks a promise, and names it.</summary>
internal static class FuzzCommand
{
    private const long Step = 100_000;

    public static int Run(string[] args)
    {
        var what = Value(args, "--what") ?? "json";
        if (what is "fhirpath" or "ucum" or "patch")
        {
            return FhirPathFuzzCommand.Run(what, args);
        }

        if (what is not ("json" or "search"))
        {
            Console.Error.WriteLine("bench fuzz --what json|search|fhirpath|ucum|patch --count N [--seed S] [--threads T]");
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
                var (read, held) = what == "json" ? Json(from, Math.Min(count, from + Step), seed) : Search(from, Math.Min(count, from + Step), seed);
                Interlocked.Add(ref parsed, read);
                Interlocked.Add(ref accepted, held);
            }
        });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{count:N0} inputs of seed {seed}: {parsed:N0} parsed, {accepted:N0} {(what == "json" ? "taken by a write" : "found a resource")}, none broke a promise; {(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds:N0} s of CPU"));
        return 0;
    }

    private static (long Parsed, long Accepted) Json(long from, long to, int seed)
    {
        var seen = JsonFuzz.Run(from, to, seed);
        return (seen.Parsed, seen.Accepted);
    }

    private static (long Parsed, long Accepted) Search(long from, long to, int seed)
    {
        var seen = SearchFuzz.Run(from, to, seed);
        return (seen.Parsed, seen.Accepted);
    }

    internal static string? Value(string[] args, string name) => Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;
}
