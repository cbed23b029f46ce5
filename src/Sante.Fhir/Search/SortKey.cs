namespace Sante.Fhir.Search;

/// <summary>What one sort key is compared by: an instant, a number or a text; or nothing, which comes last in both directions.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Ticks">For instants.</param>
/// <param name="Number">For numbers.</param>
/// <param name="Text">For texts: the first <see cref="MaxText"/> characters.</param>
internal readonly record struct SortValue(SortValueKind Kind, long Ticks, decimal Number, string? Text)
{
    /// <summary>Characters of a text that sorting looks at: cursors carry them.</summary>
    public const int MaxText = 100;

    public static SortValue Of(long ticks) => new(SortValueKind.Instant, ticks, 0, null);

    public static SortValue Of(decimal number) => new(SortValueKind.Number, 0, number, null);

    public static SortValue Of(string? text) => text is null ? default : new(SortValueKind.Text, 0, 0, text.Length <= MaxText ? text : text[..MaxText]);

    public static int Compare(in SortValue left, in SortValue right, bool descending)
    {
        if (left.Kind == SortValueKind.Missing || right.Kind == SortValueKind.Missing)
        {
            return (left.Kind == SortValueKind.Missing ? 1 : 0) - (right.Kind == SortValueKind.Missing ? 1 : 0);
        }

        var order = left.Kind != right.Kind ? left.Kind.CompareTo(right.Kind) : left.Kind switch
        {
            SortValueKind.Instant => left.Ticks.CompareTo(right.Ticks),
            SortValueKind.Number => left.Number.CompareTo(right.Number),
            _ => string.CompareOrdinal(left.Text, right.Text),
        };
        return descending ? -order : order;
    }
}

internal enum SortValueKind : byte
{
    Missing,
    Instant,
    Number,
    Text,
}

/// <summary>The sort keys of a query over resources: each resource's least value ascending, its greatest descending; equal ones by id.</summary>
internal sealed class SortOrder(IReadOnlyList<SearchSort> sorts) : IComparer<SortPlace>
{
    public SortPlace PlaceOf(in SearchSubject subject)
    {
        var values = new SortValue[sorts.Count];
        for (var at = 0; at < values.Length; at++)
        {
            values[at] = ValueOf(subject, sorts[at]);
        }

        return new SortPlace(values, subject.Resource.Type, subject.Id);
    }

    public int Compare(SortPlace? left, SortPlace? right)
    {
        for (var at = 0; at < sorts.Count; at++)
        {
            var order = SortValue.Compare(left!.Values[at], right!.Values[at], sorts[at].Descending);
            if (order != 0)
            {
                return order;
            }
        }

        var byId = string.CompareOrdinal(left!.Id, right!.Id);
        return byId != 0 ? byId : string.CompareOrdinal(left.Type, right.Type);
    }

    /// <summary>The value that one key sorts a resource by.</summary>
    public static SortValue ValueOf(in SearchSubject subject, SearchSort sort)
    {
        switch (sort.Parameter.Code)
        {
            case "_lastUpdated":
                return SortValue.Of(subject.LastUpdatedAt.UtcTicks);
            case "_id":
                return SortValue.Of(subject.Id);
        }

        var best = default(SortValue);
        foreach (var value in SearchIndex.Of(subject.Resource, sort.Parameter))
        {
            var one = ValueOf(value, sort.Descending);
            best = SortValue.Compare(one, best, sort.Descending) < 0 ? one : best;
        }

        return best;
    }

    private static SortValue ValueOf(IndexValue value, bool descending) => value switch
    {
        DateValue date => SortValue.Of(descending ? date.HighTicks : date.LowTicks),
        TextValue text => SortValue.Of(text.Folded),
        TokenValue token => SortValue.Of(token.Code),
        NumberValue number => SortValue.Of(number.Value),
        QuantityValue quantity => SortValue.Of(quantity.Value),
        UriValue uri => SortValue.Of(uri.Uri),
        ReferenceValue reference => SortValue.Of(reference.Url),
        _ => default,
    };
}

/// <summary>A resource's place in a sorted answer.</summary>
internal sealed record SortPlace(SortValue[] Values, string Type, string Id);
