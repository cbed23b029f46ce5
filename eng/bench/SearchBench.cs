using System.Diagnostics;
using System.Globalization;
using System.Text;
using Sante.Fhir;
using Sante.Fhir.Search;

namespace Sante.Bench;

/// <summary><c>bench search [--rounds 5]</c>: CPU of reading queries, matching candidates in memory and making index entries, the best of some rounds.</summary>
internal static class SearchBench
{
    private const int Calls = 5_000;

    private const string Observation = """
        {"resourceType":"Observation","id":"1","status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs","display":"Vital Signs"}]}],
         "code":{"coding":[{"system":"http://loinc.org","code":"29463-7","display":"Body weight"}],"text":"Body weight"},"subject":{"reference":"Patient/5e3a0f6c-0a0b-4c8d-9d6f-9a7f0d3b2c11"},
         "encounter":{"reference":"Encounter/5e3a0f6c-0a0b-4c8d-9d6f-9a7f0d3b2c12"},"effectiveDateTime":"2024-05-10T08:30:00+02:00","issued":"2024-05-10T08:30:00.000+02:00",
         "performer":[{"reference":"Practitioner/5e3a0f6c-0a0b-4c8d-9d6f-9a7f0d3b2c13"}],"valueQuantity":{"value":71.5,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}
        """;

    private static readonly KeyValuePair<string, string>[] ByCode =
        [new("subject", "Patient/5e3a0f6c-0a0b-4c8d-9d6f-9a7f0d3b2c11"), new("code", "http://loinc.org|29463-7"), new("_count", "20")];

    private static readonly KeyValuePair<string, string>[] ByDate =
        [new("subject", "Patient/5e3a0f6c-0a0b-4c8d-9d6f-9a7f0d3b2c11"), new("date", "ge2024-01-01"), new("date", "lt2025-01-01"), new("_sort", "-date"), new("_count", "20")];

    public static async Task<int> RunAsync(string[] args)
    {
        var rounds = int.Parse(Array.IndexOf(args, "--rounds") is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : "5", CultureInfo.InvariantCulture);
        var one = Read();
        var source = new Twenty([.. Enumerable.Range(0, 20).Select(number => new SearchSubject(Read(), number.ToString(CultureInfo.InvariantCulture), DateTimeOffset.UnixEpoch))]);
        await MeasureAsync("index entries of an Observation", rounds, () => Task.FromResult(IndexEntries.Of(one).Keys.Count));
        foreach (var (name, parameters) in new[] { ("code", ByCode), ("date", ByDate) })
        {
            await MeasureAsync($"query by {name}: read", rounds, () => Task.FromResult(SearchQuery.Parse("Observation", parameters).Value.Conditions.Count));
            await MeasureAsync($"query by {name}: read, run over 20 candidates", rounds, async () =>
                (await SearchRun.RunAsync(SearchQuery.Parse("Observation", parameters).Value, source)).Value.Matches.Count);
        }

        return 0;
    }

    private static FhirResource Read() => FhirJson.Parse(Encoding.UTF8.GetBytes(Observation)).Resource ?? throw new InvalidDataException("The Observation cannot be read.");

    private static async Task MeasureAsync(string name, int rounds, Func<Task<int>> call)
    {
        var best = double.MaxValue;
        var allocated = 0L;
        // The first round warms up.
        for (var round = 0; round <= rounds; round++)
        {
            var (cpu, before) = (Process.GetCurrentProcess().TotalProcessorTime, GC.GetTotalAllocatedBytes());
            for (var at = 0; at < Calls; at++)
            {
                if (await call() == 0)
                {
                    throw new InvalidDataException($"{name} found nothing.");
                }
            }

            best = round == 0 ? best : Math.Min(best, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMicroseconds / Calls);
            allocated = (GC.GetTotalAllocatedBytes() - before) / Calls;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {best:0.0} µs CPU, {allocated:N0} B"));
    }

    private sealed class Twenty(SearchSubject[] subjects) : ISearchSource
    {
        public bool CanOrder(string type, CandidateOrder order) => true;

        public Task<IReadOnlyList<SearchSubject>> CandidatesAsync(CandidateRequest request, CancellationToken cancel) => Task.FromResult<IReadOnlyList<SearchSubject>>(subjects);

        public Task<IReadOnlyList<SearchSubject>> ReadAsync(IReadOnlyCollection<(string Type, string Id)> references, CancellationToken cancel) => Task.FromResult<IReadOnlyList<SearchSubject>>([]);
    }
}
