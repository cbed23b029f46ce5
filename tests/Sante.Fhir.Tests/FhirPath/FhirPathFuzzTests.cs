using Sante.Bench.Fuzz;

namespace Sante.Fhir.Tests.FhirPath;

/// <summary>The seeded fuzz of FHIRPath, units and patches; more inputs were run once by <c>bench fuzz</c> (eng/bench/RESULTS.md).</summary>
public class FhirPathFuzzTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Expressions_Made50000Times_BreakNoPromise(int seed)
    {
        var seen = FhirPathFuzz.Run(0, 50_000, seed);

        // Enough of them are expressions, and give an answer, for the promises to have been tried.
        Assert.True(seen.Parsed > 15_000 && seen.Accepted > 5_000, $"{seen.Parsed} expressions, {seen.Accepted} answered");
    }

    [Fact]
    public void Units_Made100000Times_BreakNoPromise() => Assert.True(UcumFuzz.Run(0, 100_000, 1) > 5_000);

    [Fact]
    public void Patches_Made100000Times_AgreeWithThePlainModel() => Assert.True(PatchFuzz.Run(0, 100_000, 1) > 5_000);
}
