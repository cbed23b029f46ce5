using Sante.Fhir.Definitions;
using Sante.Kernel;

namespace Sante.Fhir.Search;

/// <summary>From one alternative of a parameter's value to a term. Refusals: <c>search-value-invalid</c>, <c>search-modifier-not-supported</c>, those of value sets.</summary>
internal static class SearchTerms
{
    public static Outcome<SearchTerm> Read(SearchParameter parameter, string? modifier, string value, SearchOptions options) => parameter.Type switch
    {
        _ when value.Length == 0 => SearchValueText.Invalid(parameter.Code),
        SearchType.Token when parameter.Code == "_id" => Id(modifier, value),
        SearchType.Token => TokenTerms.Read(parameter, modifier, value),
        SearchType.Text => Text(parameter, modifier, value),
        SearchType.Reference => Reference(parameter, modifier, value, options),
        SearchType.Uri => Uri(parameter, modifier, value),
        _ when modifier is not null => SearchValueText.NoModifier(parameter.Code),
        SearchType.Date => Date(parameter, value, options),
        SearchType.Number => NumberTerm.Read(value) is { } number ? number : SearchValueText.Invalid(parameter.Code),
        SearchType.Quantity => Quantity(parameter, value),
        SearchType.Composite => Composite(parameter, value, options),
        _ => Place(parameter, value),
    };

    // An id has no system.
    private static Outcome<SearchTerm> Id(string? modifier, string value) => modifier is not (null or "not") ? SearchValueText.NoModifier("_id")
        : TokenTerms.Of(value) is { System: null } id ? id : SearchValueText.Invalid("_id");

    private static Outcome<SearchTerm> Text(SearchParameter parameter, string? modifier, string value)
    {
        var text = SearchValueText.Unescape(value);
        return modifier switch
        {
            null => new TextTerm(text, TextFolding.Fold(text), TextMode.StartsWith),
            "exact" => new TextTerm(text, TextFolding.Fold(text), TextMode.Exact),
            "contains" => new TextTerm(text, TextFolding.Fold(text), TextMode.Contains),
            _ => SearchValueText.NoModifier(parameter.Code),
        };
    }

    private static Outcome<SearchTerm> Uri(SearchParameter parameter, string? modifier, string value) => modifier switch
    {
        null => new UriTerm(SearchValueText.Unescape(value), UriMode.Exact),
        "below" => new UriTerm(SearchValueText.Unescape(value), UriMode.Below),
        "above" => new UriTerm(SearchValueText.Unescape(value), UriMode.Above),
        _ => SearchValueText.NoModifier(parameter.Code),
    };

    private static Outcome<SearchTerm> Date(SearchParameter parameter, string value, SearchOptions options)
    {
        var prefix = SearchValueText.PrefixOf(ref value);
        // In a query "+" of a zone often arrives as a space.
        if (DateIndex.Parse(value.Replace(' ', '+')) is not { } date)
        {
            return SearchValueText.Invalid(parameter.Code);
        }

        // "Approximately": a tenth of the distance to now (search.html#prefix).
        var margin = prefix == SearchPrefix.Ap ? Math.Abs(options.Now.UtcTicks - date.LowTicks) / 10 : 0;
        return new DateTerm(prefix, date.LowTicks, date.HighTicks, margin);
    }

    private static Outcome<SearchTerm> Reference(SearchParameter parameter, string? modifier, string value, SearchOptions options)
    {
        if (modifier == "identifier")
        {
            return TokenTerms.Of(value) is { } token ? new ReferenceIdentifierTerm(token) : SearchValueText.Invalid(parameter.Code);
        }

        if (modifier is not null && !SearchParameters.IsResourceType(modifier))
        {
            return SearchValueText.NoModifier(parameter.Code);
        }

        var text = Relative(SearchValueText.Unescape(value), options.BaseUrl);
        if (text.Contains(':', StringComparison.Ordinal) || text.StartsWith('#'))
        {
            var (url, version) = ReferenceText.Canonical(text);
            return new ReferenceTerm([], null, ReferenceText.Of(R4.Current, parameter.Code, url, null, null, null).Url, version);
        }

        if (!text.Contains('/', StringComparison.Ordinal))
        {
            return new ReferenceTerm(modifier is null ? ReferenceTerm.TypesOf(parameter) : [modifier], text, null, null);
        }

        var reference = ReferenceText.Of(R4.Current, parameter.Code, text, null, null, null);
        return !reference.IsLocal || (modifier is not null && modifier != reference.Type) ? SearchValueText.Invalid(parameter.Code)
            : new ReferenceTerm([], reference.Id, reference.Url, null);
    }

    private static string Relative(string text, string? baseUrl)
    {
        var length = baseUrl?.TrimEnd('/').Length ?? 0;
        return length > 0 && text.Length > length && text[length] == '/' && text.AsSpan(0, length).SequenceEqual(baseUrl.AsSpan(0, length)) ? text[(length + 1)..] : text;
    }

    private static Outcome<SearchTerm> Quantity(SearchParameter parameter, string value)
    {
        var parts = SearchValueText.Split(value, '|');
        return parts.Count is not (1 or 3) || NumberTerm.Read(parts[0]) is not { } number ? SearchValueText.Invalid(parameter.Code)
            : new QuantityTerm(number, Part(parts, 1), Part(parts, 2));
    }

    private static Outcome<SearchTerm> Composite(SearchParameter parameter, string value, SearchOptions options)
    {
        var parts = SearchValueText.Split(value, '$');
        if (parts.Count != parameter.Components.Count)
        {
            return SearchValueText.Invalid(parameter.Code);
        }

        var terms = new SearchTerm[parts.Count];
        for (var at = 0; at < terms.Length; at++)
        {
            if (!Read(parameter.Components[at].Parameter ?? parameter.Components[at].Standing, null, parts[at], options).TryGet(out var term, out _))
            {
                return SearchValueText.Invalid(parameter.Code);
            }

            terms[at] = term;
        }

        return new CompositeTerm(terms);
    }

    private static Outcome<SearchTerm> Place(SearchParameter parameter, string value)
    {
        var parts = SearchValueText.Split(value, '|');
        if (parts.Count is < 2 or > 4 || SearchIndex.Number(parts[0]) is not { } latitude || SearchIndex.Number(parts[1]) is not { } longitude
            || Math.Abs(latitude) > 90 || Math.Abs(longitude) > 180)
        {
            return SearchValueText.Invalid(parameter.Code);
        }

        var distance = parts.Count == 2 || parts[2].Length == 0 ? (decimal)PlaceTerm.DefaultKm : SearchIndex.Number(parts[2]);
        double? unit = parts.Count < 4 ? 1 : parts[3] switch { "" or "km" => 1, "m" => 0.001, "[mi_us]" or "mi" => 1.609347, "[mi_i]" => 1.609344, _ => null };
        return distance is null or < 0 || unit is null ? SearchValueText.Invalid(parameter.Code)
            : new PlaceTerm((double)latitude, (double)longitude, (double)distance.Value * unit.Value);
    }

    private static string? Part(List<string> parts, int at) => at < parts.Count && parts[at].Length > 0 ? SearchValueText.Unescape(parts[at]) : null;
}
