using Sante.Fhir.FhirPath;

namespace Sante.Fhir.Terminology;

/// <summary>A filter of a value set, ready to be asked for every concept of one code system. Foreign sets may bring any value: none makes it run long.</summary>
internal sealed class FilterTest
{
    // Larger patterns are for no code, and a step could no longer stand for their work.
    private const long MaxPatternSize = 20_000;
    private readonly string kind;
    private readonly string value;
    private readonly Concept? named;
    private readonly HashSet<string>? listed;
    private readonly PathPattern? pattern;

    public FilterTest(CodeSystem system, string property, string operation, string value)
    {
        this.value = value;
        kind = $"{(property == "code" ? "concept" : property)} {operation}";
        named = system.Find(value);
        listed = operation is "in" or "not-in" ? value.Split(',').ToHashSet(StringComparer.Ordinal) : null;
        pattern = operation == "regex" && PathPattern.SizeOf(value) <= MaxPatternSize && PathPattern.Of($"^(?:{value})$") is { Backtracks: false } made ? made : null;
    }

    /// <summary>Steps of work for one concept.</summary>
    public long Cost => 4 + (pattern is null ? 0 : 16 + (pattern.Size / 16));

    public static long CostOfMaking(string operation, string value) =>
        1 + (value.Length / 16) + (operation == "regex" ? 2000 + Math.Min(MaxPatternSize, PathPattern.SizeOf(value)) : 0);

    public Holds Passes(Concept concept) => kind switch
    {
        "concept is-a" => named is null ? Holds.Unknown : Of(CodeSystem.IsA(concept, named)),
        "concept descendent-of" => named is null ? Holds.Unknown : Of(concept != named && CodeSystem.IsA(concept, named)),
        "concept is-not-a" => named is null ? Holds.Unknown : Of(!CodeSystem.IsA(concept, named)),
        "concept generalizes" => named is null ? Holds.Unknown : Of(CodeSystem.IsA(named, concept)),
        "concept =" => Of(named == concept),
        "concept in" => Of(listed!.Contains(concept.Code)),
        "concept not-in" => Of(!listed!.Contains(concept.Code)),
        "concept regex" => pattern?.IsMatch(concept.Code, false) is { } match ? Of(match) : Holds.Unknown,
        "parent =" => named is null ? Holds.Unknown : Of(concept.Parents.Contains(named)),
        "display =" => Of(concept.Display == value),
        _ => Holds.Unknown,
    };

    private static Holds Of(bool yes) => yes ? Holds.Yes : Holds.No;
}
