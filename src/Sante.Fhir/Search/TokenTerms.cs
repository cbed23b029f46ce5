using Sante.Fhir.Definitions;
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
    /// <summary>Refusals: <c>value-set-unknown</c>.</summary>
    public static Outcome<IReadOnlySet<(string System, string Code)>> In(string url)
    {
        if (!R4.Current.ValueSets.TryGetValue(ReferenceText.Canonical(url).Url, out var set) || set.Membership != Membership.Codes)
        {
            return new Refusal("value-set-unknown", RefusalKind.Unknown, "Ce jeu de valeurs n’est pas connu.");
        }

        return Outcome.Of<IReadOnlySet<(string, string)>>(set.Lists.SelectMany(list => list.Systems.SelectMany(system => list.Codes.Select(code => (system, code)))).ToHashSet());
    }

    public static IReadOnlySet<(string System, string Code)> Below(string system, string code) => new HashSet<(string, string)> { (system, code) };

    public static IReadOnlySet<(string System, string Code)> Above(string system, string code) => new HashSet<(string, string)> { (system, code) };
}
