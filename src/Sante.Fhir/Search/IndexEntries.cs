namespace Sante.Fhir.Search;

/// <summary>A date value for an index: first tick and tick after the last, UTC; open ends are the ends of <see cref="long"/>.</summary>
public readonly record struct IndexedDate(string Parameter, long LowTicks, long HighTicks);

/// <summary>The beginning of a folded text, for an index in clear.</summary>
public readonly record struct IndexedText(string Parameter, string Folded);

/// <summary>A number, or a quantity in canonical units, for an index in clear; <see cref="Unit"/> is "" for plain numbers.</summary>
public readonly record struct IndexedNumber(string Parameter, string Unit, double Value);

/// <summary>
/// What an index keeps of one resource: each entry once, nothing that another entry says already. Its texts answer to those of <see cref="Narrowing"/> by
/// plain equality; they are in clear, a keyed index keys them first.
/// </summary>
public sealed class IndexEntries
{
    private IndexEntries(List<string> keys, List<IndexedDate> dates, List<IndexedText> texts, List<IndexedNumber> numbers) =>
        (Keys, Dates, Texts, Numbers) = (keys, dates, texts, numbers);

    /// <summary>Keys of codes, identifiers, references and URIs; each begins with the code of its parameter.</summary>
    public IReadOnlyList<string> Keys { get; }

    /// <summary>Dates.</summary>
    public IReadOnlyList<IndexedDate> Dates { get; }

    /// <summary>Texts, at most 100 characters of each.</summary>
    public IReadOnlyList<IndexedText> Texts { get; }

    /// <summary>Numbers and quantities.</summary>
    public IReadOnlyList<IndexedNumber> Numbers { get; }

    /// <summary>The entries of a resource, <c>_id</c> and <c>_lastUpdated</c> apart (the store knows them).</summary>
    public static IndexEntries Of(FhirResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        var (keys, dates, texts, numbers) = (new List<string>(24), new List<IndexedDate>(2), new List<IndexedText>(), new List<IndexedNumber>());
        List<IndexValue> values = new(8);
        var names = SearchPath.NamesOf(resource.Root);
        foreach (var parameter in SearchParameters.Table(resource.Type).Stored)
        {
            if ((parameter.Path!.FirstNames & names) == 0)
            {
                continue;
            }

            values.Clear();
            SearchIndex.Add(values, resource, parameter);
            var from = keys.Count;
            foreach (var value in values)
            {
                Add(parameter, value, keys, from, dates, texts, numbers);
            }
        }

        return new IndexEntries(keys, dates, texts, numbers);
    }

    private static void Add(SearchParameter parameter, IndexValue value, List<string> keys, int from, List<IndexedDate> dates, List<IndexedText> texts, List<IndexedNumber> numbers)
    {
        switch (value)
        {
            case TokenValue token:
                Token(parameter, token, keys, from);
                break;
            case DateValue date:
                AddOnce(dates, new IndexedDate(date.Parameter, date.LowTicks, date.HighTicks));
                break;
            case TextValue text:
                AddOnce(texts, new IndexedText(text.Parameter, text.Folded.Length <= SortValue.MaxText ? text.Folded : text.Folded[..SortValue.MaxText]));
                break;
            case NumberValue number:
                AddOnce(numbers, new IndexedNumber(number.Parameter, "", (double)number.Value));
                break;
            case QuantityValue quantity:
                AddOnce(numbers, new IndexedNumber(quantity.Parameter, quantity.Canonical.Unit, quantity.Canonical.Value));
                break;
            default:
                foreach (var key in value.Keys)
                {
                    Add(keys, from, key);
                }

                break;
        }
    }

    private static void Token(SearchParameter parameter, TokenValue token, List<string> keys, int from)
    {
        if (token.Code is null)
        {
            return;
        }

        Add(keys, from, TokenKey.AnySystem(token.Parameter, token.Code));
        if (!token.IsImplied && token.System is not null)
        {
            Add(keys, from, TokenKey.Exact(token.Parameter, token.System, token.Code));
        }
        else if (token.IsImplied && parameter.IsExplicit)
        {
            // Only a parameter that has both kinds needs to tell them apart.
            Add(keys, from, TokenKey.Implied(token.Parameter, token.Code));
        }
    }

    // Keys of one parameter are few: a look back is cheaper than a set.
    private static void Add(List<string> keys, int from, string key)
    {
        for (var at = from; at < keys.Count; at++)
        {
            if (keys[at] == key)
            {
                return;
            }
        }

        keys.Add(key);
    }

    private static void AddOnce<T>(List<T> entries, T entry)
    {
        if (!entries.Contains(entry))
        {
            entries.Add(entry);
        }
    }
}
