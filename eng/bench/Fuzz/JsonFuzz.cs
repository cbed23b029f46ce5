using System.Buffers;
using System.Text;
using System.Text.Json;
using Sante.Fhir;
using Sante.Fhir.Bundles;
using Sante.Fhir.Check;

namespace Sante.Bench.Fuzz;

/// <summary>
/// Seeded fuzz of the JSON parser and the checks: valid resources, damaged. Held against System.Text.Json: what ours takes, that must take too; what only ours
/// refuses must have one of the codes by which ours is stricter. Nothing may throw, and memory stays within a multiple of the input.
/// </summary>
internal static class JsonFuzz
{
    private const int AllocationFactor = 40;
    private const int AllocationBase = 256 * 1024;
    private static readonly FhirStamp Stamp = new("a", 1, DateTimeOffset.UnixEpoch);

    private static readonly string[] Stricter =
    [
        "json-duplicate-name", "json-escaped-name", "json-lone-surrogate", "json-number-too-long", "json-too-many-values", "json-name-too-long", "json-byte-order-mark",
        "json-not-utf8", "json-too-deep", "resource-type-missing", "body-empty",
    ];

    /// <summary>What a run saw.</summary>
    /// <param name="Count">Inputs.</param>
    /// <param name="Parsed">Of these, how many are JSON resources.</param>
    /// <param name="Accepted">Of these, how many a write would take.</param>
    internal readonly record struct Seen(long Count, long Parsed, long Accepted);

    /// <summary>Tries inputs <paramref name="from"/> to <paramref name="to"/>; throws, naming the input, at the first that breaks a promise.</summary>
    public static Seen Run(long from, long to, int seed)
    {
        var (parsed, accepted) = (0L, 0L);
        for (var number = from; number < to; number++)
        {
            var input = JsonDamage.Make(seed, number);
            try
            {
                var verdict = Try(input, number, out var allocated);
                if (allocated > Allowed(input))
                {
                    // Definitions and code systems are read when they are first asked for: then the second reading tells.
                    Try(input, number, out allocated);
                    Require(allocated <= Allowed(input), "too much memory");
                }

                parsed += verdict >= 1 ? 1 : 0;
                accepted += verdict == 2 ? 1 : 0;
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"Input {number} of seed {seed}: {Convert.ToBase64String(input)}", fault);
            }
        }

        return new Seen(to - from, parsed, accepted);
    }

    // 0: no resource; 1: a resource with faults; 2: one that a write takes.
    private static int Try(byte[] input, long number, out long allocated)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var verdict = Try(input, number);
        allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return verdict;
    }

    private static int Try(byte[] input, long number)
    {
        var parsed = FhirJson.Parse(input);
        Agree(input, parsed);
        if (parsed.Resource is not { } resource)
        {
            Require(parsed.Issues.Count > 0, "refused without an issue");
            return 0;
        }

        // One in eight by the whole check: it costs much more.
        var depth = number % 8 == 0 ? FhirCheckDepth.Full : FhirCheckDepth.Write;
        var issues = FhirCheck.Check(resource, new FhirCheckOptions { Depth = depth });
        Require(issues.Count <= 2 * FhirLimits.Default.MaxIssues, "more issues than the limit");
        _ = OperationOutcomes.Write(issues);
        var refused = issues.Any(issue => issue.Refuses);
        if (!refused)
        {
            var served = StampPlaces.Of(resource).Write(resource.Utf8.Span, Stamp);
            Require(FhirJson.Parse(served).Resource is { Id: "a" }, "the served form is no resource");
        }

        return refused ? 1 : 2;
    }

    private static long Allowed(byte[] input) => AllocationBase + ((long)AllocationFactor * input.Length);

    private static void Agree(byte[] input, FhirParsed parsed)
    {
        var theirs = IsJson(input);
        Require(parsed.Resource is null || theirs, "ours takes what System.Text.Json refuses");
        Require(!theirs || parsed.Resource is not null || parsed.Issues.All(issue => Stricter.Contains(issue.Code)), $"ours refuses JSON: {string.Join(" ", parsed.Issues.Select(issue => issue.Code))}");
    }

    private static bool IsJson(byte[] input)
    {
        var reader = new Utf8JsonReader(new ReadOnlySequence<byte>(input), new JsonReaderOptions { MaxDepth = 64 });
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void Require(bool promise, string what)
    {
        if (!promise)
        {
            throw new InvalidDataException(what);
        }
    }
}

