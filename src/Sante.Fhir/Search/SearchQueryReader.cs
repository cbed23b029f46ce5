using Sante.Kernel;

namespace Sante.Fhir.Search;

/// <summary>Reads the parameters of one query; used once.</summary>
internal sealed class SearchQueryReader(string type, SearchOptions options)
{
    /// <summary>Each type of a chain is a search of its own.</summary>
    private const int MaxChainTypes = 20;

    private readonly List<SearchCondition> conditions = [];
    private readonly SearchControls controls = new(type, options);
    private readonly List<string> used = [];
    private readonly List<string> ignored = [];
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

            // The format belongs to HTTP, not to what was searched.
            if (name is "_format" or "_pretty")
            {
                continue;
            }

            var refusal = SearchControls.Knows(name) ? controls.Read(name, value) : Condition(name, value);
            if (refusal is { Code: "search-parameter-unknown" or "search-parameter-not-supported" } && options.Lenient)
            {
                ignored.Add(name);
            }
            else if (refusal is not null)
            {
                return refusal;
            }
            else
            {
                used.Add($"{Uri.EscapeDataString(name).Replace("%3A", ":", StringComparison.Ordinal)}={Uri.EscapeDataString(value)}");
            }
        }

        return controls.Write(new SearchQuery(type) { Conditions = conditions, SelfQuery = string.Join('&', used), Ignored = ignored });
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
        if (name.StartsWith("_has:", StringComparison.Ordinal))
        {
            return Has(on, name, value, depth);
        }

        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var link = dot < 0 ? name : name[..dot];
        var colon = link.IndexOf(':', StringComparison.Ordinal);
        var code = colon < 0 ? link : link[..colon];
        var modifier = colon < 0 ? null : link[(colon + 1)..];
        if (!SearchParameters.Table(on).TryGetValue(code, out var parameter))
        {
            return code is "_list" ? NotSupported(code) : Unknown(code);
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

            if (!SearchTerms.Read(parameter, modifier, part, options).TryGet(out var term, out var refusal))
            {
                return refusal;
            }

            terms.Add(term);
        }

        return new SearchCondition(parameter, modifier, terms)
        {
            Identifiers = modifier != "identifier" ? []
                : [.. terms.OfType<ReferenceIdentifierTerm>().Where(term => term.Token.Code is not null).Select(term => (term.Token.System, term.Token.Code!))],
        };
    }

    private Outcome<SearchCondition> Chain(SearchParameter parameter, string? modifier, string rest, string value, int depth)
    {
        if (depth + 1 > options.MaxChain)
        {
            return TooLong();
        }

        if (parameter.Type != SearchType.Reference)
        {
            return Unknown(parameter.Code);
        }

        if (!Links(modifier is not null ? [modifier] : ReferenceTerm.TypesOf(parameter), rest, value, depth).TryGet(out var links, out var refusal))
        {
            return refusal;
        }

        if (links.Count > MaxChainTypes)
        {
            return new Refusal("search-chain-type-missing", RefusalKind.Invalid, $"Le paramètre « {parameter.Code} » désigne tout type de ressource : nommez-le ({parameter.Code}:Type.…).");
        }

        return new SearchCondition(parameter, modifier, [])
        {
            Chain = links,
            Identifiers = rest == "identifier"
                ? [.. links[0].Condition.Terms.OfType<TokenTerm>().Where(term => term.Code is not null).Select(term => (term.System, term.Code!))] : [],
        };
    }

    /// <summary>The condition on each type that knows the parameter; the values count once. The first type's refusal when none does.</summary>
    private Outcome<List<(string Type, SearchCondition Condition)>> Links(IReadOnlyList<string> types, string rest, string value, int depth)
    {
        List<(string, SearchCondition)> links = [];
        Refusal? first = null;
        var before = alternatives;
        foreach (var target in types)
        {
            alternatives = before;
            if (Condition(target, rest, value, depth + 1).TryGet(out var condition, out var refusal))
            {
                links.Add((target, condition));
            }
            else
            {
                first ??= refusal;
            }
        }

        return links.Count > 0 ? links : first ?? Unknown(rest);
    }

    /// <summary><c>_has:Type:reference:parameter</c>, the last of which may be a chain or another <c>_has</c>.</summary>
    private Outcome<SearchCondition> Has(string on, string name, string value, int depth)
    {
        if (depth + 1 > options.MaxChain)
        {
            return TooLong();
        }

        var parts = name.Split(':', 4);
        if (parts.Length < 4 || !SearchParameters.Table(parts[1]).TryGetValue(parts[2], out var back) || back is not { Type: SearchType.Reference, IsSupported: true }
            || (back.Targets.Count > 0 && !back.Targets.Contains(on)))
        {
            return Unknown(name);
        }

        return Condition(parts[1], parts[3], value, depth + 1).TryGet(out var condition, out var refusal)
            ? new SearchCondition(SearchParameters.Table(on).ByCode["_id"], "_has", []) { Reverse = (parts[1], back, condition) }
            : refusal;
    }

    private static Refusal TooLong() => new("search-chain-too-long", RefusalKind.Invalid, "La chaîne de références de cette recherche est trop longue.");

    private static Refusal TooComplex() => new("search-too-complex", RefusalKind.Invalid, "Cette recherche a trop de paramètres, de valeurs ou de caractères.");

    internal static Refusal Unknown(string name) => new("search-parameter-unknown", RefusalKind.Invalid, $"Paramètre de recherche inconnu : « {Shown(name)} ».");

    internal static Refusal NotSupported(string name) => new("search-parameter-not-supported", RefusalKind.Invalid, $"Paramètre de recherche pas encore pris en charge : « {Shown(name)} ».");

    // A foreign name is repeated only when it looks like one: it could hold anything.
    private static string Shown(string name) => name.Length <= 40 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or ':' or '.') ? name : "?";
}
