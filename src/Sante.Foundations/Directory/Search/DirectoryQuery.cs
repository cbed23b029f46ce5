using System.Globalization;
using Sante.Kernel;

namespace Sante.Foundations.Directories.Search;

/// <summary>A search as asked, checked: conditions, page, what to join.</summary>
internal sealed record DirectoryQuery(
    SearchType Type, SearchSql Sql, int Count, bool WantsTotal, string? After, IReadOnlyList<string> Includes, IReadOnlyList<KeyValuePair<string, string>> Asked)
{
    /// <summary>Page size when none is asked, as in the national API.</summary>
    public const int DefaultCount = 50;
    private const int MostCount = 200;
    private const int MostParameters = 40;
    private const int LongestValue = 500;

    /// <summary>
    /// Reads the parameters of a URL or form. Refusals: <c>search-parameter-unknown</c>, <c>search-modifier-not-supported</c>,
    /// <c>search-value-invalid</c>, <c>search-include-unknown</c>, <c>search-too-complex</c>.
    /// </summary>
    public static Outcome<DirectoryQuery> Read(SearchType type, IReadOnlyList<KeyValuePair<string, string>> asked)
    {
        if (asked.Count > MostParameters || asked.Any(pair => pair.Value.Length > LongestValue))
        {
            return SearchRefusals.TooLong();
        }

        var query = new DirectoryQuery(type, new SearchSql(), DefaultCount, false, null, [], asked);
        foreach (var (name, value) in asked.Where(pair => pair.Value.Length > 0))
        {
            var read = query.Take(name, value);
            if (!read.TryGet(out var next, out var refusal))
            {
                return refusal;
            }

            query = next;
        }

        return query;
    }

    /// <summary>The URL of the page after the row of this cursor: it holds no state of ours and never expires.</summary>
    public string NextPage(string cursor) =>
        Type.Name + "?" + string.Join('&', Asked.Where(pair => pair.Key != "_after").Append(new("_after", cursor))
            .Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));

    private Outcome<DirectoryQuery> Take(string name, string value)
    {
        switch (name)
        {
            case "_count":
                return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                    ? this with { Count = Math.Min(count, MostCount), WantsTotal = WantsTotal || count == 0 }
                    : SearchRefusals.Value(name);
            case "_total":
                return value is "none" or "estimate" or "accurate" ? this with { WantsTotal = WantsTotal || value != "none" } : SearchRefusals.Value(name);
            case "_after":
                return this with { After = value };
            case "_format":
                return value is "json" or "application/json" or "application/fhir+json" ? this : SearchRefusals.Value(name);
            case "_include" or "_revinclude":
                return TakeInclude(value);
            default:
                return TakeCriterion(name, value);
        }
    }

    private Outcome<DirectoryQuery> TakeInclude(string value) =>
        value == "*" ? this with { Includes = Type.Includes }
        : Type.Includes.Contains(value) ? this with { Includes = [.. Includes.Append(value).Distinct()] }
        : SearchRefusals.Include(value);

    private Outcome<DirectoryQuery> TakeCriterion(string name, string value)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        if (!Type.Parameters.TryGetValue(colon < 0 ? name : name[..colon], out var criterion))
        {
            return SearchRefusals.Unknown(name);
        }

        return criterion(Sql, value, colon < 0 ? null : name[(colon + 1)..]) is { } refusal ? refusal : this;
    }
}
