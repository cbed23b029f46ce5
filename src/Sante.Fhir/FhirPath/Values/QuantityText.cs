using System.Globalization;

namespace Sante.Fhir.FhirPath;

/// <summary>Reads what <c>toQuantity()</c> accepts: a number, then nothing, a keyword, or a UCUM code between quotes.</summary>
internal static class QuantityText
{
    public static Quantity? Read(string text)
    {
        var end = 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] is '.' or '+' or '-'))
        {
            end++;
        }

        if (!Numbers.TryDecimal(text.AsSpan(0, end), out var value))
        {
            return null;
        }

        var unit = text.AsSpan(end).Trim();
        if (unit.IsEmpty)
        {
            return end == text.Length ? new Quantity(value, Quantity.One, false) : null;
        }

        if (unit.Length > 2 && unit[0] == '\'' && unit[^1] == '\'')
        {
            return new Quantity(value, unit[1..^1].ToString(), false);
        }

        return CalendarUnit.Of(unit) is null || text[end] != ' ' ? null : new Quantity(value, unit.ToString(), true);
    }
}

/// <summary>Reading numbers as FHIRPath writes them.</summary>
internal static class Numbers
{
    /// <summary>An optional sign, digits, optionally a point and digits.</summary>
    public static bool TryDecimal(ReadOnlySpan<char> text, out decimal value)
    {
        value = 0;
        return IsPlain(text, true) && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>An optional sign and digits, 32 bits.</summary>
    public static bool TryInteger(ReadOnlySpan<char> text, out int value)
    {
        value = 0;
        return IsPlain(text, false) && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    private static bool IsPlain(ReadOnlySpan<char> text, bool point)
    {
        var digits = text.Length > 0 && text[0] is '+' or '-' ? text[1..] : text;
        var dot = point ? digits.IndexOf('.') : -1;
        return AreDigits(dot < 0 ? digits : digits[..dot]) && (dot < 0 || AreDigits(digits[(dot + 1)..]));
    }

    private static bool AreDigits(ReadOnlySpan<char> text) => !text.IsEmpty && text.IndexOfAnyExceptInRange('0', '9') < 0;
}
