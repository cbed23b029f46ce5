using System.Collections.Concurrent;
using System.Collections.Frozen;
using Sante.Fhir.Definitions;

namespace Sante.Fhir.Search;

/// <summary>The types of search parameters (http://hl7.org/fhir/R4/search.html#ptypes).</summary>
public enum SearchType
{
    /// <summary>A number.</summary>
    Number,
    /// <summary>A date, period or timing.</summary>
    Date,
    /// <summary>A text, compared without case and accents.</summary>
    Text,
    /// <summary>A code, identifier or boolean.</summary>
    Token,
    /// <summary>A reference.</summary>
    Reference,
    /// <summary>Two parameters of one element; not supported yet.</summary>
    Composite,
    /// <summary>A quantity.</summary>
    Quantity,
    /// <summary>A URI.</summary>
    Uri,
    /// <summary>Anything else; not supported yet.</summary>
    Special,
}

/// <summary>A search parameter of one resource type.</summary>
public sealed class SearchParameter
{
    internal SearchParameter(SearchParameterDef definition, PathExpression? path)
    {
        (Code, Targets, Path) = (definition.Code, definition.Targets, path);
        Type = definition.Type == "string" ? SearchType.Text : Enum.TryParse<SearchType>(definition.Type, ignoreCase: true, out var type) ? type : SearchType.Special;
    }

    /// <summary>Its name in queries.</summary>
    public string Code { get; }

    /// <summary>Its type.</summary>
    public SearchType Type { get; }

    /// <summary>For references: the resource types that it may name; empty for any.</summary>
    public IReadOnlyList<string> Targets { get; }

    /// <summary>False when the type or the expression is beyond this form of the engine; queries with it are refused.</summary>
    public bool IsSupported => Path is not null && Type is not (SearchType.Composite or SearchType.Special);

    internal PathExpression? Path { get; }
}

/// <summary>The search parameters of each resource type: R4, PDSm, agenda, annuaire, traçabilité (from the compiled definitions).</summary>
public static class SearchParameters
{
    private static readonly ConcurrentDictionary<string, FrozenDictionary<string, SearchParameter>> ByType = new(StringComparer.Ordinal);

    /// <summary>All parameters of a type by code, those of every resource (<c>_id</c>, <c>_lastUpdated</c>…) included; empty for an unknown type.</summary>
    public static IReadOnlyDictionary<string, SearchParameter> Of(string type) => Table(type);

    /// <summary>All resource types of R4.</summary>
    public static IReadOnlyCollection<string> ResourceTypes => R4.Current.Resources.Keys;

    /// <summary>True when R4 has this resource type.</summary>
    public static bool IsResourceType(string type) => R4.Current.Resources.ContainsKey(type);

    internal static FrozenDictionary<string, SearchParameter> Table(string type) =>
        R4.Current.Resources.ContainsKey(type) ? ByType.GetOrAdd(type, Compile) : FrozenDictionary<string, SearchParameter>.Empty;

    private static FrozenDictionary<string, SearchParameter> Compile(string type)
    {
        var found = new Dictionary<string, SearchParameter>(StringComparer.Ordinal);
        foreach (var definition in R4.Current.Set.SearchParameters.Where(one => one.Base == type || one.Base is "Resource" or "DomainResource"))
        {
            if (definition.Base == type || !found.ContainsKey(definition.Code))
            {
                found[definition.Code] = new SearchParameter(definition, PathParser.Parse(definition.Expression));
            }
        }

        return found.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
