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
    /// <summary>Several parameters of one element.</summary>
    Composite,
    /// <summary>A quantity.</summary>
    Quantity,
    /// <summary>A URI.</summary>
    Uri,
    /// <summary>Of its own kind: <c>near</c> of Location.</summary>
    Special,
}

/// <summary>The search parameters of each resource type: R4, PDSm, agenda, annuaire, traçabilité (from the compiled definitions).</summary>
public static class SearchParameters
{
    private static readonly ConcurrentDictionary<string, SearchTable> ByType = new(StringComparer.Ordinal);

    /// <summary>All parameters of a type by code, those of every resource (<c>_id</c>, <c>_lastUpdated</c>…) included; empty for an unknown type.</summary>
    public static IReadOnlyDictionary<string, SearchParameter> Of(string type) => Table(type).ByCode;

    /// <summary>All resource types of R4.</summary>
    public static IReadOnlyCollection<string> ResourceTypes => R4.Current.Resources.Keys;

    /// <summary>True when R4 has this resource type.</summary>
    public static bool IsResourceType(string type) => R4.Current.Resources.ContainsKey(type);

    internal static SearchTable Table(string type) => ByType.TryGetValue(type, out var table) ? table
        : R4.Current.Resources.ContainsKey(type) ? ByType.GetOrAdd(type, Compile) : SearchTable.Empty;

    private static SearchTable Compile(string type)
    {
        var definitions = R4.Current;
        var root = new TypeUse { Name = type, Type = definitions.Resources[type] };
        var found = new Dictionary<string, SearchParameter>(StringComparer.Ordinal);
        foreach (var definition in definitions.Set.SearchParameters.Where(one => one.Base == type || one.Base is "Resource" or "DomainResource"))
        {
            if (definition.Base == type || !found.ContainsKey(definition.Code))
            {
                found[definition.Code] = new SearchParameter(definitions, root, definition);
            }
        }

        IndexAliases.Set(found.Values);
        return new SearchTable(found.ToFrozenDictionary(StringComparer.Ordinal),
            [.. found.Values.Where(one => one.IsSupported && one.Code is not ("_id" or "_lastUpdated")).OrderBy(one => one.Code, StringComparer.Ordinal)]);
    }
}

/// <summary>The parameters of one type: all, and those whose values are taken from its resources.</summary>
internal sealed record SearchTable(FrozenDictionary<string, SearchParameter> ByCode, SearchParameter[] Indexed)
{
    public static readonly SearchTable Empty = new(FrozenDictionary<string, SearchParameter>.Empty, []);

    /// <summary>Those whose values an index stores.</summary>
    public SearchParameter[] Stored { get; } = [.. Indexed.Where(one => one.IndexedAs == one && !one.IsUnion && one.Type is not (SearchType.Composite or SearchType.Special))];

    public bool TryGetValue(string code, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out SearchParameter parameter) => ByCode.TryGetValue(code, out parameter);
}
