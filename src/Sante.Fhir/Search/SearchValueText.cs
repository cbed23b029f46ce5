using System.Globalization;
using System.Text;
using Sante.Fhir.Definitions;
using Sante.Kernel;

namespace Sante.Fhir.Search;

/// <summary>Reads the value side of search parameters (http://hl7.org/fhir/R4/search.html#escaping and each type's section).</summary>
internal static class SearchValueText
{
    /// <summary>Splits at a separator that no <c>\</c> precedes; parts keep their escapes.</summary>
    public static List<string> Split(string text, char separator)
    {
        List<string> parts = [];
        var from = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\\')
            {
                at++;
            }
            else if (text[at] == separator)
            {
                parts.Add(text[from..at]);
                from = at + 1;
            }
        }

        parts.Add(text[from..]);
        return parts;
    }

    /// <summary>Resolves <c>\,</c> <c>\|</c> <c>\$</c> <c>\\</c>.</summary>
    public static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            at += text[at] == '\\' && at + 1 < text.Length && text[at + 1] is ',' or '|' or '$' or '\\' ? 1 : 0;
            plain.Append(text[at]);
        }

        return plain.ToString();
    }

    /// <summary>One alternative of a parameter's value as a term. Refusals: <c>search-value-invalid</c>, <c>search-modifier-not-supported</c>.</summary>
    public static Outcome<SearchTerm> Term(SearchParameter parameter, string? modifier, string value, SearchOptions options)
    {
        if (value.Length == 0)
        {
            return Invalid(parameter.Code);
        }

        return parameter.Type switch
        {
            SearchType.Token => Token(parameter, modifier, value),
            SearchType.Text => Text(parameter, modifier, value),
            SearchType.Date when modifier is null => Date(parameter, value, options),
            SearchType.Reference => Reference(parameter, modifier, value, options),
            SearchType.Uri => Uri(parameter, modifier, value),
            SearchType.Number when modifier is null => Number(value) is { } number ? number : Invalid(parameter.Code),
            SearchType.Quantity when modifier is null => Quantity(parameter, value),
            _ => NoModifier(parameter.Code),
        };
    }

    public static Refusal Invalid(string code) =>
        new("search-value-invalid", RefusalKind.Invalid, $"La valeur du paramètre de recherche « {code} » n’a pas la forme attendue.");

    private static Refusal NoModifier(string code) =>
        new("search-modifier-not-supported", RefusalKind.Invalid, $"Ce modificateur n’est pas pris en charge pour le paramètre « {code} ».");

    private static Outcome<SearchTerm> Token(SearchParameter parameter, string? modifier, string value) => modifier switch
    {
        null or "not" => TokenOf(value) is { } token ? token : Invalid(parameter.Code),
        "text" => new TokenTextTerm(TextFolding.Fold(Unescape(value))),
        _ => NoModifier(parameter.Code),
    };

    private static TokenTerm? TokenOf(string value)
    {
        var parts = Split(value, '|');
        return parts switch
        {
            [var code] => new TokenTerm(null, Unescape(code)),
            ["", ""] => null,
            [var system, ""] => new TokenTerm(Unescape(system), null),
            [var system, var code] => new TokenTerm(Unescape(system), Unescape(code)),
            _ => null,
        };
    }

    private static Outcome<SearchTerm> Text(SearchParameter parameter, string? modifier, string value)
    {
        var text = Unescape(value);
        return modifier switch
        {
            null => new TextTerm(text, TextFolding.Fold(text), TextMode.StartsWith),
            "exact" => new TextTerm(text, "", TextMode.Exact),
            "contains" => new TextTerm(text, TextFolding.Fold(text), TextMode.Contains),
            _ => NoModifier(parameter.Code),
        };
    }

    private static Outcome<SearchTerm> Uri(SearchParameter parameter, string? modifier, string value) => modifier switch
    {
        null => new UriTerm(Unescape(value), UriMode.Exact),
        "below" => new UriTerm(Unescape(value), UriMode.Below),
        "above" => new UriTerm(Unescape(value), UriMode.Above),
        _ => NoModifier(parameter.Code),
    };

    private static Outcome<SearchTerm> Date(SearchParameter parameter, string value, SearchOptions options)
    {
        var prefix = PrefixOf(ref value);
        // In a query "+" of a zone often arrives as a space.
        if (DateIndex.Parse(value.Replace(' ', '+')) is not { } date)
        {
            return Invalid(parameter.Code);
        }

        // "Approximately": a tenth of the distance to now (search.html#prefix).
        var margin = prefix == SearchPrefix.Ap ? Math.Abs(options.Now.UtcTicks - date.LowTicks) / 10 : 0;
        return new DateTerm(prefix, date.LowTicks, date.HighTicks, margin);
    }

    private static Outcome<SearchTerm> Reference(SearchParameter parameter, string? modifier, string value, SearchOptions options)
    {
        if (modifier == "identifier")
        {
            return TokenOf(value) is { } token ? new ReferenceIdentifierTerm(token) : Invalid(parameter.Code);
        }

        if (modifier is not null && !R4.Current.Resources.ContainsKey(modifier))
        {
            return NoModifier(parameter.Code);
        }

        var text = Unescape(value);
        if (options.BaseUrl is { } own && text.StartsWith(own.TrimEnd('/') + "/", StringComparison.Ordinal))
        {
            text = text[(own.TrimEnd('/').Length + 1)..];
        }

        if (!text.Contains('/', StringComparison.Ordinal) && !text.Contains(':', StringComparison.Ordinal))
        {
            return new ReferenceTerm(modifier ?? (parameter.Targets is [var only] ? only : null), text, null);
        }

        var reference = ReferenceText.Of(R4.Current, parameter.Code, text, null, null, null);
        return text.Contains(':', StringComparison.Ordinal) ? new ReferenceTerm(null, null, reference.Url)
            : reference.Id is null || (modifier is not null && modifier != reference.Type) ? Invalid(parameter.Code)
            : new ReferenceTerm(reference.Type, reference.Id, reference.Url);
    }

    private static NumberTerm? Number(string value)
    {
        var prefix = PrefixOf(ref value);
        return value.Length <= 64 && decimal.TryParse(value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            ? new NumberTerm(prefix, number, NumberTerm.HalfOf(value)) : null;
    }

    private static Outcome<SearchTerm> Quantity(SearchParameter parameter, string value)
    {
        var parts = Split(value, '|');
        return parts.Count is not (1 or 3) || Number(parts[0]) is not { } number ? Invalid(parameter.Code)
            : new QuantityTerm(number, Part(parts, 1), Part(parts, 2));
    }

    private static string? Part(List<string> parts, int at) => at < parts.Count && parts[at].Length > 0 ? Unescape(parts[at]) : null;

    private static SearchPrefix PrefixOf(ref string value)
    {
        if (value.Length > 2 && char.IsAsciiLetterLower(value[0]) && Enum.TryParse<SearchPrefix>(value[..2], ignoreCase: true, out var prefix) && Enum.IsDefined(prefix))
        {
            value = value[2..];
            return prefix;
        }

        return SearchPrefix.Eq;
    }
}
