using System.Globalization;

namespace Sante.Foundations.Files;

/// <summary>Names of professionals as people write them.</summary>
public static class PersonNames
{
    private static readonly CultureInfo French = CultureInfo.GetCultureInfo("fr-FR");

    /// <summary>"DR", "ZOÉ-ANNE", "D'AËION" → "Dr Zoé-Anne D'AËION". A title other than DR or PR is left out.</summary>
    public static string Written(string? exerciseCivility, string? given, string family)
    {
        var title = exerciseCivility?.ToUpperInvariant() switch { "DR" => "Dr ", "PR" => "Pr ", _ => "" };
        return given is null ? title + family : $"{title}{French.TextInfo.ToTitleCase(given.ToLower(French))} {family}";
    }
}
