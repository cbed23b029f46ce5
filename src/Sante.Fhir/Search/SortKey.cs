namespace Sante.Fhir.Search;

/// <summary>What a resource is sorted by under one parameter: its least value ascending, its greatest descending; without a value it comes last.</summary>
internal sealed class SortKey : IComparable<SortKey>
{
    private readonly IndexValue? value;
    private readonly bool descending;

    private SortKey(IndexValue? value, bool descending) => (this.value, this.descending) = (value, descending);

    public static SortKey Of(in SearchSubject subject, SearchSort sort)
    {
        if (sort.Parameter.Code == "_lastUpdated")
        {
            return new SortKey(new DateValue("_lastUpdated", subject.LastUpdatedAt.UtcTicks, subject.LastUpdatedAt.UtcTicks), sort.Descending);
        }

        if (sort.Parameter.Code == "_id")
        {
            return new SortKey(new TextValue("_id", subject.Id, subject.Id), sort.Descending);
        }

        var values = SearchIndex.Of(subject.Resource, sort.Parameter).Where(value => IsSortable(value));
        return new SortKey(sort.Descending ? values.MaxBy(value => value, ByValue.Descending) : values.MinBy(value => value, ByValue.Ascending), sort.Descending);
    }

    public int CompareTo(SortKey? other) =>
        value is null || other?.value is null ? (value is null ? 1 : 0) - (other?.value is null ? 1 : 0)
        : descending ? -Compare(value, other.value, true) : Compare(value, other.value, false);

    private static bool IsSortable(IndexValue value) => value is not TokenValue { Code: null };

    private static int Compare(IndexValue left, IndexValue right, bool high) => (left, right) switch
    {
        (DateValue one, DateValue two) => high ? one.HighTicks.CompareTo(two.HighTicks) : one.LowTicks.CompareTo(two.LowTicks),
        (TextValue one, TextValue two) => string.CompareOrdinal(one.Folded, two.Folded),
        (TokenValue one, TokenValue two) => string.CompareOrdinal(one.Code, two.Code),
        (NumberValue one, NumberValue two) => one.Value.CompareTo(two.Value),
        (QuantityValue one, QuantityValue two) => one.Value.CompareTo(two.Value),
        (UriValue one, UriValue two) => string.CompareOrdinal(one.Uri, two.Uri),
        (ReferenceValue one, ReferenceValue two) => string.CompareOrdinal(one.Url, two.Url),
        _ => 0,
    };

    private sealed class ByValue(bool high) : IComparer<IndexValue>
    {
        public static readonly ByValue Ascending = new(false);
        public static readonly ByValue Descending = new(true);

        public int Compare(IndexValue? left, IndexValue? right) => SortKey.Compare(left!, right!, high);
    }
}
