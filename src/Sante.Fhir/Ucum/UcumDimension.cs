using System.Globalization;
using System.Text;

namespace Sante.Fhir.Ucum;

/// <summary>Powers of base units and arbitrary units; equal ones can be compared.</summary>
internal sealed class UcumDimension : IEquatable<UcumDimension>
{
    /// <summary>The base units of UCUM, in the order of canonical texts.</summary>
    public static readonly string[] Symbols = ["g", "m", "s", "K", "C", "cd", "rad"];

    public static readonly UcumDimension None = new([]);

    private readonly SortedDictionary<string, int> powers;

    private UcumDimension(SortedDictionary<string, int> powers)
    {
        this.powers = powers;
        Text = TextOf(powers);
    }

    /// <summary><c>g.m-1.s-2</c>; <c>1</c> without dimension.</summary>
    public string Text { get; }

    public static UcumDimension Base(string symbol) => new(new SortedDictionary<string, int>(Order) { [symbol] = 1 });

    /// <summary>The product with a power of the other; null when an exponent leaves ±99.</summary>
    public UcumDimension? Times(UcumDimension other, int exponent)
    {
        var product = new SortedDictionary<string, int>(powers, Order);
        foreach (var (symbol, power) in other.powers)
        {
            var sum = product.GetValueOrDefault(symbol) + (power * exponent);
            if (Math.Abs(sum) > UcumReader.MostExponent)
            {
                return null;
            }

            product[symbol] = sum;
            if (sum == 0)
            {
                product.Remove(symbol);
            }
        }

        return new UcumDimension(product);
    }

    public bool Equals(UcumDimension? other) => other is not null && Text == other.Text;

    public override bool Equals(object? obj) => Equals(obj as UcumDimension);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Text);

    private static readonly Comparer<string> Order = Comparer<string>.Create((one, other) =>
    {
        var (place, otherPlace) = (Array.IndexOf(Symbols, one), Array.IndexOf(Symbols, other));
        return place >= 0 && otherPlace >= 0 ? place - otherPlace : place >= 0 ? -1 : otherPlace >= 0 ? 1 : string.CompareOrdinal(one, other);
    });

    private static string TextOf(SortedDictionary<string, int> powers)
    {
        var text = new StringBuilder();
        foreach (var (symbol, power) in powers)
        {
            text.Append(text.Length > 0 ? "." : "").Append(symbol).Append(power == 1 ? "" : power.ToString(CultureInfo.InvariantCulture));
        }

        return text.Length == 0 ? "1" : text.ToString();
    }
}
