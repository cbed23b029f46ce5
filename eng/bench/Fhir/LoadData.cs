using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

using Sante.Bench.Load;

namespace Sante.Bench.Fhir;

/// <summary>The synthetic patients and observations that a load run works on; made on the server once, remembered in a file when one is named.</summary>
internal sealed record LoadData(IReadOnlyList<string> Patients, IReadOnlyList<LoadedObservation> Observations)
{
    public const int BatchSize = 100;

    /// <summary>LOINC code, display, unit, least value, span: vital signs.</summary>
    public static readonly (string Code, string Display, string Unit, double Low, double Span)[] Codes =
    [
        ("8867-4", "Heart rate", "/min", 60, 60), ("9279-1", "Respiratory rate", "/min", 12, 12), ("8310-5", "Body temperature", "Cel", 36, 3),
        ("29463-7", "Body weight", "kg", 50, 60), ("2708-6", "Oxygen saturation in Arterial blood", "%", 90, 10),
    ];

    private static readonly DateTimeOffset Year = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static async Task<LoadData> PrepareAsync(FhirServer server, int patients, int perPatient, string? state)
    {
        if (state is not null && File.Exists(state))
            return JsonSerializer.Deserialize<LoadData>(await File.ReadAllTextAsync(state)) ?? throw new InvalidDataException("The state file is empty.");
        using var connection = await server.ConnectAsync();
        var random = new Random(42);
        var references = new List<string>();
        for (var i = 0; i < patients; i++)
            references.Add("Patient/" + (await CreateAsync(server, connection, "/Patient", Patient(i)))["id"]!.GetValue<string>());
        var observations = new List<LoadedObservation>();
        for (var done = 0; done < patients * perPatient; done += BatchSize)
        {
            var some = Enumerable.Range(done, Math.Min(BatchSize, (patients * perPatient) - done)).Select(n => (Subject: references[n % patients], Code: n / patients % Codes.Length)).ToList();
            var answer = await CreateAsync(server, connection, "", Bundle("batch", some.Select(o => Observation(random, o.Subject, o.Code))));
            var entries = answer["entry"]!.AsArray();
            for (var i = 0; i < some.Count; i++)
                observations.Add(new LoadedObservation(entries[i]!["response"]!["location"]!.GetValue<string>().Split("Observation/")[1].Split('/')[0], some[i].Subject, some[i].Code));
        }
        var data = new LoadData(references, observations);
        if (state is not null)
            await File.WriteAllTextAsync(state, JsonSerializer.Serialize(data));
        return data;
    }

    public static string Day(int days) => Year.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string Observation(Random random, string subject, int code, string? id = null, string? encounter = null)
    {
        var (loinc, display, unit, low, span) = Codes[code];
        var at = Year.AddDays(random.NextDouble() * 365).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var value = (low + (random.NextDouble() * span)).ToString("f1", CultureInfo.InvariantCulture);
        return $$$"""{"resourceType":"Observation",{{{(id is null ? "" : $"\"id\":\"{id}\",")}}}"status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"{{{loinc}}}","display":"{{{display}}}"}],"text":"{{{display}}}"},"subject":{"reference":"{{{subject}}}"},{{{(encounter is null ? "" : $"\"encounter\":{{\"reference\":\"{encounter}\"}},")}}}"effectiveDateTime":"{{{at}}}","valueQuantity":{"value":{{{value}}},"unit":"{{{unit}}}","system":"http://unitsofmeasure.org","code":"{{{unit}}}"}}""";
    }

    public static string Transaction(Random random, string subject)
    {
        var encounter = $"urn:uuid:{NewUuid(random)}";
        var visit = $$$"""{"resourceType":"Encounter","status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},"subject":{"reference":"{{{subject}}}"}}""";
        return Bundle("transaction", Enumerable.Range(0, 20).Select(i => i == 0 ? visit : Observation(random, subject, random.Next(Codes.Length), encounter: encounter)), encounter);
    }

    public static string Bundle(string type, IEnumerable<string> resources, string? firstUrl = null)
    {
        var text = new StringBuilder($"{{\"resourceType\":\"Bundle\",\"type\":\"{type}\",\"entry\":[");
        foreach (var (i, resource) in resources.Index())
        {
            var kind = resource[17..resource.IndexOf('"', 17)];
            text.Append(i > 0 ? "," : "").Append("{\"fullUrl\":\"").Append(i == 0 && firstUrl is not null ? firstUrl : $"urn:uuid:{Guid.CreateVersion7()}")
                .Append("\",\"resource\":").Append(resource).Append(",\"request\":{\"method\":\"POST\",\"url\":\"").Append(kind).Append("\"}}");
        }
        return text.Append("]}").ToString();
    }

    private static string Patient(int i) => string.Create(CultureInfo.InvariantCulture,
        $$"""{"resourceType":"Patient","identifier":[{"system":"urn:bench:patient","value":"p{{i}}"}],"active":true,"name":[{"family":"Bench{{i}}","given":["Load"]}],"gender":"{{(i % 2 == 0 ? "male" : "female")}}","birthDate":"19{{50 + (i % 50)}}-0{{1 + (i % 9)}}-1{{i % 9}}"}""");

    private static Guid NewUuid(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }

    private static async Task<JsonNode> CreateAsync(FhirServer server, HttpConnection connection, string path, string body)
    {
        await connection.SendAsync(server.Request("POST", path, body));
        return connection.Status is 200 or 201 ? JsonNode.Parse(connection.Body.Span)! : throw new InvalidOperationException($"{connection.Status}: {Encoding.UTF8.GetString(connection.Body.Span)}");
    }
}

/// <summary>An observation that is there, with what its updates keep.</summary>
internal sealed record LoadedObservation(string Id, string Subject, int Code);
