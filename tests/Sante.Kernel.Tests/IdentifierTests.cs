using Sante.Kernel;

namespace Sante.Kernel.Tests;

public class IdentifierTests
{
    [Theory]
    [InlineData("99700218896", "99700218896", true)]
    [InlineData("899700218896", "99700218896", true)] // PS_IdNat of a Pro Santé Connect test professional
    [InlineData(" 10000000007 ", "10000000007", false)]
    [InlineData("10000000009", "10000000009", true)]
    public void Rpps_IsReadBareOrAsPsIdNat(string text, string value, bool keyHolds)
    {
        var rpps = Rpps.TryParse(text).Value;

        Assert.Equal((value, "8" + value), (rpps.Value, rpps.PsIdNat));
        Assert.Equal(keyHolds, rpps.HasValidKey);
        Assert.DoesNotContain(value, rpps.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("9970021889")]
    [InlineData("099700218896")] // prefix 0 is ADELI
    [InlineData("8997002188966")]
    [InlineData("9970021889A")]
    public void Rpps_OfAnotherForm_IsMalformed(string? text) => Assert.Equal("rpps-malformed", Rpps.TryParse(text).Refusal?.Code);

    [Theory]
    [InlineData("010000024", "010000024", true)]
    [InlineData("010000025", "010000025", false)]
    [InlineData(" 2a0000014", "2A0000014", null)] // Corsica
    [InlineData("9B0000012", "9B0000012", null)] // overseas
    public void Finess_KeepsCorsicaAndOverseasLetters(string text, string value, bool? keyHolds)
    {
        var finess = Finess.TryParse(text).Value;

        Assert.Equal((value, keyHolds), (finess.Value, finess.HasValidKey));
        Assert.Equal(value, finess.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("01000002")]
    [InlineData("0100000244")]
    [InlineData("01000-024")]
    [InlineData("01000002é")]
    public void Finess_OfAnotherForm_IsMalformed(string? text) => Assert.Equal("finess-malformed", Finess.TryParse(text).Refusal?.Code);

    [Theory]
    [InlineData("29463-7")]
    [InlineData("8302-2")]
    [InlineData("39156-5")]
    [InlineData("8867-4")]
    [InlineData("85354-9")]
    [InlineData("2708-6")]
    [InlineData("101881-1")]
    [InlineData("89601-9")]
    public void Loinc_OfAMeasureOrDocument_HasItsCheckDigit(string code)
    {
        Assert.Equal(code, Loinc.TryParse(code).Value.Code);
        var other = code[..^1] + (char)('0' + ((code[^1] - '0' + 1) % 10));
        Assert.Equal("loinc-key-wrong", Loinc.TryParse(other).Refusal?.Code);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-7")]
    [InlineData("9463")]
    [InlineData("29463-77")]
    [InlineData("29463-")]
    [InlineData("LA11865-5")]
    [InlineData("MED-969")]
    [InlineData("029463-7")]
    [InlineData("12345678-9")]
    public void Loinc_OfAnotherForm_IsMalformed(string? text) => Assert.Equal("loinc-malformed", Loinc.TryParse(text).Refusal?.Code);
}
