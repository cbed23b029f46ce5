using Sante.Kernel;

namespace Sante.Foundations.Directories.Search;

/// <summary>Refusals of the directory search: nothing that is asked is silently left out.</summary>
internal static class SearchRefusals
{
    public static Refusal Unknown(string name) => new(
        "search-parameter-unknown", RefusalKind.Invalid, $"Paramètre de recherche inconnu : {Plain(name)}.");

    public static Refusal Modifier(string modifier) => new(
        "search-modifier-not-supported", RefusalKind.Invalid, $"Modificateur de recherche non pris en charge : {Plain(modifier)}.");

    public static Refusal Value(string name) => new(
        "search-value-invalid", RefusalKind.Invalid, $"Valeur de recherche mal formée : {Plain(name)}.");

    public static Refusal Include(string value) => new(
        "search-include-unknown", RefusalKind.Invalid, $"Inclusion non prise en charge : {Plain(value)}.");

    public static Refusal TooLong() => new(
        "search-too-complex", RefusalKind.Invalid, "Recherche trop longue : au plus 40 paramètres de 500 caractères.");

    /// <summary>What the caller wrote is quoted only as far as it is a parameter's name.</summary>
    private static string Plain(string text) =>
        text.Length <= 40 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':') ? text : "(illisible)";
}
