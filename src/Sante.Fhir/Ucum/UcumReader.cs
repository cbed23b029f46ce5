using System.Numerics;

namespace Sante.Fhir.Ucum;

/// <summary>Reads unit texts (http://unitsofmeasure.org §5–12): <c>mg/dL</c>, <c>10*3/uL</c>, <c>m[Hg]</c>, <c>{beats}/min</c>, <c>kg.(m/s)2</c> refused as UCUM has no power of a term.</summary>
internal ref struct UcumReader
{
    public const int MostExponent = 99;
    public const int MaxLength = 200;
    private const int MaxNesting = 20;
    private const int MaxBits = 16_384;
    private const int MaxFactorDigits = 30;
    private readonly ReadOnlySpan<char> text;
    private int at;
    private int nesting;
    private UcumSpecial? special;
    private Ratio specialPrefix = Ratio.One;
    private int units;

    private UcumReader(ReadOnlySpan<char> text) => this.text = text;

    /// <summary>The unit, or null when the text is none.</summary>
    public static UcumUnit? Read(string code)
    {
        if (code.Length is 0 or > MaxLength)
        {
            return null;
        }

        var reader = new UcumReader(code);
        if (!reader.Term(out var factor, out var dimension) || reader.at != code.Length)
        {
            return null;
        }

        // A special unit stands alone: its values cannot be multiplied.
        return reader.special is not null && reader.units > 1 ? null : new UcumUnit(code, factor, dimension, reader.special, reader.specialPrefix);
    }

    private bool Term(out Ratio factor, out UcumDimension dimension)
    {
        (factor, dimension) = (Ratio.One, UcumDimension.None);
        if (++nesting > MaxNesting)
        {
            return false;
        }

        var sign = Take('/') ? -1 : 1;
        units += sign < 0 ? 1 : 0;
        do
        {
            if (!Component(out var one, out var part) || (sign < 0 && one.Numerator.IsZero) || dimension.Times(part, sign) is not { } product)
            {
                return false;
            }

            factor = sign < 0 ? factor / one : factor * one;
            dimension = product;
            if (factor.Numerator.GetBitLength() > MaxBits || factor.Denominator.GetBitLength() > MaxBits)
            {
                return false;
            }

            sign = Take('.') ? 1 : Take('/') ? -1 : 0;
        }
        while (sign != 0);
        nesting--;
        return true;
    }

    private bool Component(out Ratio factor, out UcumDimension dimension)
    {
        (factor, dimension) = (Ratio.One, UcumDimension.None);
        if (Take('('))
        {
            return Term(out factor, out dimension) && Take(')');
        }

        if (at < text.Length && text[at] == '{')
        {
            units++;
            return Annotation();
        }

        var known = char.IsAsciiDigit(Peek()) && !text[at..].StartsWith("10*") && !text[at..].StartsWith("10^") ? Factor(out factor) : Simple(out factor, out dimension);
        return known && (Peek() != '{' || Annotation());
    }

    private bool Factor(out Ratio factor)
    {
        var from = at;
        while (char.IsAsciiDigit(Peek()))
        {
            at++;
        }

        units++;
        factor = at - from <= MaxFactorDigits ? new Ratio(BigInteger.Parse(text[from..at], System.Globalization.CultureInfo.InvariantCulture), 1) : Ratio.One;
        return at - from <= MaxFactorDigits && !factor.Numerator.IsZero;
    }

    private bool Simple(out Ratio factor, out UcumDimension dimension)
    {
        (factor, dimension) = (Ratio.One, UcumDimension.None);
        var symbol = Symbol();
        if (symbol.Length == 0 || UcumTable.Find(symbol) is not { } found || !Exponent(out var exponent))
        {
            return false;
        }

        units++;
        var unit = found.Atom.Unit;
        if (found.Atom.Special is { } function)
        {
            if (exponent != 1)
            {
                return false;
            }

            (special, specialPrefix, factor, dimension) = (function, found.Prefix, unit.Factor, unit.Dimension);
            return true;
        }

        if (UcumDimension.None.Times(unit.Dimension, exponent) is not { } power)
        {
            return false;
        }

        (factor, dimension) = ((found.Prefix * unit.Factor).Power(exponent), power);
        return true;
    }

    /// <summary>The symbol up to an exponent or operator; what stands between brackets belongs to it.</summary>
    private string Symbol()
    {
        var from = at;
        if (text[at..].StartsWith("10*") || text[at..].StartsWith("10^"))
        {
            at += 3;
            return text[from..at].ToString();
        }

        while (at < text.Length && !char.IsAsciiDigit(text[at]) && text[at] is > ' ' and <= '~' and not ('.' or '/' or '(' or ')' or '{' or '}' or '+' or '-' or ']'))
        {
            if (text[at] != '[')
            {
                at++;
                continue;
            }

            var end = text[at..].IndexOf(']');
            if (end < 0)
            {
                return "";
            }

            at += end + 1;
        }

        return text[from..at].ToString();
    }

    private bool Exponent(out int exponent)
    {
        exponent = 1;
        if (!char.IsAsciiDigit(Peek()) && Peek() is not ('+' or '-'))
        {
            return true;
        }

        var sign = Take('-') ? -1 : Take('+') ? 1 : 1;
        var from = at;
        var value = 0;
        for (; char.IsAsciiDigit(Peek()) && at - from < 3; at++)
        {
            value = (value * 10) + (text[at] - '0');
        }

        exponent = sign * value;
        return at > from && value <= MostExponent;
    }

    private bool Annotation()
    {
        var end = text[at..].IndexOf('}');
        if (end < 0 || text.Slice(at + 1, end - 1).IndexOfAnyExceptInRange('!', '~') >= 0 || text.Slice(at + 1, end - 1).Contains('{'))
        {
            return false;
        }

        at += end + 1;
        return true;
    }

    private readonly char Peek() => at < text.Length ? text[at] : '\0';

    private bool Take(char wanted)
    {
        if (Peek() != wanted)
        {
            return false;
        }

        at++;
        return true;
    }
}
