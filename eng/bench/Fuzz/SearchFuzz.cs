using System.Text;
using Sante.Fhir;
using Sante.Fhir.Search;

namespace Sante.Bench.Fuzz;

/// <summary>
/// Seeded fuzz of the search grammar: queries made of its words, some damaged. Reading ends in a query or in a refusal of its own; a query says itself again from its
/// <c>self</c> text, can be matched, narrowed and sorted, and loses no match on an index. Nothing may throw.
/// </summary>
internal static class SearchFuzz
{
    private const string Letters = "abz_:.|,\\$%=-+0159eE/?#&'\"\u00e9\u0153\ud83d\ude00 \tgeleapTZ*;()";

    private static readonly string[] Values =
    [
        "http://loinc.org|8867-4", "8867-4", "|8867-4", "http://loinc.org|", "Patient/1", "1", "Éluard", "é\\,b", "a\\|b\\$c\\\\", "2024", "ge2024-05", "sa2024-05-10T08:30:00Z", "eb1980-07",
        "ap2024-05-10T08:30:00.123+02:00", "ne9999-12-31", "0001", "5.40", "gt5e3", "lt-0.00", "5.4|http://unitsofmeasure.org|mg", "71500|http://unitsofmeasure.org|g", "37||Cel", "1e27", "1e-30",
        "http://loinc.org|8867-4$gt5.4|http://unitsofmeasure.org|/min", "a$2024", "48.85|2.35|10|km", "true", "false", "urn:uuid:0", "http://x.example/a|1", "#a", "x", "",
        "http://hl7.org/fhir/ValueSet/administrative-gender", "http://terminology.hl7.org/CodeSystem/v3-ActCode|AMB", "urn:a|MR|12", "code,-date,_id", "Observation:subject", "*", "Observation:*", "Patient:organization:Organization",
    ];

    private static readonly string[] Modifiers = ["missing", "exact", "contains", "text", "not", "in", "not-in", "above", "below", "of-type", "identifier", "Patient", "Group", "iterate", "recurse", "nonsense"];

    private static readonly string[] Controls =
        ["_count", "_sort", "_total", "_summary", "_elements", "_include", "_include:iterate", "_revinclude", "_revinclude:iterate", "_contained", "_id", "_lastUpdated", "_tag", "_profile", "_filter", "_text", "_list", "_type", "_format"];

    private static readonly string[] Types = ["Observation", "Patient", "Encounter", "Location", "DocumentReference", "Bundle", "CarePlan", "MolecularSequence", "RiskAssessment", "QuestionnaireResponse"];

    private static readonly Dictionary<string, string[]> Codes = Types.ToDictionary(type => type, type => SearchParameters.Of(type).Keys.Order(StringComparer.Ordinal).ToArray());

    private static readonly (SearchSubject Subject, IndexEntries Entries)[] Subjects = [.. Resources().Select(json =>
    {
        FhirJson.Parse(Encoding.UTF8.GetBytes(json)).TryGet(out var resource, out _);
        return (new SearchSubject(resource!, "1", new DateTimeOffset(2024, 5, 10, 0, 0, 0, TimeSpan.Zero)), IndexEntries.Of(resource!));
    })];

    /// <summary>What a run saw.</summary>
    /// <param name="Count">Inputs.</param>
    /// <param name="Parsed">Of these, how many are queries.</param>
    /// <param name="Accepted">Of these, how many found a resource.</param>
    internal readonly record struct Seen(long Count, long Parsed, long Accepted);

    /// <summary>Tries inputs <paramref name="from"/> to <paramref name="to"/>; throws, naming the input, at the first that breaks a promise.</summary>
    public static Seen Run(long from, long to, int seed)
    {
        var (parsed, matched) = (0L, 0L);
        for (var number = from; number < to; number++)
        {
            var random = new Random(unchecked((int)((number * 2654435761) ^ (seed * 40503))));
            var type = Types[random.Next(Types.Length)];
            var parameters = Make(random, type);
            try
            {
                var verdict = Try(type, parameters, random);
                parsed += verdict >= 1 ? 1 : 0;
                matched += verdict == 2 ? 1 : 0;
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"Input {number} of seed {seed}: {type}?{string.Join('&', parameters.Select(one => $"{one.Key}={one.Value}"))}", fault);
            }
        }

