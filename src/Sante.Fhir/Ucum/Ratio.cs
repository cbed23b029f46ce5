using System.Globalization;
using System.Numerics;

namespace Sante.Fhir.Ucum;

/// <summary>An exact number: numerator over a positive denominator, reduced.</summary>
internal readonly struct Ratio : IEquatable<Ratio>
{
    public static readonly Ratio One = new(1, 1);

    public Ratio(BigInteger numerator, BigInteger denominator)
    {
        var common = BigInteger.GreatestCommonDivisor(numerator, denominator);
        var sign = denominator.Sign;
        (Numerator, Denominator) = (numerator / common * sign, denominator / common * sign);
    }

    public BigInteger Numerator { get; }

    public BigInteger Denominator { get; }

    public static Ratio Of(decimal value)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        var digits = (new BigInteger(unchecked((uint)parts[2])) << 64) + (new BigInteger(unchecked((uint)parts[1])) << 32) + unchecked((uint)parts[0]);
        return new Ratio(value < 0 ? -digits : digits, BigInteger.Pow(10, value.Scale));
    }

    /// <summary>A number as written, <c>6.02e23</c>; of our own table only.</summary>
    public static Ratio Parse(string text)
    {
        var mark = text.IndexOf('e', StringComparison.Ordinal);
        var exponent = mark < 0 ? 0 : int.Parse(text.AsSpan(mark + 1), CultureInfo.InvariantCulture);
        var digits = mark < 0 ? text : text[..mark];
        var point = digits.IndexOf('.', StringComparison.Ordinal);
        exponent -= point < 0 ? 0 : digits.Length - point - 1;
        var whole = BigInteger.Parse(digits.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        return exponent < 0 ? new Ratio(whole, BigInteger.Pow(10, -exponent)) : new Ratio(whole * BigInteger.Pow(10, exponent), 1);
    }

    public static Ratio operator *(Ratio left, Ratio right) => new(left.Numerator * right.Numerator, left.Denominator * right.Denominator);

    /// <summary>The divisor must not be zero.</summary>
    public static Ratio operator /(Ratio left, Ratio right) => new(left.Numerator * right.Denominator, left.Denominator * right.Numerator);

    public static Ratio operator +(Ratio left, Ratio right) => new((left.Numerator * right.Denominator) + (right.Numerator * left.Denominator), left.Denominator * right.Denominator);

    public Ratio Power(int exponent) => exponent >= 0
        ? new Ratio(BigInteger.Pow(Numerator, exponent), BigInteger.Pow(Denominator, exponent))
        : new Ratio(BigInteger.Pow(Denominator, -exponent), BigInteger.Pow(Numerator, -exponent));

    public int CompareTo(Ratio other) => (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);

    public bool Equals(Ratio other) => Numerator == other.Numerator && Denominator == other.Denominator;

    public override bool Equals(object? obj) => obj is Ratio other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Numerator, Denominator);

    /// <summary>The nearest double, correct to its last digits; infinite or zero out of range.</summary>
    public double ToDouble()
    {
        const int Bits = 62;
        if (Numerator.IsZero)
        {
            return 0;
        }

        // Scaled so that the quotient has 62 or 63 bits: enough for a double, and converted with rounding (a BigInteger would be cut).
        var shift = (int)(Bits + Denominator.GetBitLength() - BigInteger.Abs(Numerator).GetBitLength());
        var quotient = shift >= 0 ? (Numerator << shift) / Denominator : Numerator / (Denominator << -shift);
        return Math.ScaleB((double)(long)quotient, -shift);
    }

    /// <summary>The decimal of up to 28 digits, or null when it is out of range.</summary>
    public decimal? ToDecimal()
    {
        // 7.9e28 is the largest decimal; below 1e-28 nothing is left.
        var whole = BigInteger.Divide(Numerator, Denominator);
        if (BigInteger.Abs(whole) >= new BigInteger(decimal.MaxValue))
        {
            return null;
        }

        var digits = 28 - Math.Min(28, BigInteger.Abs(whole).ToString(CultureInfo.InvariantCulture).Length);
        var scale = BigInteger.Pow(10, digits);
        var scaled = BigInteger.Divide((Numerator * scale * 2) + (Denominator * Numerator.Sign), Denominator * 2);
        return BigInteger.Abs(scaled) > new BigInteger(decimal.MaxValue) ? null : Strip((decimal)scaled / (decimal)scale);
    }

    private static decimal Strip(decimal value) => value / 1.0000000000000000000000000000m;
}
