using System.Globalization;
using System.Text;

namespace Sante.Fhir.Search;

/// <summary>Text as it is compared in searches: no case, no accents, ligatures opened (<c>Œ</c> → <c>oe</c>), spaces and apostrophes unified.</summary>
public static class TextFolding
{
    /// <summary>The folded text; folding twice changes nothing.</summary>
    public static string Fold(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Ascii.IsValid(text))
        {
            return FoldAscii(text);
        }

        var folded = new StringBuilder(text.Length);
        foreach (var letter in WellFormed(text).Normalize(NormalizationForm.FormKD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(letter) is UnicodeCategory.NonSpacingMark or UnicodeCategory.Format)
            {
                continue;
            }

            folded.Append(letter switch
            {
                'Œ' or 'œ' => "oe",
                'Æ' or 'æ' => "ae",
                'ß' => "ss",
                'Ø' or 'ø' => "o",
                'Ł' or 'ł' => "l",
                'Đ' or 'đ' => "d",
                '’' or 'ʼ' or '`' => "'",
                _ => null,
            } ?? (char.IsWhiteSpace(letter) ? " " : char.ToLowerInvariant(letter).ToString()));
        }

        return folded.ToString();
    }

    private static string FoldAscii(string text) => string.Create(text.Length, text, static (folded, source) =>
    {
        for (var at = 0; at < folded.Length; at++)
        {
            var letter = source[at];
            folded[at] = char.IsAsciiLetterUpper(letter) ? (char)(letter | 0x20) : letter == '`' ? '\'' : char.IsWhiteSpace(letter) ? ' ' : letter;
        }
    });

    // A lone surrogate (only in query strings of careless hosts) cannot be normalised: it becomes U+FFFD.
    private static string WellFormed(string text) =>
        text.Any(char.IsSurrogate) ? string.Concat(text.EnumerateRunes().Select(rune => rune.ToString())) : text;
}
