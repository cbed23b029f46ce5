namespace Sante.Fhir.Terminology;

/// <summary>One concept of a code system.</summary>
internal sealed class Concept
{
    public required string Code { get; init; }
    public string? Display { get; init; }
    /// <summary>Displays in other languages.</summary>
    public IReadOnlyList<(string Language, string Value)> Designations { get; init; } = [];
    /// <summary>A group that is no code of its own (<c>notSelectable</c>).</summary>
    public bool IsAbstract { get; init; }
    /// <summary>Retired or inactive.</summary>
    public bool IsInactive { get; init; }
    public List<Concept> Parents { get; } = [];
    public List<Concept> Children { get; } = [];

    /// <summary>The display in a language (<c>fr</c> takes <c>fr-FR</c> and the reverse), or the plain one.</summary>
    public string? DisplayIn(string? language) => Pick(Designations, language) ?? Display;

    internal static string? Pick(IReadOnlyList<(string Language, string Value)> designations, string? language)
    {
        if (language is null)
        {
            return null;
        }

        var primary = language.Split('-')[0];
        foreach (var (of, value) in designations)
        {
            if (string.Equals(of, language, StringComparison.OrdinalIgnoreCase) || string.Equals(of.Split('-')[0], primary, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }
}

/// <summary>A code system with its hierarchy. Immutable once read.</summary>
internal sealed class CodeSystem
{
    private readonly Dictionary<string, Concept> byCode;

    public CodeSystem(IReadOnlyList<Concept> concepts, bool caseSensitive)
    {
        Concepts = concepts;
        byCode = new Dictionary<string, Concept>(caseSensitive ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase);
        foreach (var concept in concepts)
        {
            byCode.TryAdd(concept.Code, concept);
        }
    }

    public required string Url { get; init; }
    public string? Version { get; init; }
    public string? Name { get; init; }
    /// <summary>All codes are at hand: an unknown one is wrong. False for fragments.</summary>
    public bool IsComplete { get; init; }
    /// <summary>In the order of the source, parents before children.</summary>
    public IReadOnlyList<Concept> Concepts { get; }

    public Concept? Find(string code) => byCode.GetValueOrDefault(code);

    /// <summary>True when <paramref name="code"/> is <paramref name="ancestor"/> or lies under it.</summary>
    public static bool IsA(Concept code, Concept ancestor)
    {
        var seen = new HashSet<Concept>();
        var open = new Stack<Concept>([code]);
        while (open.TryPop(out var next))
        {
            if (next == ancestor)
            {
                return true;
            }

            foreach (var parent in next.Parents)
            {
                if (seen.Add(parent))
                {
                    open.Push(parent);
                }
            }
        }

        return false;
    }

    /// <summary>The concept and all over or under it, each once.</summary>
    public static List<Concept> Closure(Concept from, Func<Concept, List<Concept>> next)
    {
        List<Concept> found = [from];
        var seen = new HashSet<Concept>(found);
        for (var at = 0; at < found.Count; at++)
        {
            found.AddRange(next(found[at]).Where(seen.Add));
        }

        return found;
    }
}
