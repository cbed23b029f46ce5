using Sante.Fhir.Ucum;

namespace Sante.Fhir.Tests;

/// <summary>Units: grammar, dimensions, amounts.</summary>
public class UcumTests
{
    [Theory]
    [InlineData("mg/dL", 1, 10, "g.m-3")]
    [InlineData("10*3/uL", 1, 1e12, "m-3")]
    [InlineData("10*9/L", 1, 1e12, "m-3")]
    [InlineData("mmol/L", 1, 6.02214076e23, "m-3")]
    [InlineData("mm[Hg]", 1, 133322, "g.m-1.s-2")]
    [InlineData("kPa", 1, 1e6, "g.m-1.s-2")]
    [InlineData("[lb_av]", 1, 453.59237, "g")]
    [InlineData("[in_i]", 1, 0.0254, "m")]
    [InlineData("Cel", 37, 310.15, "K")]
    [InlineData("[degF]", 98.6, 310.15, "K")]
    [InlineData("mCel", 1000, 274.15, "K")]
    [InlineData("K", 1, 1, "K")]
    [InlineData("[pH]", 7, 6.02214076e19, "m-3")]
    [InlineData("%", 50, 0.5, "1")]
    [InlineData("{beats}/min", 60, 1, "s-1")]
    [InlineData("/min", 60, 1, "s-1")]
    [InlineData("kg/m2", 1, 1000, "g.m-2")]
    [InlineData("kg.m-2", 1, 1000, "g.m-2")]
    [InlineData("[iU]/mL", 1, 1e6, "m-3.[iU]")]
    [InlineData("m[IU]/L", 1, 1, "m-3.[iU]")]
    [InlineData("a", 1, 31557600, "s")]
    [InlineData("mo", 12, 31557600, "s")]
    [InlineData("deg", 180, Math.PI, "rad")]
    [InlineData("dB", 20, 100, "1")]
    [InlineData("mL/min/{1.73_m2}", 60, 1e-6, "m3.s-1")]
    [InlineData("2.[pi].rad", 1, 2 * Math.PI, "rad")]
    [InlineData("{tablets}", 3, 3, "1")]
    [InlineData("1", 3, 3, "1")]
    [InlineData("10*-6", 1, 1e-6, "1")]
    [InlineData("dar", 1, 10, "m2")]
    [InlineData("kg/(m.s2)", 1, 1000, "g.m-1.s-2")]
    [InlineData("m/s2", 1, 1, "m.s-2")]
    public void Canonical_IsTheAmountInBaseUnits(string code, double value, double canonical, string unit)
    {
        Assert.True(UcumUnit.TryCanonical((decimal)value, code, out var actual, out var actualUnit), code);

        Assert.Equal(unit, actualUnit);
        Assert.InRange(actual, canonical - (Math.Abs(canonical) * 1e-12), canonical + (Math.Abs(canonical) * 1e-12));
    }

    [Theory]
    [InlineData("")]
    [InlineData("mcg")]
    [InlineData("lbs")]
    [InlineData("MOL")]
    [InlineData("k[lb_av]")]
    [InlineData("mg/")]
    [InlineData("mg//dL")]
    [InlineData("mg dL")]
    [InlineData("(mg")]
    [InlineData("mg)")]
    [InlineData("m100")]
    [InlineData("m1000000000")]
    [InlineData("Cel2")]
    [InlineData("Cel/s")]
    [InlineData("{a")]
    [InlineData("{é}")]
    [InlineData("m[Hg")]
    [InlineData("0")]
    [InlineData("mg/0")]
    [InlineData("m-")]
    [InlineData("kkg")]
    [InlineData("m99.m99")]
    [InlineData("[pi]99.[pi]99.[pi]99.[pi]99")]
    [InlineData("999999999999999999999999999999999999")]
    public void Text_ThatIsNoUnit_IsRefused(string code)
    {
        Assert.False(UcumUnit.TryParse(code, out _));
        Assert.False(UcumUnit.TryCanonical(1, code, out _, out _));
    }

    [Fact]
    public void Parentheses_TooDeep_AreRefused() => Assert.False(UcumUnit.TryParse(new string('(', 90) + "m" + new string(')', 90), out _));

    [Fact]
    public void EveryUnitOfTheTable_CanBeWorkedOut()
    {
        using var stream = typeof(UcumUnit).Assembly.GetManifestResourceStream("Sante.Fhir.Ucum.units.txt")!;
        using var reader = new StreamReader(stream);
        var codes = reader.ReadToEnd().Split('\n').Where(line => line.Length > 0 && line[0] != '#').SelectMany(line => line.Split('|')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();

        Assert.True(codes.Count > 300);
        Assert.Equal(codes.Count, codes.Distinct().Count());
        Assert.All(codes, code => Assert.True(UcumUnit.TryCanonical(1, code, out var value, out _) && value > 0, code));
    }

    [Fact]
    public void ArbitraryUnits_AreComparableWithThemselvesOnly()
    {
        Assert.True(UcumUnit.TryParse("[iU]", out var one));
        Assert.True(UcumUnit.TryParse("k[IU]", out var thousand));
        Assert.True(UcumUnit.TryParse("[arb'U]", out var other));

        Assert.True(one.IsComparableWith(thousand));
        Assert.False(one.IsComparableWith(other));
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(-0.001)]
    [InlineData(123456789.123)]
    public void Ratio_ToDecimalAndBack_IsTheSame(double value) => Assert.Equal((decimal)value, Ratio.Of((decimal)value).ToDecimal());

    [Theory]
    [InlineData("1e300", 1e300)]
    [InlineData("1e-300", 1e-300)]
    [InlineData("-2.5e-3", -0.0025)]
    public void Ratio_ToDouble_IsTheNearest(string text, double value) => Assert.Equal(value, Ratio.Parse(text).ToDouble());
}
