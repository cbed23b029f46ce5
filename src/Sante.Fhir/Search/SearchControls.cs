using System.Globalization;
using Sante.Kernel;

namespace Sante.Fhir.Search;

/// <summary>The parameters that say how results come, not which (http://hl7.org/fhir/R4/search.html#return).</summary>
internal sealed class SearchControls(string type, SearchOptions options)
{
    private const int MaxSortKeys = 5;

    private readonly List<SearchSort> sort = [];
    private readonly IncludeList includes = new(type);
    private readonly List<string> elements = [];
    private int count = options.DefaultCount;
    private bool countGiven;
    private string? total;
    private string? summary;

    public static bool Knows(string name) => name is "_count" or "_sort" or "_total" or "_summary" or "_elements" or "_contained" or "_containedType" || IncludeList.Knows(name);

    public Refusal? Read(string name, string value) => name switch
    {
        "_count" => Count(value),
        "_sort" => Sort(value),
        "_total" => Total(value),
        "_summary" => Summary(value),
        "_elements" => Elements(value),
        "_contained" when value == "false" => null,
        "_contained" or "_containedType" => SearchQueryReader.NotSupported(name),
        _ => includes.Read(name, value),
    };

    public SearchQuery Write(SearchQuery query) => new(type)
    {
        Conditions = query.Conditions,
        SelfQuery = query.SelfQuery,
        Ignored = query.Ignored,
        Count = count,
        Sort = sort,
        Includes = includes.Forward,
        ReverseIncludes = includes.Reverse,
        Projection = SearchProjection.Of(summary, elements),
        Total = total,
        CountOnly = summary == "count" || (countGiven && count == 0),
    };

    private Refusal? Count(string value)
    {
        // Any size of number is read, so that a huge one is a large page and not an error.
        if (value.Length is 0 or > 18 || !long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var asked))
        {
            return SearchValueText.Invalid("_count");
        }

        count = (int)Math.Min(asked, options.MaxCount);
        countGiven = true;
        return null;
    }

    private Refusal? Total(string value)
    {
        total = value;
        return value is "none" or "estimate" or "accurate" ? null : SearchValueText.Invalid("_total");
    }

    private Refusal? Summary(string value)
    {
        summary = value;
        return value is "true" or "text" or "data" or "count" or "false" ? null : SearchValueText.Invalid("_summary");
    }

    private Refusal? Elements(string value)
    {
        foreach (var part in value.Split(','))
        {
            // Type.element is admitted for the searched type.
            var name = part.StartsWith(type + ".", StringComparison.Ordinal) ? part[(type.Length + 1)..] : part;
            if (name.Length is 0 or > 64 || !name.All(char.IsAsciiLetterOrDigit))
            {
                return SearchValueText.Invalid("_elements");
            }

            elements.Add(name);
        }

        return null;
    }

    private Refusal? Sort(string value)
    {
        foreach (var part in value.Split(','))
        {
            var code = part.StartsWith('-') ? part[1..] : part;
            if (!SearchParameters.Table(type).TryGetValue(code, out var parameter))
            {
                return SearchQueryReader.Unknown(code);
            }

            if (!parameter.IsSupported || parameter.Type is SearchType.Composite or SearchType.Special || sort.Count == MaxSortKeys)
            {
                return SearchQueryReader.NotSupported("_sort");
            }

            sort.Add(new SearchSort(parameter, part.StartsWith('-')));
        }

        return null;
    }
}
