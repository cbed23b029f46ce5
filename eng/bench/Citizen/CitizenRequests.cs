using System.Globalization;
using System.Text;
using Sante.Bench.Nation;

namespace Sante.Bench.Citizen;

/// <summary>The four questions of a professional's software, each about one citizen who let him in, as whole HTTP requests.</summary>
internal sealed class CitizenRequests
{
    private const int SearchDays = 30;
    private readonly IReadOnlyList<NationEntry> citizens;
    private readonly string[] heads;

    /// <param name="citizens">The nation.</param>
    /// <param name="identity">Signs one token per professional, now.</param>
    /// <param name="host">Of the API.</param>
    public CitizenRequests(IReadOnlyList<NationEntry> citizens, BenchIdentity identity, string host)
    {
        this.citizens = citizens;
        heads = [.. Enumerable.Range(0, NationCarers.Count).Select(number =>
            $"Host: {host}\r\nAccept: application/fhir+json\r\nAuthorization: Bearer {identity.TokenOf(NationCarers.Of(number), "user/*.cruds")}\r\n")];
    }

    /// <summary>The scenarios by name, with the status that each must answer.</summary>
    public static IReadOnlyList<(string Name, int Status)> Scenarios { get; } = [("create", 201), ("read", 200), ("search-code", 200), ("search-date", 200)];

    public ReadOnlyMemory<byte> Of(string scenario, int number, Random random)
    {
        var citizen = citizens[number];
        return scenario switch
        {
            "create" => Create(citizen, random),
            "read" => Get(citizen, $"Observation/{citizen.Observations[random.Next(citizen.Observations.Count)]}"),
            "search-code" => Get(citizen, $"Observation?patient={citizen.Patient}&code=http%3A%2F%2Floinc.org%7C{NationResources.Measures[random.Next(NationResources.Measures.Count)].Code}&_count=20"),
            "search-date" => Get(citizen, Dates(citizen, random)),
            _ => throw new ArgumentOutOfRangeException(nameof(scenario), scenario, null),
        };
    }

    /// <summary>All the measures of a citizen.</summary>
    public ReadOnlyMemory<byte> All(int number) => Get(citizens[number], $"Observation?patient={citizens[number].Patient}&_count=100");

    private static string Dates(NationEntry citizen, Random random)
    {
        var from = NationResources.FirstDay.AddDays(random.Next(270));
        return string.Create(CultureInfo.InvariantCulture,
            $"Observation?patient={citizen.Patient}&date=ge{from:yyyy-MM-dd}&date=lt{from.AddDays(SearchDays):yyyy-MM-dd}&_sort=-date&_count=20");
    }

    private byte[] Get(NationEntry citizen, string path) => Encoding.ASCII.GetBytes($"GET /fhir/{path} HTTP/1.1\r\n{heads[citizen.Carer]}\r\n");

    private byte[] Create(NationEntry citizen, Random random)
    {
        var body = NationResources.Observation(citizen.Patient, random.Next(NationResources.Measures.Count),
            NationResources.FirstDay.AddMinutes(random.Next(300 * 24 * 60)), random.NextDouble());
        var head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"POST /fhir/Observation HTTP/1.1\r\n{heads[citizen.Carer]}Content-Type: application/fhir+json\r\nContent-Length: {body.Length}\r\n\r\n"));
        return [.. head, .. body];
    }
}
