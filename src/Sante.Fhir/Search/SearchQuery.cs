using Sante.Kernel;

namespace Sante.Fhir.Search;

/// <summary><c>_include</c> or <c>_revinclude</c>: the resources that matches refer to by a parameter, or that refer to matches.</summary>
/// <param name="Type">The type that has the reference.</param>
/// <param name="Parameter">Its reference parameter.</param>
/// <param name="TargetType">Only targets of this type, or null.</param>
/// <param name="Iterate"><c>:iterate</c>: applied to included resources too.</param>
public sealed record SearchInclude(string Type, SearchParameter Parameter, string? TargetType, bool Iterate);

/// <summary>One key of <c>_sort</c>.</summary>
public sealed record SearchSort(SearchParameter Parameter, bool Descending);

/// <summary>A search query, read and checked against the definitions; nothing in it is tied to a store.</summary>
public sealed class SearchQuery
{
    private IReadOnlyList<Narrowing>? narrowings;
    private IReadOnlyList<Narrowing>? joined;

    internal SearchQuery(string type) => Type = type;

    /// <summary>The searched resource type; "" for a search over several (<see cref="Parts"/>).</summary>
    public string Type { get; }

    /// <summary>Of a search over several types, the query of each, in the order asked; empty for one type.</summary>
    public IReadOnlyList<SearchQuery> Parts { get; internal init; } = [];

    /// <summary>All must hold.</summary>
    public IReadOnlyList<SearchCondition> Conditions { get; internal init; } = [];

    /// <summary>Page size; 0 asks for the total alone.</summary>
    public int Count { get; internal init; }

    /// <summary>Sort keys, first one first; empty for the store's own order.</summary>
    public IReadOnlyList<SearchSort> Sort { get; internal init; } = [];

    /// <summary>What to include: <c>_include</c>.</summary>
    public IReadOnlyList<SearchInclude> Includes { get; internal init; } = [];

    /// <summary>What else to include: <c>_revinclude</c>.</summary>
    public IReadOnlyList<SearchInclude> ReverseIncludes { get; internal init; } = [];

    /// <summary>What to leave of each resource: <c>_summary</c>, <c>_elements</c>; null for all.</summary>
    public SearchProjection? Projection { get; internal init; }

    /// <summary><c>_total</c>: <c>none</c>, <c>estimate</c>, <c>accurate</c>, or null when not asked.</summary>
    public string? Total { get; internal init; }

    /// <summary><c>_summary=count</c> or <c>_count=0</c>: only the total is wanted.</summary>
    public bool CountOnly { get; internal init; }

    /// <summary>The parameters that were used, encoded, for the link <c>self</c>: <c>status=current&amp;_count=50</c>; empty when there are none.</summary>
    public string SelfQuery { get; internal init; } = "";

    /// <summary>Names dropped under lenient handling.</summary>
    public IReadOnlyList<string> Ignored { get; internal init; } = [];

    /// <summary>What can be narrowed on an index, one per condition that can; <c>_id</c> and <c>_lastUpdated</c> apart.</summary>
    public IReadOnlyList<Narrowing> Narrowings => narrowings ??= [.. Conditions.Where(condition => condition.Parameter.Code != "_lastUpdated").Select(condition => condition.Narrow()).OfType<Narrowing>()];

    /// <summary>
    /// The same with one look at the index for all conditions on a date of which a resource has one value at most: <c>date=ge…&amp;date=lt…</c> is an
    /// interval. Where no window is left, nothing matches.
    /// </summary>
    internal IReadOnlyList<Narrowing> Joined => joined ??= [.. Narrowings
        .GroupBy(one => IsSingleDate(one) ? one.Parameter : null)
        .SelectMany(group => group.Key is null ? group.ToList() : [group.Aggregate((one, two) => one.And(two))])];

    /// <summary>What <c>_lastUpdated</c> asks, as windows over the instant of the present version.</summary>
    public IReadOnlyList<Narrowing> Updated => [.. Conditions.Where(condition => condition.Parameter.Code == "_lastUpdated").Select(condition => condition.Narrow()).OfType<Narrowing>()];

    /// <summary>The ids that a match must have one of, or null when the query names none: a shorter way than any index.</summary>
    public IReadOnlyList<string>? Ids
    {
        get
        {
            HashSet<string>? ids = null;
            foreach (var condition in Conditions)
            {
                if (condition.Ids is not { } some)
                {
                    continue;
                }

                if (ids is null)
                {
                    ids = [.. some];
                }
                else
                {
                    ids.IntersectWith(some);
                }
            }

            return ids is null ? null : [.. ids];
        }
    }

    /// <summary>True when the narrowings and ids say all that the conditions do.</summary>
    internal bool IsExact => Conditions.All(condition => condition is { Parameter.Code: "_id", Modifier: null or "_has", OneOf.Count: 0 } || condition.Narrow()?.IsExact == true);

    /// <summary>
    /// Reads a query on one type. Refusals: <c>search-type-unknown</c>, <c>search-parameter-unknown</c>, <c>search-parameter-not-supported</c>,
    /// <c>search-modifier-not-supported</c>, <c>search-value-invalid</c>, <c>search-too-complex</c>, <c>search-chain-too-long</c>, <c>search-include-unknown</c>,
    /// <c>search-chain-type-missing</c>, <c>search-value-set-unknown</c>.
    /// </summary>
    /// <param name="type">The resource type in the URL.</param>
    /// <param name="parameters">Decoded names and values of the URL or form, in order; those of HTTP alone (<c>_format</c>, <c>_pretty</c>) are left out of the reading.</param>
    /// <param name="options">Bounds and handling.</param>
    public static Outcome<SearchQuery> Parse(string type, IEnumerable<KeyValuePair<string, string>> parameters, SearchOptions? options = null) =>
        SearchParameters.IsResourceType(type) ? new SearchQueryReader(type, options ?? SearchOptions.Default).Read(parameters) : UnknownType();

