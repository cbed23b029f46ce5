using System.Globalization;
using Sante.Kernel;

namespace Sante.Fhir.Search;

/// <summary>Reads the parameters of one query; used once.</summary>
internal sealed class SearchQueryReader(string type, SearchOptions options)
{
    private readonly List<SearchCondition> conditions = [];
    private readonly List<SearchSort> sort = [];
    private readonly List<SearchInclude> includes = [];
    private readonly List<string> used = [];
    private readonly List<string> ignored = [];
    private int count = options.DefaultCount;
    private bool countGiven;
    private string? total;
    private bool countOnly;
    private int alternatives;

    public Outcome<SearchQuery> Read(IEnumerable<KeyValuePair<string, string>> parameters)
    {
        var read = 0;
        foreach (var (name, value) in parameters)
        {
            if (++read > options.MaxParameters || value.Length > options.MaxValueLength || name.Length > 256)
            {
                return TooComplex();
            }

            var refusal = One(name, value);
            if (refusal is { Code: "search-parameter-unknown" or "search-parameter-not-supported" } && options.Lenient)
            {
                ignored.Add(name);
            }
            else if (refusal is not null)
            {
                return refusal;
            }
        }

        return new SearchQuery(type)
        {
            Conditions = conditions,
            Count = count,
            Sort = sort,
            Includes = includes,
            Total = total,
            CountOnly = countOnly || (countGiven && count == 0),
            SelfQuery = string.Join('&', used),
            Ignored = ignored,
        };
    }

    private Refusal? One(string name, string value)
    {
        var refusal = name switch
        {
            "_count" => CountOf(value),
            "_sort" => SortOf(value),
            "_total" => TotalOf(value),
            "_summary" => Summary(value),
            "_include" => Include(value, false),
            "_include:iterate" or "_include:recurse" => Include(value, true),
            "_format" or "_pretty" => null,
            "_revinclude" or "_elements" or "_contained" or "_containedType" or "_has" or "_filter" or "_text" or "_content" or "_list" or "_query" => NotSupported(name),
            _ => Condition(name, value),
        };
        // The format belongs to HTTP, not to what was searched.
        if (refusal is null && name is not ("_format" or "_pretty"))
        {
            used.Add($"{Uri.EscapeDataString(name).Replace("%3A", ":", StringComparison.Ordinal)}={Uri.EscapeDataString(value)}");
        }

        return refusal;
    }

    private Refusal? Condition(string name, string value)
    {
        var outcome = Condition(type, name, value, 0);
        if (outcome.TryGet(out var condition, out var refusal))
        {
            conditions.Add(condition);
        }

        return refusal;
    }

    private Outcome<SearchCondition> Condition(string on, string name, string value, int depth)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var link = dot < 0 ? name : name[..dot];
        var colon = link.IndexOf(':', StringComparison.Ordinal);
        var code = colon < 0 ? link : link[..colon];
        var modifier = colon < 0 ? null : link[(colon + 1)..];
        if (!SearchParameters.Table(on).TryGetValue(code, out var parameter))
        {
            return Unknown(code);
        }

        if (!parameter.IsSupported)
        {
            return NotSupported(code);
        }

