namespace Sante.Fhir.Search;

/// <summary>A resource being searched, with what the store knows about its version.</summary>
/// <param name="Resource">The opened resource.</param>
/// <param name="Id">The server's id.</param>
/// <param name="LastUpdatedAt">Instant of the version.</param>
/// <param name="Tag">The source's own: what leads it back to its row.</param>
public readonly record struct SearchSubject(FhirResource Resource, string Id, DateTimeOffset LastUpdatedAt, object? Tag = null);

/// <summary>Finds the resource that a reference names, for chains; null when it cannot be had. Contained resources are found without it.</summary>
public delegate SearchSubject? ResolveReference(ReferenceValue reference);

/// <summary>
/// What narrows candidates before they are opened. A matching resource has one of <see cref="Keys"/> among the <see cref="IndexValue.Keys"/> of its values,
/// or a date value of <see cref="Parameter"/> in one of <see cref="Windows"/>, or a text that begins with one of <see cref="Prefixes"/>, or a number in one
/// of <see cref="Numbers"/>: exactly one of the four lists is not empty. Necessary, and sufficient only when <see cref="IsExact"/>; a source may ignore
/// the kinds that it does not index.
/// </summary>
/// <param name="Parameter">Code of the parameter.</param>
/// <param name="Keys">Alternatives; empty when the condition is of another kind.</param>
/// <param name="Windows">Alternatives; empty when the condition is of another kind.</param>
public sealed record Narrowing(string Parameter, IReadOnlyList<string> Keys, IReadOnlyList<DateWindow> Windows)
{
    /// <summary>Alternatives: beginnings of folded texts (<see cref="TextFolding"/>).</summary>
    public IReadOnlyList<string> Prefixes { get; init; } = [];

    /// <summary>Alternatives: ranges of numbers or of quantities in canonical units.</summary>
    public IReadOnlyList<NumberWindow> Numbers { get; init; } = [];

    /// <summary>Every resource that is found so satisfies the condition: a source that indexes this kind can count without opening.</summary>
    public bool IsExact { get; init; }
}

/// <summary>A range of numbers, bounds included (already widened for rounding).</summary>
/// <param name="Low">Least.</param>
/// <param name="High">Greatest.</param>
/// <param name="Unit">Canonical unit of a quantity; "" for plain numbers.</param>
public readonly record struct NumberWindow(double Low, double High, string Unit);

/// <summary>One condition of a query: a parameter, with a modifier or a chain, and alternatives of which one must hold.</summary>
public sealed class SearchCondition
{
    internal SearchCondition(SearchParameter parameter, string? modifier, IReadOnlyList<SearchTerm> terms) => (Parameter, Modifier, Terms) = (parameter, modifier, terms);

    /// <summary>The parameter on the searched type (of a chain, its first link).</summary>
    public SearchParameter Parameter { get; }

    /// <summary><c>not</c>, <c>missing</c>, <c>exact</c>, <c>contains</c>, <c>text</c>, <c>identifier</c>, <c>above</c>, <c>below</c>, a type, or null.</summary>
    public string? Modifier { get; }

    /// <summary>For <c>:missing</c>: what was asked.</summary>
    public bool? Missing { get; internal init; }

    /// <summary>For a chain: the condition on the resource referred to, one per type that the reference may name.</summary>
    public IReadOnlyList<(string Type, SearchCondition Condition)> Chain { get; internal init; } = [];

    /// <summary>For a chain <c>x.identifier</c> and for <c>x:identifier</c>: the identifiers asked, as (system or null, value), so that the caller may resolve them by its own registry.</summary>
    public IReadOnlyList<(string? System, string Value)> Identifiers { get; internal init; } = [];

    internal IReadOnlyList<SearchTerm> Terms { get; }

    internal bool Matches(in SearchSubject subject, ResolveReference? resolve)
    {
        if (Parameter.Code == "_lastUpdated")
        {
            var ticks = subject.LastUpdatedAt.UtcTicks;
            return Any(new DateValue("_lastUpdated", ticks, ticks + 1));
        }

        if (Parameter.Code == "_id")
        {
            return Any(new TokenValue("_id", null, subject.Id, true, null)) != (Modifier == "not");
        }

        var values = SearchIndex.Of(subject.Resource, Parameter);
        return Missing is { } missing ? values.Count == 0 == missing
            : Chain.Count > 0 ? MatchesChain(subject.Resource, values, resolve)
            : Modifier == "not" ? !values.Any(Any)
            : values.Any(Any);
    }

    internal Narrowing? Narrow()
    {
        if (Missing is not null || Modifier == "not" || Chain.Count > 0 || Parameter.Code is "_id" or "_lastUpdated")
        {
            return null;
        }

        if (Parameter.Type == SearchType.Date)
        {
            var windows = Terms.Select(term => (term as DateTerm)?.Window()).ToList();
            return windows.Any(window => window is null) ? null : new Narrowing(Parameter.Code, [], [.. windows.Select(window => window!.Value)]);
        }

        var keys = Terms.Select(term => term.Keys(Parameter.Code)).ToList();
        return keys.Any(key => key is null) ? null : new Narrowing(Parameter.Code, [.. keys.SelectMany(key => key!).Distinct()], []);
    }

    private bool Any(IndexValue value)
    {
        foreach (var term in Terms)
        {
            if (term.Matches(value))
            {
                return true;
            }
        }

        return false;
    }

    private bool MatchesChain(FhirResource resource, IReadOnlyList<IndexValue> values, ResolveReference? resolve)
    {
        foreach (var reference in values.OfType<ReferenceValue>())
        {
            // A logical reference answers a chain on the identifier by itself.
            if (Identifiers.Count > 0 && reference.IdentifierValue is { } value && Identifiers.Any(asked => asked.Value == value && (asked.System is null || asked.System == reference.IdentifierSystem)))
            {
                return true;
            }

            var found = Contained(resource, reference) ?? resolve?.Invoke(reference);
            if (found is { } target && Chain.Any(link => link.Type == target.Resource.Type && link.Condition.Matches(target, resolve)))
            {
                return true;
            }
        }

        return false;
    }

    private static SearchSubject? Contained(FhirResource resource, ReferenceValue reference)
    {
        if (reference.Url is not ['#', ..])
        {
            return null;
        }

        foreach (var inner in resource.Root["contained"u8].Items)
        {
            if (inner["id"u8].Text == reference.Url[1..] && FhirResource.Within(inner) is { } contained)
            {
                return new SearchSubject(contained, contained.Id ?? "", default);
            }
        }

        return null;
    }
}
