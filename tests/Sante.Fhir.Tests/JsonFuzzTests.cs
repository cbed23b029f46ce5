using Sante.Bench.Fuzz;

namespace Sante.Fhir.Tests;

/// <summary>The seeded fuzz of parser and checks; ten million inputs were run once by <c>bench fuzz</c> (eng/bench/RESULTS.md).</summary>
public sealed class JsonFuzzTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void DamagedResources_BreakNoPromise(int part)
    {
        const int each = 30_000;
        var seen = JsonFuzz.Run(part * each, (part + 1) * each, seed: 20261122);
        // The damage must leave enough for the checks to do.
        Assert.True(seen.Parsed > each / 10, $"{seen.Parsed} parsed");
        Assert.True(seen.Accepted > each / 100, $"{seen.Accepted} accepted");
    }
}
