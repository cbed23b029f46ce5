using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Sante.Fhir.Ucum;

/// <summary>A unit of UCUM (https://ucum.org), read from its case-sensitive code; immutable. Texts read once are kept, up to a bound.</summary>
public sealed class UcumUnit
{
    private const int MostKept = 4096;
    private static readonly ConcurrentDictionary<string, UcumUnit?> Kept = new(StringComparer.Ordinal);
    private readonly Ratio specialPrefix;

    internal UcumUnit(string code, Ratio factor, UcumDimension dimension, UcumSpecial? special, Ratio specialPrefix) =>
        (Code, Factor, Dimension, Special, this.specialPrefix) = (code, factor, dimension, special, specialPrefix);

    /// <summary>As written.</summary>
    public string Code { get; }

    /// <summary>The product of base units that values are canonical in: <c>g.m-3</c>, <c>1</c> without dimension, <c>[iU].m-3</c> with an arbitrary unit.</summary>
    public string CanonicalUnit => Dimension.Text;

    /// <summary>Base units in one of it (of a special unit: in one of what its function counts).</summary>
    internal Ratio Factor { get; }

    internal UcumDimension Dimension { get; }

    internal UcumSpecial? Special { get; }

    /// <summary>Reads a code of at most 200 characters; false for what is none.</summary>
    public static bool TryParse(string? code, [NotNullWhen(true)] out UcumUnit? unit)
    {
        unit = null;
        if (code is null)
        {
            return false;
        }

        if (!Kept.TryGetValue(code, out unit))
        {
            unit = UcumReader.Read(code);
            if (Kept.Count >= MostKept)
            {
                Kept.Clear();
            }

            if (code.Length <= UcumReader.MaxLength)
            {
                Kept.TryAdd(code, unit);
            }
        }

        return unit is not null;
    }

    /// <summary>A value in base units: amounts with the same <paramref name="canonicalUnit"/> can be compared. False for what is no unit, or a result out of the range of doubles.</summary>
    public static bool TryCanonical(decimal value, string? code, out double canonical, [NotNullWhen(true)] out string? canonicalUnit)
    {
        (canonical, canonicalUnit) = (0, null);
        if (!TryParse(code, out var unit))
        {
            return false;
        }

        canonical = unit.Canonical(value);
        canonicalUnit = unit.CanonicalUnit;
        return double.IsFinite(canonical);
    }

    /// <summary>True when values can be compared.</summary>
    public bool IsComparableWith(UcumUnit other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Dimension.Equals(other.Dimension);
    }

    /// <summary>The value in base units.</summary>
    public double Canonical(decimal value) => Exact(value) is { } exact ? exact.ToDouble() : Special!.ToProper((double)value * specialPrefix.ToDouble()) * Factor.ToDouble();

    /// <summary>The value in base units, exactly; null for units of a logarithm, root or angle.</summary>
    internal Ratio? Exact(decimal value) =>
        Special is null ? Ratio.Of(value) * Factor
        : Special.Offset is { } offset ? ((Ratio.Of(value) * specialPrefix) + Ratio.Of(offset)) * Factor
        : null;

    /// <summary>So many base units in this unit; null when out of range.</summary>
    internal decimal? FromExact(Ratio canonical) =>
        Special is null ? (canonical / Factor).ToDecimal()
        : Special.Offset is { } offset ? (((canonical / Factor) + Ratio.Of(-offset)) / specialPrefix).ToDecimal()
        : null;

    /// <summary>The code.</summary>
    public override string ToString() => Code;
}
