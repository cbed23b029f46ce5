using System.Globalization;
using System.Text;

namespace Sante.Fhir.FhirPath;

/// <summary>Strings as <c>~</c> sees them: case does not count, runs of white space are one space, none at the ends.</summary>
internal static class PlainText
{
    public static bool Equivalent(string left, string right) =>
        string.Equals(left, right, StringComparison.Ordinal)
        || CultureInfo.InvariantCulture.CompareInfo.Compare(Normal(left), Normal(right), CompareOptions.OrdinalIgnoreCase) == 0;

    private static string Normal(string text)
    {
        var made = new StringBuilder(text.Length);
        var space = false;
        foreach (var letter in text.AsSpan().Trim())
        {
            if (char.IsWhiteSpace(letter))
            {
                space = true;
                continue;
            }

            if (space)
            {
                made.Append(' ');
                space = false;
            }

            made.Append(letter);
        }

        return made.ToString();
    }
}
