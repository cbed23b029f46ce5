using Sante.Fhir.Terminology;
using Sante.Kernel;

namespace Sante.Fhir.Search;

/// <summary>The value side of tokens with their modifiers (http://hl7.org/fhir/R4/search.html#token).</summary>
internal static class TokenTerms
{
    public static Outcome<SearchTerm> Read(SearchParameter parameter, string? modifier, string value) => modifier switch
    {
        null or "not" => Of(value) is { } token ? token : SearchValueText.Invalid(parameter.Code),
        "text" => new TokenTextTerm(TextFolding.Fold(SearchValueText.Unescape(value))),
        "in" or "not-in" => In(value),
        "above" or "below" => Hierarchy(parameter, modifier, value),
        "of-type" => OfType(parameter, value),
        _ => SearchValueText.NoModifier(parameter.Code),
    };

    /// <summary><c>code</c>, <c>system|code</c>, <c>|code</c> or <c>system|</c>; null for anything else.</summary>
    public static TokenTerm? Of(string value)
    {
        var parts = SearchValueText.Split(value, '|');
        return parts switch
        {
            [var code] => new TokenTerm(null, SearchValueText.Unescape(code)),
            ["", ""] => null,
            [var system, ""] => new TokenTerm(SearchValueText.Unescape(system), null),
            [var system, var code] => new TokenTerm(SearchValueText.Unescape(system), SearchValueText.Unescape(code)),
            _ => null,
        };
    }

    private static Outcome<SearchTerm> In(string value) =>
        SearchCodes.In(SearchValueText.Unescape(value)).TryGet(out var codes, out var refusal) ? new TokenSetTerm(codes) : refusal;

    private static Outcome<SearchTerm> Hierarchy(SearchParameter parameter, string modifier, string value) =>
        Of(value) is not { System: { Length: > 0 } system, Code: { } code } ? SearchValueText.Invalid(parameter.Code)
            : new TokenSetTerm(modifier == "below" ? SearchCodes.Below(system, code) : SearchCodes.Above(system, code));

    private static Outcome<SearchTerm> OfType(SearchParameter parameter, string value)
    {
        var parts = SearchValueText.Split(value, '|');
        return parts is [var system, { Length: > 0 } code, { Length: > 0 } number]
            ? new OfTypeTerm(SearchValueText.Unescape(system), SearchValueText.Unescape(code), SearchValueText.Unescape(number))
            : SearchValueText.Invalid(parameter.Code);
    }
}

/// <summary>The codes that a query's value set or hierarchy stands for.</summary>
internal static class SearchCodes
{
    /// <summary>Refusals: <c>search-value-set-unknown</c>.</summary>
    public static Outcome<IReadOnlySet<(string System, string Code)>> In(string url) =>
        Terminologies.CodesOf(url).TryGet(out var codes, out _)
            ? Outcome.Of<IReadOnlySet<(string, string)>>(codes.ToHashSet())
            : new Refusal("search-value-set-unknown", RefusalKind.Invalid, "Ce jeu de valeurs n’est pas connu de la plateforme, ou ses codes ne peuvent pas être énumérés ici.");

    /// <summary>The code itself is always one of them.</summary>
    public static IReadOnlySet<(string System, string Code)> Below(string system, string code) => Around(system, code, Terminologies.Below(system, code));

    /// <summary>The code itself is always one of them.</summary>
    public static IReadOnlySet<(string System, string Code)> Above(string system, string code) => Around(system, code, Terminologies.Above(system, code));

    private static HashSet<(string System, string Code)> Around(string system, string code, IReadOnlyList<string> codes) => [(system, code), .. codes.Select(one => (system, one))];
}
