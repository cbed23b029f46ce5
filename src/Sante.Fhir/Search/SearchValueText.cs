using System.Text;
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

    public static Refusal Invalid(string code) =>
        new("search-value-invalid", RefusalKind.Invalid, $"La valeur du paramètre de recherche « {code} » n’a pas la forme attendue.");

    public static Refusal NoModifier(string code) =>
        new("search-modifier-not-supported", RefusalKind.Invalid, $"Ce modificateur n’est pas pris en charge pour le paramètre « {code} ».");

    /// <summary>Takes the prefix from a value that has one.</summary>
    public static SearchPrefix PrefixOf(ref string value)
    {
        if (value.Length <= 2)
        {
            return SearchPrefix.Eq;
        }

        SearchPrefix? prefix = (value[0], value[1]) switch
        {
            ('e', 'q') => SearchPrefix.Eq,
            ('n', 'e') => SearchPrefix.Ne,
            ('g', 't') => SearchPrefix.Gt,
            ('l', 't') => SearchPrefix.Lt,
            ('g', 'e') => SearchPrefix.Ge,
            ('l', 'e') => SearchPrefix.Le,
            ('s', 'a') => SearchPrefix.Sa,
            ('e', 'b') => SearchPrefix.Eb,
            ('a', 'p') => SearchPrefix.Ap,
            _ => null,
        };
        value = prefix is null ? value : value[2..];
        return prefix ?? SearchPrefix.Eq;
    }
}