    /// <summary>
    /// Reads the criteria of a conditional interaction: always strict, and nothing but conditions, since what only shapes an answer (<c>_count</c>, <c>_sort</c>…)
    /// would change which resource is meant. Refusals: those of <see cref="Parse"/>, <c>criteria-missing</c>, <c>criteria-not-conditions</c>.
    /// </summary>
    public static Outcome<SearchQuery> ParseCriteria(string type, IEnumerable<KeyValuePair<string, string>> parameters, SearchOptions options)
    {
        var all = parameters.Where(parameter => parameter.Key is not ("_format" or "_pretty")).ToList();
        var parsed = Parse(type, all, options with { Lenient = false });
        return !parsed.TryGet(out var query, out _) ? parsed
            : query.Conditions.Count == 0 ? new Refusal("criteria-missing", RefusalKind.Invalid, "Une interaction conditionnelle attend des critères, en plus du patient.")
            : query.Conditions.Count != all.Count ? new Refusal("criteria-not-conditions", RefusalKind.Invalid,
                "Les critères d’une interaction conditionnelle ne sont que des conditions : ni tri, ni nombre, ni forme de réponse.")
            : parsed;
    }

    /// <summary>
    /// Reads a query on several types: <c>GET [base]?_type=A,B&amp;…</c>. Every parameter must be one of each type. Refusals: those of <see cref="Parse"/> and
    /// <c>search-type-missing</c> (no <c>_type</c>: a search over everything is not offered).
    /// </summary>
    public static Outcome<SearchQuery> ParseSystem(IEnumerable<KeyValuePair<string, string>> parameters, SearchOptions? options = null)
    {
        var all = parameters.ToList();
        var types = all.Where(parameter => parameter.Key == "_type").SelectMany(parameter => parameter.Value.Split(',')).Distinct().ToList();
        if (types.Count == 0)
        {
            return new Refusal("search-type-missing", RefusalKind.Invalid, "Une recherche sur tout le serveur doit nommer ses types : _type.");
        }

        List<SearchQuery> parts = [];
        foreach (var type in types)
        {
            if (!Parse(type, all.Where(parameter => parameter.Key != "_type"), options).TryGet(out var part, out var refusal))
            {
                return refusal;
            }

            parts.Add(part);
        }

        var first = parts[0];
        return new SearchQuery("")
        {
            Parts = parts,
            Count = first.Count,
            Sort = first.Sort,
            Includes = [.. parts.SelectMany(part => part.Includes).Distinct()],
            ReverseIncludes = [.. parts.SelectMany(part => part.ReverseIncludes).Distinct()],
            Projection = first.Projection,
            Total = first.Total,
            CountOnly = first.CountOnly,
            SelfQuery = string.Join('&', [$"_type={Uri.EscapeDataString(string.Join(',', types))}", .. first.SelfQuery.Length == 0 ? [] : new[] { first.SelfQuery }]),
            Ignored = first.Ignored,
        };
    }

    /// <summary>
    /// The same query within a compartment: <c>Patient/[id]/Observation?…</c> (http://hl7.org/fhir/R4/compartmentdefinition.html). Refusals:
    /// <c>search-compartment-unknown</c> (no such compartment, or the type is not in it).
    /// </summary>
    public Outcome<SearchQuery> InCompartment(string owner, string id) =>
        SearchCompartment.Condition(owner, id, Type).TryGet(out var condition, out var refusal) ? With([.. Conditions, condition]) : refusal;

    /// <summary>True when an opened resource satisfies every condition. Chains and <c>_has</c> are only followed by <see cref="SearchRun"/>; here a chain sees contained resources alone.</summary>
    public bool Matches(in SearchSubject subject)
    {
        if (subject.Resource.Type != Type)
        {
            return false;
        }

        foreach (var condition in Conditions)
        {
            if (!condition.Matches(subject))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The same query with other conditions.</summary>
    internal SearchQuery With(IReadOnlyList<SearchCondition> conditions) => new(Type)
    {
        Conditions = conditions,
        Count = Count,
        Sort = Sort,
        Includes = Includes,
        ReverseIncludes = ReverseIncludes,
        Projection = Projection,
        Total = Total,
        CountOnly = CountOnly,
        SelfQuery = SelfQuery,
        Ignored = Ignored,
    };

    private static Refusal UnknownType() => new("search-type-unknown", RefusalKind.Invalid, "Ce type de ressource n’existe pas en FHIR R4.");

    /// <summary>The subjects in the order of <c>_sort</c>; those without a value come last, equal ones by id; without <c>_sort</c> as they are.</summary>
    public IEnumerable<SearchSubject> Order(IEnumerable<SearchSubject> subjects)
    {
        var order = new SortOrder(Sort);
        return Sort.Count == 0 ? subjects : subjects.OrderBy(subject => order.PlaceOf(subject), order);
    }

    private bool IsSingleDate(Narrowing narrowing) => narrowing.Windows.Count > 0
        && SearchParameters.Of(Type).TryGetValue(narrowing.Parameter, out var parameter) && parameter.Path?.IsSingle == true;
}
