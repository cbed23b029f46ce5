using System.Diagnostics;
using System.Globalization;

namespace Sante.Bench.Fuzz;

/// <summary><c>bench fuzz --what fhirpath|ucum|patch --count 3000000 [--seed 1]</c>: stops at the first input that breaks a promise, and names it.</summary>
internal static class FhirPathFuzzCommand
{
    public static int Run(string what, string[] args)
    {
        var count = long.Parse(FuzzCommand.Value(args, "--count") ?? "100000", CultureInfo.InvariantCulture);
        var seed = int.Parse(FuzzCommand.Value(args, "--seed") ?? "1", CultureInfo.InvariantCulture);
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var seen = what switch
        {
            "ucum" => string.Create(CultureInfo.InvariantCulture, $"{UcumFuzz.Run(0, count, seed):N0} units"),
            "patch" => string.Create(CultureInfo.InvariantCulture, $"{PatchFuzz.Run(0, count, seed):N0} applied"),
            _ => FhirPathFuzz.Run(0, count, seed) is var run ? string.Create(CultureInfo.InvariantCulture, $"{run.Parsed:N0} expressions, {run.Accepted:N0} evaluated without a fault") : "",
        };
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{count:N0} inputs of seed {seed}: {seen}, none broke a promise; {(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds:N0} s of CPU"));
        return 0;
    }
}
