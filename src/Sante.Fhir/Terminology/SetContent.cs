namespace Sante.Fhir.Terminology;

/// <summary>Answers what a value set holds: by membership, which needs little, or by enumeration, which needs every code. One for each request: its work is bounded.</summary>
internal sealed class SetContent(TerminologyLibrary library)
{
    private const int MaxImports = 16;
    // The whole of the largest system with twenty filters takes half of it; about a second of a core at most.
    private const long MaxSteps = 5_000_000;
    private long stepsLeft = MaxSteps;

    /// <summary>The answers are void: a foreign set asked for more work than one request may.</summary>
    public bool IsTooCostly => stepsLeft < 0;

    /// <summary>Whether the code is in the set. <paramref name="system"/> null: whatever system (a plain <c>code</c>).</summary>
    public Holds Contains(ValueSet set, string? system, string code, int depth = 0)
    {
        var answer = Holds.No;
        foreach (var include in set.Includes)
        {
            var one = In(include, system, code, depth);
            if (IsTooCostly)
            {
                return Holds.Unknown;
            }

            if (one == Holds.Yes)
            {
                answer = one;
                break;
            }

            answer = one == Holds.Unknown ? one : answer;
        }

        foreach (var exclude in answer == Holds.No ? [] : set.Excludes)
        {
            var one = In(exclude, system, code, depth);
            if (IsTooCostly)
            {
                return Holds.Unknown;
            }

            if (one == Holds.Yes)
            {
                return Holds.No;
            }

            answer = one == Holds.Unknown ? one : answer;
        }

        return answer;
    }

    /// <summary>All codes, in order, each once; null with <paramref name="missing"/>, what would be needed.</summary>
    public List<(string System, Concept Concept)>? Enumerate(ValueSet set, out string missing, int depth = 0)
    {
        var found = new Dictionary<(string, string), (string System, Concept Concept)>();
        missing = "";
        foreach (var include in set.Includes)
        {
            if (Enumerate(include, out missing, depth) is not { } codes)
            {
                return null;
            }

            codes.ForEach(one => found.TryAdd((one.System, one.Concept.Code), one));
        }

        foreach (var exclude in set.Excludes)
        {
            if (Enumerate(exclude, out missing, depth) is not { } codes)
            {
                return null;
            }

            codes.ForEach(one => found.Remove((one.System, one.Concept.Code)));
        }

        return [.. found.Values];
    }

    private Holds In(Selection selection, string? system, string code, int depth)
    {
        if (!Spend(1 + selection.Aliases.Count + ((code.Length + (long)(selection.System?.Length ?? 0)) / 64)))
        {
            return Holds.Unknown;
        }

        var answer = selection.System is null ? Holds.Yes : system is not null && !selection.IsOf(system) ? Holds.No : InSystem(selection, code);
        foreach (var url in answer == Holds.No ? [] : selection.ValueSets)
        {
            var one = depth < MaxImports && Spend(1 + (url.Length / 64)) && library.Set(url) is { } set ? Contains(set, system, code, depth + 1) : Holds.Unknown;
            if (one == Holds.No)
            {
                return Holds.No;
            }

            answer = one == Holds.Unknown ? one : answer;
        }

        return selection.System is null && selection.ValueSets.Count == 0 ? Holds.No : answer;
    }

    private Holds InSystem(Selection selection, string code)
    {
        if (selection.Codes is not null)
        {
            return selection.Codes.ContainsKey(code) ? Holds.Yes : Holds.No;
        }

        if (library.System(selection.System!) is not { } system)
        {
            return Holds.Unknown;
        }

        var concept = system.Find(code);
        return concept is null ? system.IsComplete ? Holds.No : Holds.Unknown
            : selection.Filters.Count == 0 ? Holds.Yes
            : All(selection.Filters.Select(filter => Passes(system, concept, filter)));
    }

    private static Holds All(IEnumerable<Holds> answers)
    {
        var all = Holds.Yes;
        foreach (var one in answers)
        {
            if (one == Holds.No)
            {
                return Holds.No;
            }

            all = one == Holds.Unknown ? one : all;
        }

        return all;
    }

    private Holds Passes(CodeSystem system, Concept concept, SelectionFilter filter)
    {
        if (!Spend(filter.CostOfMaking))
        {
            return Holds.Unknown;
        }

        var test = filter.In(system);
        return Spend(test.Cost) ? test.Passes(concept) : Holds.Unknown;
    }

    /// <summary>Counts work; false when there was too much of it.</summary>
    private bool Spend(long steps)
    {
        stepsLeft -= steps;
        return stepsLeft >= 0;
    }

    private List<(string System, Concept Concept)>? Enumerate(Selection selection, out string missing, int depth)
    {
        List<(string System, Concept Concept)>? codes = null;
        missing = "";
        if (!Spend(1))
        {
            return null;
        }

        if (selection.System is { } url && (codes = OfSystem(selection, url, out missing)) is null)
        {
            return null;
        }

        foreach (var imported in selection.ValueSets)
        {
            missing = imported;
            if (depth >= MaxImports || library.Set(imported) is not { } set || Enumerate(set, out missing, depth + 1) is not { } more)
            {
                return null;
            }

            if (!Spend(more.Count + (codes?.Count ?? 0)))
            {
                return null;
            }

            var both = more.Select(one => (one.System, one.Concept.Code)).ToHashSet();
            codes = codes is null ? more : codes.FindAll(one => both.Contains((one.System, one.Concept.Code)));
        }

        return codes ?? [];
    }

    private List<(string System, Concept Concept)>? OfSystem(Selection selection, string url, out string missing)
    {
        missing = url;
        var system = library.System(url);
        if (!Spend(selection.Codes?.Count ?? system?.Concepts.Count ?? 0))
        {
            return null;
        }

        if (selection.Codes is { } listed)
        {
            // A listed code without display takes the one of its system.
            return [.. listed.Values.Select(one => (url, one.Display is null && system?.Find(one.Code) is { } known ? known : one))];
        }

        if (system is not { IsComplete: true })
        {
            return null;
        }

        List<(string, Concept)> found = [];
        foreach (var concept in system.Concepts)
        {
            var passes = All(selection.Filters.Select(filter => Passes(system, concept, filter)));
            if (passes == Holds.Unknown)
            {
                return null;
            }

            if (passes == Holds.Yes)
            {
                found.Add((url, concept));
            }
        }

        return found;
    }
}
