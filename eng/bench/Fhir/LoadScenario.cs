namespace Sante.Bench.Fhir;

/// <summary>The requests of one scenario; the same as those that the peers were measured by.</summary>
internal sealed class LoadScenario(string name, LoadData data, int connections)
{
    public string Name { get; } = name;

    /// <summary>An ingest is counted by observation.</summary>
    public int UnitsPerRequest { get; } = name == "ingest" ? LoadData.BatchSize : 1;

    /// <summary>The next request of a connection. Updates of different connections never meet.</summary>
    public (string Method, string Path, string? Body) Next(int connection, Random random) => Name switch
    {
        "create" => ("POST", "/Observation", (LoadData.Observation(random, Patient(random), random.Next(LoadData.Codes.Length)))),
        "read" => ("GET", "/Observation/" + data.Observations[random.Next(data.Observations.Count)].Id, null),
        "search-code" => ("GET", $"/Observation?subject={Uri.EscapeDataString(Patient(random))}&code={Code(random)}&_count=20", null),
        "search-date" => ("GET", $"/Observation?subject={Uri.EscapeDataString(Patient(random))}&{Dates(random)}&_sort=-date&_count=20", null),
        "search-date-all" => ("GET", $"/Observation?code={Code(random)}&{Dates(random)}&_sort=-date&_count=20", null),
        "update" => Update(connection, random),
        "transaction" => ("POST", "", (LoadData.Transaction(random, Patient(random)))),
        "ingest" => ("POST", "", (LoadData.Bundle("batch", Enumerable.Range(0, LoadData.BatchSize).Select(_ => LoadData.Observation(random, Patient(random), random.Next(LoadData.Codes.Length)))))),
        _ => throw new ArgumentException($"Unknown scenario {Name}."),
    };

    /// <summary>Whether a successful answer did all that was asked: of a batch, every entry.</summary>
    public bool IsWhole(ReadOnlySpan<byte> answer) => Name switch
    {
        "ingest" => answer.Count("\"201"u8) == LoadData.BatchSize,
        "transaction" => answer.Count("\"201"u8) == 20,
        _ => true,
    };

    private (string, string, string?) Update(int connection, Random random)
    {
        var slice = data.Observations.Count / connections;
        var one = data.Observations[(connection * slice) + random.Next(slice)];
        return ("PUT", "/Observation/" + one.Id, (LoadData.Observation(random, one.Subject, one.Code, one.Id)));
    }

    private string Patient(Random random) => data.Patients[random.Next(data.Patients.Count)];

    private static string Code(Random random) => Uri.EscapeDataString("http://loinc.org|" + LoadData.Codes[random.Next(LoadData.Codes.Length)].Code);

    private static string Dates(Random random)
    {
        var from = random.Next(300);
        return $"date=ge{LoadData.Day(from)}&date=lt{LoadData.Day(from + 60)}";
    }
}
