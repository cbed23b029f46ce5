using System.Diagnostics;
using System.Globalization;
using System.Text;
using Sante.Fhir;
using Sante.Fhir.Check;

namespace Sante.Bench;

/// <summary>
/// <c>bench validate [--rounds 20]</c>: CPU time (of the process, not wall) and bytes allocated for parse and checks of a Bundle of 4 MB and of one small
/// Observation, after warming up. Nothing is timed by a test.
/// </summary>
internal static class ValidateBench
{
    private const int BundleBytes = 4_000_000;
    private static readonly FhirCheckOptions Full = new() { Depth = FhirCheckDepth.Full };

    public static int Run(string[] args)
    {
        var rounds = int.Parse(Fuzz.FuzzCommand.Value(args, "--rounds") ?? "20", CultureInfo.InvariantCulture);
        var load = Measure(1, 0, () => FhirCheck.Check(FhirJson.Parse("{\"resourceType\":\"Basic\"}"u8.ToArray()).Resource!));
        var (bundle, entries) = ValidateBundle.Make(BundleBytes);
        var small = Encoding.UTF8.GetBytes(ValidateBundle.SmallObservation);
        Require(bundle, FhirCheckOptions.Default);
        Require(bundle, Full);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Bundle: {bundle.Length:N0} bytes, {entries:N0} entries; Observation: {small.Length} bytes"));
        Print("first use: definitions loaded, first check", load, 0);
        Print("Bundle: parse", Measure(rounds, rounds, () => FhirJson.Parse(bundle)), bundle.Length);
        Print("Bundle: parse and check as a write", Measure(rounds, rounds, () => FhirCheck.Check(FhirJson.Parse(bundle).Resource!)), bundle.Length);
        Print("Bundle: parse and $validate", Measure(rounds, rounds / 2, () => FhirCheck.Check(FhirJson.Parse(bundle).Resource!, Full)), bundle.Length);
        Print("Observation: parse", Measure(rounds * 5000, rounds * 5000, () => FhirJson.Parse(small)), small.Length);
        Print("Observation: parse and check as a write", Measure(rounds * 5000, rounds * 5000, () => FhirCheck.Check(FhirJson.Parse(small).Resource!)), small.Length);
        Print("Observation: parse and $validate", Measure(rounds * 2000, rounds * 2000, () => FhirCheck.Check(FhirJson.Parse(small).Resource!, Full)), small.Length);
        return 0;
    }

    private static void Require(byte[] bundle, FhirCheckOptions options)
    {
        if (FhirCheck.Check(FhirJson.Parse(bundle).Resource!, options).FirstOrDefault(issue => issue.Refuses) is { } issue)
        {
            throw new InvalidDataException($"The Bundle to measure is refused: {issue.Code} {issue.Expression} {issue.Text}");
        }
    }

    private static (double Microseconds, long Bytes) Measure(int rounds, int before, Action act)
    {
        for (var round = 0; round < before; round++)
        {
            act();
        }

        using var process = Process.GetCurrentProcess();
        var (cpu, allocated) = (process.TotalProcessorTime, GC.GetAllocatedBytesForCurrentThread());
        for (var round = 0; round < rounds; round++)
        {
            act();
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        process.Refresh();
        return ((process.TotalProcessorTime - cpu).TotalMicroseconds / rounds, allocated / rounds);
    }

    private static void Print(string what, (double Microseconds, long Bytes) cost, int input) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{what,-45} {cost.Microseconds,12:N1} µs CPU {cost.Bytes,14:N0} B allocated{(input == 0 ? "" : $" ({(double)cost.Bytes / input:N1} × input)")}"));
}
