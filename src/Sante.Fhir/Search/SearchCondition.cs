namespace Sante.Fhir.Search;

/// <summary>
/// One condition of a query: a parameter, with a modifier, a chain or a way back (<c>_has</c>), and alternatives of which one must hold. Also one of several
/// conditions (a compartment), of which one must hold.
/// </summary>
public sealed class SearchCondition
{
    internal SearchCondition(SearchParameter parameter, string? modifier, IReadOnlyList<SearchTerm> terms) => (Parameter, Modifier, Terms) = (parameter, modifier, terms);

    /// <summary>The parameter on the searched type (of a chain, its first link; of <c>_has</c> and compartments, <c>_id</c>).</summary>
    public SearchParameter Parameter { get; }

    /// <summary><c>not</c>, <c>missing</c>, <c>exact</c>, <c>in</c>, <c>of-type</c>…, a type, <c>_has</c>, or null.</summary>
    public string? Modifier { get; }

    /// <summary>For <c>:missing</c>: what was asked.</summary>
    public bool? Missing { get; internal init; }

    /// <summary>For a chain: the condition on the resource referred to, one per type that the reference may name.</summary>
    public IReadOnlyList<(string Type, SearchCondition Condition)> Chain { get; internal init; } = [];

    /// <summary>For <c>_has</c>: the type that refers to the searched one, by which parameter, and the condition on it.</summary>
    public (string Type, SearchParameter Parameter, SearchCondition Condition)? Reverse { get; internal init; }

    /// <summary>Conditions of which one suffices: the parameters of a compartment.</summary>
    public IReadOnlyList<SearchCondition> OneOf { get; internal init; } = [];

    /// <summary>For a chain <c>x.identifier</c> and for <c>x:identifier</c>: the identifiers asked, as (system or null, value), so that the caller may resolve them by its own registry.</summary>
    public IReadOnlyList<(string? System, string Value)> Identifiers { get; internal init; } = [];

    /// <summary>What searches inside this search found: <c>Type/id</c> of a chain, ids for <c>_has</c>; null before.</summary>
    internal IReadOnlySet<string>? Found { get; init; }

    internal IReadOnlyList<SearchTerm> Terms { get; }

    internal bool IsNegated => Modifier is "not" or "not-in";

    /// <summary>The ids that the subject must have one of, when the condition is on the id.</summary>
    internal IEnumerable<string>? Ids => Reverse is not null ? Found
        : Parameter.Code == "_id" && Modifier is null && OneOf.Count == 0 ? Terms.OfType<TokenTerm>().Select(term => term.Code ?? "") : null;

    internal bool Matches(in SearchSubject subject)
    {
        if (OneOf.Count > 0)
        {
            return MatchesOne(subject);
        }

        switch (Parameter.Code)
        {
            case "_id" when Reverse is not null:
                return Found?.Contains(subject.Id) == true;
            case "_id":
                return Missing is { } absent ? !absent : Any(new TokenValue("_id", null, subject.Id, true, null)) != IsNegated;
            case "_lastUpdated":
                var ticks = subject.LastUpdatedAt.UtcTicks;
                return Missing is { } unknown ? !unknown : Any(new DateValue("_lastUpdated", ticks, ticks + 1));
        }

        var values = SearchIndex.Of(subject.Resource, Parameter);
        return Missing is { } missing ? values.Count == 0 == missing
            : Chain.Count > 0 ? MatchesChain(subject.Resource, values)
            : Any(values) != IsNegated;
    }

    /// <summary>What it asks of an index; null when it asks nothing that an index has.</summary>
    internal Narrowing? Narrow()
    {
        var into = new NarrowingList();
        return AddTo(into) ? into.ToNarrowing(Parameter.IndexedAs.Code) : null;
    }

    private bool AddTo(NarrowingList into)
    {
        if (OneOf.Count > 0)
        {
            return OneOf.All(one => one.AddTo(into));
        }

        if (Missing is not null || IsNegated || Parameter.Code == "_id" || Chain.Count > 0 || Modifier == "text")
        {
            return Chain.Count > 0 && AddChain(into);
        }

        // Numbers in two places would need two names: such a union is not narrowed.
        if (Parameter.IsUnion && Parameter.Type != SearchType.Token)
        {
            return false;
        }

        foreach (var stored in Parameter.StoredUnder)
        {
            foreach (var term in Terms)
            {
                if (!term.Narrow(stored, stored.Code, into))
                {
                    return false;
                }
            }
        }

        into.IsExact &= Parameter.IsExactOnIndex;
        return Terms.Count > 0;
    }

    // A chain whose resources were found is a set of references, a logical reference, or a contained resource, which is only seen after opening.
    private bool AddChain(NarrowingList into)
    {
        if (Found is null)
        {
            return false;
        }

        into.IsExact = false;
        var stored = Parameter.IndexedAs;
        foreach (var (system, value) in Identifiers)
        {
            new TokenTerm(system, value).Narrow(stored, $"{stored.Code}:identifier", into);
        }

        into.Keys.Add(TokenKey.Reference(stored.Code, ReferenceValue.Contained));
        return new ReferenceSetTerm(Found).Narrow(stored, stored.Code, into);
    }

    private bool MatchesOne(in SearchSubject subject)
    {
        foreach (var one in OneOf)
        {
            if (one.Matches(subject))
            {
                return true;
            }
        }

        return false;
    }

    private bool Any(IReadOnlyList<IndexValue> values)
    {
        for (var at = 0; at < values.Count; at++)
        {
            if (Any(values[at]))
            {
                return true;
            }
        }

        return false;
    }

    private bool Any(IndexValue value)
    {
        for (var at = 0; at < Terms.Count; at++)
        {
            if (Terms[at].Matches(value))
            {
                return true;
            }
        }

        return false;
    }

    private bool MatchesChain(FhirResource resource, IReadOnlyList<IndexValue> values)
    {
        foreach (var value in values)
        {
            if (value is not ReferenceValue reference)
            {
                continue;
            }

            // A logical reference answers a chain on the identifier by itself.
            if (reference.IdentifierValue is { } identifier && Identifiers.Any(asked => asked.Value == identifier && (asked.System is null || asked.System == reference.IdentifierSystem)))
            {
                return true;
            }

            if (reference.Url is { } url && Found?.Contains(url) == true)
            {
                return true;
            }

            if (Within(resource, reference) is { } target && Chain.Any(link => link.Type == target.Resource.Type && link.Condition.Matches(target)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The resource that stands in this one: contained, or in place of the reference.</summary>
    private static SearchSubject? Within(FhirResource resource, ReferenceValue reference)
    {
        if (reference.Inline.Exists)
        {
            return FhirResource.Within(reference.Inline) is { } inline ? new SearchSubject(inline, inline.Id ?? "", default) : null;
        }

        if (reference.Url is not ['#', ..])
        {
            return null;
        }

        foreach (var inner in resource.Root["contained"u8].Items)
        {
            if (inner["id"u8].TextEquals(System.Text.Encoding.UTF8.GetBytes(reference.Url[1..])) && FhirResource.Within(inner) is { } contained)
            {
                return new SearchSubject(contained, contained.Id ?? "", default);
            }
        }

        return null;
    }
}