        return dot >= 0 ? Chain(parameter, modifier, name[(dot + 1)..], value, depth) : Plain(parameter, modifier, value);
    }

    private Outcome<SearchCondition> Plain(SearchParameter parameter, string? modifier, string value)
    {
        if (modifier == "missing")
        {
            return value is "true" or "false" ? new SearchCondition(parameter, modifier, []) { Missing = value == "true" } : SearchValueText.Invalid(parameter.Code);
        }

        List<SearchTerm> terms = [];
        foreach (var part in SearchValueText.Split(value, ','))
        {
            if (++alternatives > options.MaxAlternatives)
            {
                return TooComplex();
            }

            if (!SearchValueText.Term(parameter, modifier, part, options).TryGet(out var term, out var refusal))
            {
                return refusal;
            }

            terms.Add(term);
        }

        return new SearchCondition(parameter, modifier, terms)
        {
            Identifiers = [.. terms.OfType<ReferenceIdentifierTerm>().Where(term => term.Token.Code is not null).Select(term => (term.Token.System, term.Token.Code!))],
        };
    }

    private Outcome<SearchCondition> Chain(SearchParameter parameter, string? modifier, string rest, string value, int depth)
    {
        if (depth + 1 > options.MaxChain)
        {
            return new Refusal("search-chain-too-long", RefusalKind.Invalid, "La chaîne de références de cette recherche est trop longue.");
        }

        if (parameter.Type != SearchType.Reference)
        {
            return Unknown(parameter.Code);
        }

        var types = modifier is not null ? [modifier] : parameter.Targets;
        List<(string, SearchCondition)> links = [];
        Refusal? first = null;
        foreach (var target in types)
        {
            // A chain over several types holds for those that know the parameter.
            if (Condition(target, rest, value, depth + 1).TryGet(out var condition, out var refusal))
            {
                links.Add((target, condition));
            }
            else
            {
                first ??= refusal;
            }
        }

        if (links.Count == 0)
        {
            return first ?? Unknown(parameter.Code);
        }

        return new SearchCondition(parameter, modifier, [])
        {
            Chain = links,
            Identifiers = rest == "identifier"
                ? [.. links[0].Item2.Terms.OfType<TokenTerm>().Where(term => term.Code is not null).Select(term => (term.System, term.Code!))] : [],
        };
    }

    private Refusal? CountOf(string value)
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

    private Refusal? TotalOf(string value)
    {
        total = value;
        return value is "none" or "estimate" or "accurate" ? null : SearchValueText.Invalid("_total");
    }

    private Refusal? Summary(string value)
    {
        countOnly = value == "count";
        return value is "count" or "false" ? null : NotSupported("_summary");
    }

    private Refusal? SortOf(string value)
    {
        foreach (var part in value.Split(','))
        {
            var code = part.TrimStart('-');
            if (!SearchParameters.Table(type).TryGetValue(code, out var parameter))
            {
                return Unknown(code);
            }

            if (!parameter.IsSupported || sort.Count == 5)
            {
                return NotSupported("_sort");
            }

            sort.Add(new SearchSort(parameter, part.StartsWith('-')));
        }

        return null;
    }

    private Refusal? Include(string value, bool iterate)
    {
        var parts = value.Split(':');
        if (parts.Length is not (2 or 3) || !SearchParameters.Table(parts[0]).TryGetValue(parts[1], out var parameter) || parameter.Type != SearchType.Reference
            || !parameter.IsSupported || (parts.Length == 3 && !SearchParameters.IsResourceType(parts[2])) || includes.Count == 20)
        {
            return new Refusal("search-include-unknown", RefusalKind.Invalid, "« _include » désigne un type et un paramètre de référence déclarés : Type:paramètre[:TypeCible].");
        }

        includes.Add(new SearchInclude(parts[0], parameter, parts.Length == 3 ? parts[2] : null, iterate));
        return null;
    }

    private static Refusal TooComplex() => new("search-too-complex", RefusalKind.Invalid, "Cette recherche a trop de paramètres, de valeurs ou de caractères.");

    private static Refusal Unknown(string name) => new("search-parameter-unknown", RefusalKind.Invalid, $"Paramètre de recherche inconnu : « {Shown(name)} ».");

    private static Refusal NotSupported(string name) => new("search-parameter-not-supported", RefusalKind.Invalid, $"Paramètre de recherche pas encore pris en charge : « {Shown(name)} ».");

    // A foreign name is repeated only when it looks like one: it could hold anything.
    private static string Shown(string name) => name.Length <= 40 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or ':' or '.') ? name : "?";
}