        return new Seen(to - from, parsed, matched);
    }

    // 0: refused; 1: a query; 2: one that a resource matches.
    private static int Try(string type, List<KeyValuePair<string, string>> parameters, Random random)
    {
        var options = new SearchOptions { Lenient = random.Next(4) == 0, Now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), BaseUrl = "http://x.example" };
        if (!SearchQuery.Parse(type, parameters, options).TryGet(out var query, out var refusal))
        {
            Promise(refusal.Code.StartsWith("search-", StringComparison.Ordinal), $"refused with {refusal.Code}");
            return 0;
        }

        var again = SearchQuery.Parse(type, query.SelfQuery.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2))
            .Select(pair => KeyValuePair.Create(Uri.UnescapeDataString(pair[0]), Uri.UnescapeDataString(pair[1]))), options);
        Promise(again.Refusal is null && again.Value.SelfQuery == query.SelfQuery, "self is another query");
        var any = false;
        foreach (var (subject, entries) in Subjects)
        {
            if (query.Matches(subject))
            {
                any = true;
                Promise(query.Narrowings.All(narrowing => Keeps(entries, narrowing)), "a match is lost on the index");
                Promise(query.Ids?.Contains(subject.Id) != false, "a match is lost by its id");
                Promise(query.Order([subject, subject]).Count() == 2, "sorting loses one");
            }
        }

        return any ? 2 : 1;
    }

    private static List<KeyValuePair<string, string>> Make(Random random, string type)
    {
        List<KeyValuePair<string, string>> parameters = [];
        for (var at = random.Next(1, 4); at > 0; at--)
        {
            parameters.Add(KeyValuePair.Create(Damaged(random, Name(random, type, 0)), Damaged(random, Value(random))));
        }

        return parameters;
    }

    private static string Name(Random random, string type, int depth)
    {
        var codes = Codes[type];
        switch (random.Next(12))
        {
            case 0:
                return Controls[random.Next(Controls.Length)];
            case 1 when depth < 4:
                var target = Types[random.Next(Types.Length)];
                return $"{codes[random.Next(codes.Length)]}:{target}.{Name(random, target, depth + 1)}";
            case 2 when depth < 4:
                return $"subject.{Name(random, "Patient", depth + 1)}";
            case 3 when depth < 4:
                var from = Types[random.Next(Types.Length)];
                return $"_has:{from}:{(random.Next(2) == 0 ? "patient" : Codes[from][random.Next(Codes[from].Length)])}:{Name(random, from, depth + 1)}";
            case 4 or 5:
                return $"{codes[random.Next(codes.Length)]}:{Modifiers[random.Next(Modifiers.Length)]}";
            default:
                return codes[random.Next(codes.Length)];
        }
    }

    private static string Value(Random random)
    {
        var value = Values[random.Next(Values.Length)];
        return random.Next(4) == 0 ? $"{value},{Values[random.Next(Values.Length)]}" : value;
    }

    private static string Damaged(Random random, string text)
    {
        if (random.Next(6) != 0)
        {
            return text;
        }

        var letters = new StringBuilder(text);
        for (var at = random.Next(1, 4); at > 0; at--)
        {
            var place = random.Next(letters.Length + 1);
            if (random.Next(3) == 0 && place < letters.Length)
            {
                letters.Remove(place, 1);
            }
            else
            {
                letters.Insert(place, Letters[random.Next(Letters.Length)]);
            }
        }

        return letters.ToString();
    }

    private static bool Keeps(IndexEntries entries, Narrowing narrowing) =>
        narrowing.Keys.Any(entries.Keys.Contains)
        || entries.Dates.Any(date => date.Parameter == narrowing.Parameter && narrowing.Windows.Any(window =>
            date.LowTicks >= window.LowFrom && date.LowTicks <= window.LowTo && date.HighTicks >= window.HighFrom && date.HighTicks <= window.HighTo))
        || entries.Texts.Any(text => text.Parameter == narrowing.Parameter && narrowing.Prefixes.Any(prefix => text.Folded.StartsWith(prefix, StringComparison.Ordinal)))
        || entries.Numbers.Any(number => number.Parameter == narrowing.Parameter && narrowing.Numbers.Any(range => range.Unit == number.Unit && range.Low <= number.Value && number.Value <= range.High));

    private static void Promise(bool holds, string broken)
    {
        if (!holds)
        {
            throw new InvalidOperationException(broken);
        }
    }

    private static IEnumerable<string> Resources() =>
    [
        """
        {"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4","display":"Heart rate"}],"text":"Éluard"},"subject":{"reference":"Patient/1","identifier":{"system":"urn:a","value":"12"}},
         "effectivePeriod":{"start":"2024-05-09"},"valueQuantity":{"value":71.5,"system":"http://unitsofmeasure.org","code":"kg"},"component":[{"code":{"coding":[{"code":"a"}]},"valueQuantity":{"value":5.4,"unit":"x"}}]}
        """,
        """
        {"resourceType":"Patient","meta":{"profile":["http://x.example/a|1"],"tag":[{"code":"x"}]},"active":true,"identifier":[{"system":"urn:a","value":"12","type":{"coding":[{"system":"urn:a","code":"MR"}]}}],
         "name":[{"family":"Éluard","given":["x","é,b"]}],"birthDate":"1980-07","gender":"male","managingOrganization":{"reference":"Organization/1"},"generalPractitioner":[{"reference":"#a"}],"contained":[{"resourceType":"Practitioner","id":"a","name":[{"text":"x"}]}]}
        """,
        """{"resourceType":"Encounter","status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},"period":{"end":"2024"},"subject":{"reference":"http://x.example/Patient/1"}}""",
        """{"resourceType":"Location","position":{"latitude":48.85,"longitude":2.35},"name":"x"}""",
        """{"resourceType":"RiskAssessment","status":"final","subject":{"reference":"Patient/1"},"prediction":[{"probabilityDecimal":5.4}]}""",
        """{"resourceType":"Bundle","type":"document","entry":[{"resource":{"resourceType":"Composition","id":"1","status":"final","title":"x"}}]}""",
    ];
}
