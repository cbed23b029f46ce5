using Sante.Kernel;

namespace Sante.Fhir.Search;

/// <summary><c>_include</c>: the resources that matches refer to by a parameter.</summary>
/// <param name="Type">Source type.</param>
/// <param name="Parameter">Its reference parameter.</param>
/// <param name="TargetType">Only targets of this type, or null.</param>
/// <param name="Iterate"><c>:iterate</c>: applied to included resources too.</param>
public sealed record SearchInclude(string Type, SearchParameter Parameter, string? TargetType, bool Iterate);

/// <summary>One key of <c>_sort</c>.</summary>
public sealed record SearchSort(SearchParameter Parameter, bool Descending);

/// <summary>A search query, read and checked against the definitions; nothing in it is tied to a store.</summary>
public sealed class SearchQuery
{
    internal SearchQuery(string type) => Type = type;

    /// <summary>The searched resource type.</summary>
    public string Type { get; }

    /// <summary>All must hold.</summary>
    public IReadOnlyList<SearchCondition> Conditions { get; internal init; } = [];

    /// <summary>Page size; 0 asks for the total alone.</summary>
    public int Count { get; internal init; }

    /// <summary>Sort keys, first one first; empty for the store's own order.</summary>
    public IReadOnlyList<SearchSort> Sort { get; internal init; } = [];

    /// <summary>What to include.</summary>
    public IReadOnlyList<SearchInclude> Includes { get; internal init; } = [];

    /// <summary><c>_total</c>: <c>none</c>, <c>estimate</c>, <c>accurate</c>, or null when not asked.</summary>
    public string? Total { get; internal init; }

    /// <summary><c>_summary=count</c> or <c>_count=0</c>: only the total is wanted.</summary>
    public bool CountOnly { get; internal init; }

    /// <summary>The parameters that were used, encoded, for the link <c>self</c>: <c>status=current&amp;_count=50</c>; empty when there are none.</summary>
    public string SelfQuery { get; internal init; } = "";

    /// <summary>Names dropped under lenient handling.</summary>
    public IReadOnlyList<string> Ignored { get; internal init; } = [];

    /// <summary>What can be narrowed in a keyed index, one per condition that can.</summary>
    public IReadOnlyList<Narrowing> Narrowings => [.. Conditions.Select(condition => condition.Narrow()).OfType<Narrowing>()];

    /// <summary>The ids asked by <c>_id</c> (without <c>:not</c>), or null when the query has none: a shorter way than any index.</summary>
    public IReadOnlyList<string>? Ids => Conditions.FirstOrDefault(condition => condition.Parameter.Code == "_id" && condition.Modifier is null)
        ?.Terms.OfType<TokenTerm>().Select(term => term.Code ?? "").ToList();

    /// <summary>
    /// Reads a query. Refusals: <c>search-type-unknown</c>, <c>search-parameter-unknown</c>, <c>search-parameter-not-supported</c>,
    /// <c>search-modifier-not-supported</c>, <c>search-value-invalid</c>, <c>search-too-complex</c>, <c>search-chain-too-long</c>, <c>search-include-unknown</c>.
    /// </summary>
    /// <param name="type">The resource type in the URL.</param>
    /// <param name="parameters">Decoded names and values of the URL or form, in order; those of HTTP alone (<c>_format</c>, <c>_pretty</c>) are left out of the reading.</param>
    /// <param name="options">Bounds and handling.</param>
    public static Outcome<SearchQuery> Parse(string type, IEnumerable<KeyValuePair<string, string>> parameters, SearchOptions? options = null) =>
        SearchParameters.IsResourceType(type)
            ? new SearchQueryReader(type, options ?? SearchOptions.Default).Read(parameters)
            : new Refusal("search-type-unknown", RefusalKind.Invalid, "Ce type de ressource n’existe pas en FHIR R4.");

    /// <summary>True when an opened resource satisfies every condition. <paramref name="resolve"/> is only asked for chains.</summary>
    public bool Matches(in SearchSubject subject, ResolveReference? resolve = null)
    {
        if (subject.Resource.Type != Type)
        {
            return false;
        }

        foreach (var condition in Conditions)
        {
            if (!condition.Matches(subject, resolve))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The subjects in the order of <c>_sort</c>; those without a value come last, equal ones by id; without <c>_sort</c> as they are.</summary>
    public IEnumerable<SearchSubject> Order(IEnumerable<SearchSubject> subjects)
    {
        var order = new SortOrder(Sort);
        return Sort.Count == 0 ? subjects : subjects.OrderBy(subject => order.PlaceOf(subject), order);
    }
}
