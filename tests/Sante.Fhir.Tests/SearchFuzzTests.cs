using Sante.Bench.Fuzz;

namespace Sante.Fhir.Tests;

public sealed class SearchFuzzTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Grammar_UnderFiftyThousandSeededQueries_BreaksNoPromise(int seed)
    {
        var seen = SearchFuzz.Run(0, 50_000, seed);
        // Enough of them are queries, and find something, for the promises to have been tried.
        Assert.True(seen.Parsed > 10_000 && seen.Accepted > 300, $"{seen.Parsed} queries, {seen.Accepted} found something");
    }
}
