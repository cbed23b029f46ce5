using System.Text;
using Sante.Fhir;
using Sante.Fhir.FhirPath;

namespace Sante.Bench.Fuzz;

/// <summary>
/// Seeded fuzz of FHIRPath: expressions made by its grammar, some damaged, over three resources with small bounds. Reading and evaluating end in items or in a
/// refusal of their own; the same input gives the same answer; what gives items can be asked as a condition. Nothing may throw.
/// </summary>
internal static class FhirPathFuzz
{
    private static readonly FhirPathLimits Limits = new() { MaxSteps = 20_000, MaxItems = 4_000, MaxTextLength = 20_000, AllowsBacktracking = false };

    private static readonly FhirResource[] Resources =
    [
        Read("""{"resourceType":"Patient","id":"p","active":true,"name":[{"use":"official","family":"Éluard","given":["Jean","Paul"],"_given":[null,{"extension":[{"url":"u","valueInteger":3}]}]},{"given":["J"]}],"birthDate":"1970-02-28","_birthDate":{"id":"b"},"deceasedDateTime":"2020-01-01T10:00:00+01:00","multipleBirthInteger":2,"contained":[{"resourceType":"Organization","id":"o","name":"x"}],"managingOrganization":{"reference":"#o"}}"""),
        Read("""{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"valueQuantity":{"value":72.50,"unit":"bpm","system":"http://unitsofmeasure.org","code":"/min"},"effectivePeriod":{"start":"2024-05","end":"2024-05-10T08:30:00Z"},"component":[{"code":{"text":"a"},"valueQuantity":{"value":1e3,"system":"http://unitsofmeasure.org","code":"mg"}},{"code":{"text":"b"},"valueString":"7"}]}"""),
        Read("""{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Basic","id":"1","code":{"text":"t"},"subject":{"reference":"Patient/p"}}},{"resource":{"resourceType":"Questionnaire","status":"draft","item":[{"linkId":"1","type":"group","item":[{"linkId":"1.1","type":"decimal"}]}]}}]}"""),
    ];

    /// <summary>What a run saw.</summary>
    /// <param name="Count">Inputs.</param>
    /// <param name="Parsed">Of these, how many are expressions.</param>
    /// <param name="Accepted">Of these, how many gave items or nothing without a fault.</param>
    internal readonly record struct Seen(long Count, long Parsed, long Accepted);

    /// <summary>Tries inputs <paramref name="from"/> to <paramref name="to"/>; throws, naming the input, at the first that breaks a promise.</summary>
    public static Seen Run(long from, long to, int seed)
    {
        var (parsed, accepted) = (0L, 0L);
        for (var number = from; number < to; number++)
        {
            var source = new FhirPathMaker(seed, number).Expression();
            try
            {
                if (FhirPathExpression.Parse(source).TryGet(out var expression, out var refusal))
                {
                    parsed++;
                    accepted += Try(expression, Resources[number % Resources.Length]) ? 1 : 0;
                }
                else
                {
                    Require(refusal.Code.StartsWith("fhirpath-", StringComparison.Ordinal), "a code of its own");
                }
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"Input {number} of seed {seed}: {source}", fault);
            }
        }

        return new Seen(to - from, parsed, accepted);
    }

    private static bool Try(FhirPathExpression expression, FhirResource resource)
    {
        var scope = new FhirPathScope
        {
            Resource = FhirPathValue.Of(resource),
            Bundle = resource.Type == "Bundle" ? resource.Root : default,
            Now = new DateTimeOffset(2026, 11, 22, 1, 2, 3, TimeSpan.FromHours(1)),
            MemberOf = static (_, set) => set.Length > 3 ? true : null,
            ReferencesByType = true,
            Limits = Limits,
        };
        var outcome = expression.Evaluate(resource, scope);
        var again = expression.Evaluate(resource, scope);
        var truth = expression.IsTrue(FhirPathValue.Of(resource), scope);
        Require(outcome.Refusal?.Code == again.Refusal?.Code, "the same answer twice");
        if (outcome.Refusal is { } refusal)
        {
            Require(refusal.Code.StartsWith("fhirpath-", StringComparison.Ordinal), "a code of its own");
            return false;
        }

        Require(outcome.Value.Count == again.Value.Count && outcome.Value.Count <= Limits.MaxItems, "the same items, within bounds");
        foreach (var item in outcome.Value)
        {
            Require(item.TypeName is not null || item.Node.Exists || item.Companion.Exists, "every item is something");
            Require((item.Text ?? "").Length <= Limits.MaxTextLength + resource.Utf8.Length, "texts within bounds");
        }

        // As a condition less may be evaluated (a first answer decides), never another thing.
        Require(truth.Refusal is null ? !truth.Value || outcome.Value.Count == 1 : outcome.Value.Count > 1, "the condition fits the items");
        return true;
    }

    private static FhirResource Read(string json) => FhirJson.Parse(Encoding.UTF8.GetBytes(json)).Resource!;

    private static void Require(bool kept, string promise)
    {
        if (!kept)
        {
            throw new InvalidOperationException($"Broken: {promise}");
        }
    }
}
