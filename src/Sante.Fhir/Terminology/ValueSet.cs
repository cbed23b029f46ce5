namespace Sante.Fhir.Terminology;

/// <summary>A value set's compose: what is in, less what is out.</summary>
internal sealed class ValueSet
{
    public required string Url { get; init; }
    public string? Version { get; init; }
    public string? Name { get; init; }
    public string? Title { get; init; }
    public IReadOnlyList<Selection> Includes { get; init; } = [];
    public IReadOnlyList<Selection> Excludes { get; init; } = [];
}

/// <summary>One include or exclude: codes of a system (listed, filtered or all), that are also in every imported set.</summary>
internal sealed class Selection
{
    /// <summary>Null: only imported sets.</summary>
    public string? System { get; init; }
    /// <summary>Other URIs under which the system is known.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];
    /// <summary>Listed codes, or null: all or filtered. Order of the source.</summary>
    public IReadOnlyDictionary<string, Concept>? Codes { get; init; }
    public IReadOnlyList<SelectionFilter> Filters { get; init; } = [];
    public IReadOnlyList<string> ValueSets { get; init; } = [];

    public bool IsOf(string system) => System == system || Aliases.Contains(system) || Aliases.Contains(AnySystem);

    /// <summary>Stands for a French code system of which only an OID is known: the code alone decides.</summary>
    public const string AnySystem = "*";
}

/// <summary>A condition on the concepts of a system. What its value means there is made out once.</summary>
internal sealed class SelectionFilter(string property, string operation, string value)
{
    private FilterTest? test;

    /// <summary>Steps of work to make the test; 0 once it is made.</summary>
    public long CostOfMaking => test is null ? FilterTest.CostOfMaking(operation, value) : 0;

    public FilterTest In(CodeSystem system) => test ??= new FilterTest(system, property, operation, value);
}

/// <summary>Whether a code is in a set: <see cref="Unknown"/> when that depends on codes that are not at hand.</summary>
internal enum Holds
{
    No,
    Yes,
    Unknown,
}