/// <summary>Makes the inputs: the same seed and number give the same bytes.</summary>
internal static class JsonDamage
{
    private static readonly byte[][] Seeds = [.. new[]
    {
        """{"resourceType":"Observation","id":"o1","meta":{"profile":["http://hl7.org/fhir/StructureDefinition/bp"]},"status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}]},"subject":{"reference":"Patient/1"},"effectiveDateTime":"2024-02-29T23:59:59.999+01:00","component":[{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"valueQuantity":{"value":120.50,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}},{"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},"valueQuantity":{"value":-1E+2,"system":"http://unitsofmeasure.org","code":"mm[Hg]"}}]}""",
        """{"resourceType":"Patient","id":"p1","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p class='a'>Zoé &amp; L\u00e9a \ud83d\ude00</p><br/></div>"},"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthPlace","valueAddress":{"city":"Lyon"}}],"identifier":[{"use":"official","system":"urn:oid:1.2.250.1.213.1.4.8","value":"x"}],"active":true,"name":[{"family":"Martin","given":["Anne",null],"_given":[null,{"extension":[{"url":"http://x.y/z","valueString":"b"}]}]}],"gender":"female","birthDate":"1970-01-31","_birthDate":{"id":"b"},"deceasedBoolean":false,"contact":[{"name":{"text":"q"}}]}""",
        """{"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:0f0e0d0c-0b0a-0908-0706-050403020100","resource":{"resourceType":"Condition","contained":[{"resourceType":"Practitioner","id":"c"}],"subject":{"reference":"urn:uuid:0f0e0d0c-0b0a-0908-0706-050403020101"},"recorder":{"reference":"#c"},"onsetAge":{"value":3,"unit":"a","system":"http://unitsofmeasure.org","code":"a"}},"request":{"method":"POST","url":"Condition"}},{"fullUrl":"urn:uuid:0f0e0d0c-0b0a-0908-0706-050403020101","resource":{"resourceType":"Patient"},"request":{"method":"PUT","url":"Patient/7"}}]}""",
        """{"resourceType":"Questionnaire","status":"draft","item":[{"linkId":"1","type":"group","item":[{"linkId":"1.1","type":"choice","answerOption":[{"valueCoding":{"code":"a"},"initialSelected":true}],"enableWhen":[{"question":"1","operator":"exists","answerBoolean":true}]}]}]}""",
        """{"resourceType":"Parameters","parameter":[{"name":"a","part":[{"name":"b","valueTiming":{"repeat":{"boundsPeriod":{"start":"2020","end":"2021-05"},"frequency":1,"period":1.0,"periodUnit":"d"}}},{"name":"c","resource":{"resourceType":"Binary","contentType":"text/plain","data":"YWJj"}}]}]}""",
    }.Select(Encoding.UTF8.GetBytes)];

    private static readonly byte[][] Tokens = [.. new[]
    {
        "null", "true", "{}", "[]", "[[]]", "\"\"", "-1E+245", "1e999", "0.10", "00", "-0", "1.", "99999999999999999999", "\"\\ud800\"", "\"\\ud83d\\ude00\"", "\"\\u0000\"", "\"2021-02-30\"",
        "\"0000-01-01\"", "\"2016-12-31T23:59:60Z\"", "\"2020-01-01T00:00:00-24:00\"", "\"#c\"", "\"\\\\\"", "{\"a\":", ",", ":", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "\"resourceType\":\"Patient\"",
        "\"_x\":null", "<script>", "&#x0A;", "\u202e", "\u00e9", "{\"extension\":[{\"url\":\"a\"}]}", "\"extension\":[{\"url\":\"http://a.b\",\"valueString\":\"x\"}]", "\"contained\":[{\"resourceType\":\"Bundle\",\"id\":\"z\"}]",
    }.Select(Encoding.UTF8.GetBytes)];

    public static byte[] Make(int seed, long number)
    {
        var dice = new Random(unchecked((seed * 397) ^ (int)(number * 2654435761L)));
        var bytes = new List<byte>(Seeds[dice.Next(Seeds.Length)]);
        for (var times = 1 + dice.Next(4); times > 0 && bytes.Count > 0; times--)
        {
            Damage(dice, bytes);
        }

        return [.. bytes];
    }

    private static void Damage(Random dice, List<byte> bytes)
    {
        var at = dice.Next(bytes.Count);
        var length = Math.Min(bytes.Count - at, 1 + dice.Next(24));
        switch (dice.Next(24))
        {
            case 0: bytes[at] = (byte)dice.Next(256); break;
            case 1: bytes[at] ^= (byte)(1 << dice.Next(8)); break;
            case 2: bytes.RemoveRange(at, length); break;
            case 3: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
            case 4: bytes.InsertRange(at, Tokens[dice.Next(Tokens.Length)]); break;
            case 5: bytes.RemoveRange(at, bytes.Count - at); break;
            case 6: Splice(dice, bytes, at); break;
            case 7: Move(bytes, at, length, dice.Next(bytes.Count - length + 1)); break;
            default: ReplaceValue(dice, bytes, at); break;
        }
    }

    private static void Splice(Random dice, List<byte> bytes, int at)
    {
        var other = Seeds[dice.Next(Seeds.Length)];
        var from = dice.Next(other.Length);
        bytes.InsertRange(at, other[from..Math.Min(other.Length, from + 1 + dice.Next(120))]);
    }

    private static void Move(List<byte> bytes, int at, int length, int to)
    {
        var part = bytes.GetRange(at, length);
        bytes.RemoveRange(at, length);
        bytes.InsertRange(Math.Min(to, bytes.Count), part);
    }

    // Keeps the document JSON most of the time, so that the checks are reached: the value after a colon gives way to a token.
    private static void ReplaceValue(Random dice, List<byte> bytes, int at)
    {
        var colon = bytes.IndexOf((byte)':', at);
        if (colon < 0)
        {
            return;
        }

        var end = colon + 1;
        var quoted = false;
        while (end < bytes.Count && (quoted || bytes[end] is not ((byte)',' or (byte)'}' or (byte)']')))
        {
            quoted ^= bytes[end] == '"' && bytes[end - 1] != '\\';
            end++;
        }

        bytes.RemoveRange(colon + 1, end - colon - 1);
        bytes.InsertRange(colon + 1, Tokens[dice.Next(22)]);
    }
}
