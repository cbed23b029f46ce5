using Sante.Fhir.Definitions;
using Sante.Kernel;

namespace Sante.Fhir.Search;

/// <summary><c>_include</c> and <c>_revinclude</c> as they are read; <c>*</c> becomes every parameter that it stands for.</summary>
internal sealed class IncludeList(string type)
{
    private const int MaxIncludes = 20;

    private static readonly Lazy<List<(string Type, SearchParameter Parameter)>> Everywhere = new(() =>
        [.. R4.Current.Resources.Keys.Order(StringComparer.Ordinal).SelectMany(type => ReferencesOf(type).Select(parameter => (type, parameter)))]);

    private int read;

    public List<SearchInclude> Forward { get; } = [];

    public List<SearchInclude> Reverse { get; } = [];

    public static bool Knows(string name) => name is "_include" or "_include:iterate" or "_include:recurse" or "_revinclude" or "_revinclude:iterate" or "_revinclude:recurse";

    public Refusal? Read(string name, string value)
    {
        if (++read > MaxIncludes)
        {
            return Unknown();
        }

        var iterates = name.Contains(':', StringComparison.Ordinal);
        return name.StartsWith("_include", StringComparison.Ordinal) ? Include(value, iterates) : ReverseInclude(value, iterates);
    }

    private Refusal? Include(string value, bool iterates)
    {
        if (value == "*")
        {
            var all = iterates ? Everywhere.Value : ReferencesOf(type).Select(parameter => (type, parameter));
            Forward.AddRange(all.Select(one => new SearchInclude(one.Item1, one.Item2, null, iterates)));
            return null;
        }

        return Add(Forward, value, iterates);
    }

    private Refusal? ReverseInclude(string value, bool iterates)
    {
        if (value == "*")
        {
            Reverse.AddRange(Everywhere.Value.Where(one => iterates || one.Parameter.Targets.Count == 0 || one.Parameter.Targets.Contains(type))
                .Select(one => new SearchInclude(one.Type, one.Parameter, null, iterates)));
            return null;
        }

        return Add(Reverse, value, iterates);
    }

    private static Refusal? Add(List<SearchInclude> into, string value, bool iterates)
    {
        var parts = value.Split(':');
        if (parts.Length is not (2 or 3) || (parts.Length == 3 && !SearchParameters.IsResourceType(parts[2])) || !SearchParameters.IsResourceType(parts[0]))
        {
            return Unknown();
        }

        var target = parts.Length == 3 ? parts[2] : null;
        if (parts[1] == "*")
        {
            into.AddRange(ReferencesOf(parts[0]).Select(parameter => new SearchInclude(parts[0], parameter, target, iterates)));
            return null;
        }

        if (!SearchParameters.Table(parts[0]).TryGetValue(parts[1], out var parameter) || parameter is not { Type: SearchType.Reference, IsSupported: true })
        {
            return Unknown();
        }

        into.Add(new SearchInclude(parts[0], parameter, target, iterates));
        return null;
    }

    private static IEnumerable<SearchParameter> ReferencesOf(string type) => SearchParameters.Table(type).Indexed.Where(parameter => parameter.Type == SearchType.Reference);

    private static Refusal Unknown() => new("search-include-unknown", RefusalKind.Invalid,
        "« _include » et « _revinclude » désignent un type et un paramètre de référence déclarés : Type:paramètre[:TypeCible], Type:* ou *.");
}
