using System.Buffers;
using System.Text;

namespace Sante.Fhir.Json;

/// <summary>The grammar of JSON string escapes and numbers, over bytes.</summary>
internal static class JsonText
{
    /// <summary>Length of the escape sequence (or surrogate pair of escapes) at the start, or 0 with the code of its fault.</summary>
    public static int EscapeLength(ReadOnlySpan<byte> text, out string code)
    {
        code = "json-syntax";
        if (text.Length < 2)
        {
            return 0;
        }

        if (text[1] != 'u')
        {
            return text[1] is (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t' ? 2 : 0;
        }

        if (!TryUnit(text, out var unit))
        {
            return 0;
        }

        if (!char.IsSurrogate((char)unit))
        {
            return 6;
        }

        code = "json-lone-surrogate";
        var paired = char.IsHighSurrogate((char)unit) && text.Length >= 12 && text[6] == '\\' && text[7] == 'u'
            && TryUnit(text[6..], out var low) && char.IsLowSurrogate((char)low);
        return paired ? 12 : 0;
    }

    /// <summary>Length of the JSON number at the start, or 0.</summary>
    public static int NumberLength(ReadOnlySpan<byte> text)
    {
        var at = text.Length > 0 && text[0] == '-' ? 1 : 0;
        var whole = Digits(text, at);
        if (whole == 0 || (whole > 1 && text[at] == '0'))
        {
            return 0;
        }

        at += whole;
        if (at < text.Length && text[at] == '.')
        {
            var fraction = Digits(text, at + 1);
            if (fraction == 0)
            {
                return 0;
            }

            at += fraction + 1;
        }

        if (at >= text.Length || (text[at] | 0x20) != 'e')
        {
            return at;
        }

        at += at + 1 < text.Length && text[at + 1] is (byte)'+' or (byte)'-' ? 2 : 1;
        var exponent = Digits(text, at);
        return exponent == 0 ? 0 : at + exponent;
    }

    /// <summary>The text of a string value whose grammar the scanner has checked.</summary>
    public static string Unescape(ReadOnlySpan<byte> raw, bool escaped)
    {
        if (!escaped)
        {
            return Encoding.UTF8.GetString(raw);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(raw.Length);
        try
        {
            return Encoding.UTF8.GetString(buffer.AsSpan(0, Unescape(raw, buffer)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Writes the UTF-8 of a checked, escaped string; never longer than its source. Returns the length.</summary>
    public static int Unescape(ReadOnlySpan<byte> raw, Span<byte> target)
    {
        var written = 0;
        for (var at = 0; at < raw.Length;)
        {
            if (raw[at] != '\\')
            {
                target[written++] = raw[at++];
                continue;
            }

            at += Escape(raw[at..], target, ref written);
        }

        return written;
    }

    private static int Escape(ReadOnlySpan<byte> raw, Span<byte> target, ref int written)
    {
        if (raw[1] != 'u')
        {
            target[written++] = raw[1] switch
            {
                (byte)'b' => 8, (byte)'f' => 12, (byte)'n' => 10, (byte)'r' => 13, (byte)'t' => 9, var same => same,
            };
            return 2;
        }

        TryUnit(raw, out var unit);
        if (!char.IsSurrogate((char)unit))
        {
            written += new Rune((char)unit).EncodeToUtf8(target[written..]);
            return 6;
        }

        TryUnit(raw[6..], out var low);
        written += new Rune((char)unit, (char)low).EncodeToUtf8(target[written..]);
        return 12;
    }

    private static bool TryUnit(ReadOnlySpan<byte> text, out int unit)
    {
        unit = 0;
        if (text.Length < 6)
        {
            return false;
        }

        foreach (var digit in text.Slice(2, 4))
        {
            if (!char.IsAsciiHexDigit((char)digit))
            {
                return false;
            }

            unit = (unit << 4) | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        return true;
    }

    private static int Digits(ReadOnlySpan<byte> text, int from)
    {
        var at = from;
        while (at < text.Length && char.IsAsciiDigit((char)text[at]))
        {
            at++;
        }

        return at - from;
    }
}
