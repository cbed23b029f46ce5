using System.Globalization;
using System.Text;

namespace Sante.Foundations.Files;

/// <summary>
/// Folds names for comparison and search: upper case, no accents, every run of other characters (hyphen, apostrophe, space, dot) one space,
/// no space at the ends; ligatures opened (Œ → OE, Æ → AE, ß → SS). "D'Aëion-Lefèvre " → "D AEION LEFEVRE".
/// </summary>
public static class Folding
{
    /// <summary>Folds a text.</summary>
    public static string Fold(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var folded = new StringBuilder(text.Length);
        foreach (var c in text.Normalize(NormalizationForm.FormD))
        {
            Append(folded, c);
        }

        if (folded is [.., ' '])
        {
            folded.Length--;
        }

        return folded.ToString();
    }

    /// <summary>Folds UTF-8 into <paramref name="target"/> (at least 3 × the length) and returns the bytes written. No allocation for ASCII.</summary>
    public static int Fold(ReadOnlySpan<byte> utf8, Span<byte> target)
    {
        if (!Ascii.IsValid(utf8))
        {
            return Encoding.UTF8.GetBytes(Fold(Encoding.UTF8.GetString(utf8)), target);
        }

        var length = 0;
        foreach (var b in utf8)
        {
            if (char.IsAsciiLetterOrDigit((char)b))
            {
                target[length++] = b is >= (byte)'a' and <= (byte)'z' ? (byte)(b - 32) : b;
            }
            else if (length > 0 && target[length - 1] != ' ')
            {
                target[length++] = (byte)' ';
            }
        }

        return length > 0 && target[length - 1] == ' ' ? length - 1 : length;
    }

    private static void Append(StringBuilder folded, char c)
    {
        switch (c)
        {
            case 'œ' or 'Œ':
                folded.Append("OE");
                return;
            case 'æ' or 'Æ':
                folded.Append("AE");
                return;
            case 'ß' or 'ẞ':
                folded.Append("SS");
                return;
            case 'ø' or 'Ø':
                folded.Append('O');
                return;
            case 'ł' or 'Ł':
                folded.Append('L');
                return;
            case 'đ' or 'Đ' or 'ð' or 'Ð':
                folded.Append('D');
                return;
        }

        if (CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark)
        {
            return;
        }

        if (char.IsLetterOrDigit(c) || char.IsSurrogate(c))
        {
            folded.Append(char.ToUpperInvariant(c));
        }
        else if (folded is [.., not ' '])
        {
            folded.Append(' ');
        }
    }
}
