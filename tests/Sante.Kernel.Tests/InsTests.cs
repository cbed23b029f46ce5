using System.Globalization;
using System.Numerics;
using Sante.Kernel;

namespace Sante.Kernel.Tests;

public class InsTests
{
    public static TheoryData<string, bool> Vectors()
    {
        var data = new TheoryData<string, bool>();
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Data", "nir-key-vectors.csv")).Skip(1))
        {
            var fields = line.Split(',');
            data.Add(fields[0], bool.Parse(fields[1]));
        }

        return data;
    }

    [Fact]
    public void VectorFile_Holds22() => Assert.Equal(22, Vectors().Count);

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Vector_IsAcceptedOrRefusedByItsKeyAlone(string matricule, bool keyValid)
    {
        var outcome = Ins.TryParse(matricule, InsOid.NirTest, InsEnvironment.Development);

        Assert.Equal(keyValid ? null : "ins-key-wrong", outcome.Refusal?.Code);
        if (keyValid)
        {
            Assert.Equal(matricule, outcome.Value.Reveal());
            Assert.Equal(matricule[..13], outcome.Value.RevealNumber());
            Assert.Equal(matricule[13..], outcome.Value.Key);
        }
    }

    [Theory]
    [InlineData(" 2 84 05 2a 321 025 52 ")]
    [InlineData("284052a32102552")]
    [InlineData("2\u00A084\u00A005\u00A02A\u00A0321\u00A0025\u00A052")]
    public void Parse_SpacedOrLowerCase_GivesTheCanonicalForm(string text) =>
        Assert.Equal("284052A32102552", Nir(text).Value.Reveal());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("2550814168025")] // 13 characters: the key is part of an INS
    [InlineData("2550814168025380")]
    [InlineData("355081416802538")] // first digit
    [InlineData("755081416802538")] // a NIA's first digit
    [InlineData("255001416802538")] // month 00
    [InlineData("255131416802538")] // month 13
    [InlineData("255191416802538")]
    [InlineData("284053A32102552")] // a letter after another digit than 2
    [InlineData("284052C32102552")]
    [InlineData("28405232A102552")] // a letter in another place
    [InlineData("٢55081416802538")] // another alphabet's digit
    [InlineData("255-0814168025-38")]
    public void Parse_WrongStructure_IsMalformed(string? text) => Assert.Equal("ins-malformed", Nir(text).Refusal?.Code);

    [Fact]
    public void Parse_AnyWrongKey_IsRefused()
    {
        for (var key = 0; key <= 99; key++)
        {
            var text = "2550814168025" + key.ToString("00", CultureInfo.InvariantCulture);
            Assert.Equal(key == 38 ? null : "ins-key-wrong", Nir(text).Refusal?.Code);
        }
    }

    [Fact]
    public void Parse_AnyDigitMistyped_IsRefused()
    {
        const string matricule = "255081416802538";
        for (var place = 0; place < matricule.Length; place++)
        {
            for (var digit = '0'; digit <= '9'; digit++)
            {
                var typed = string.Concat(matricule.AsSpan(0, place), [digit], matricule.AsSpan(place + 1));
                Assert.Equal(typed == matricule, Nir(typed).Refusal is null);
            }
        }
    }

    [Fact]
    public void Key_OfRandomNumbers_AgreesWithTheCorsicaFormBySubtraction()
    {
        var random = new Random(20260101);
        for (var i = 0; i < 20_000; i++)
        {
            var corsica = random.Next(3) switch { 0 => "2A", 1 => "2B", _ => random.Next(1, 96).ToString("00", CultureInfo.InvariantCulture) };
            var number = $"{random.Next(1, 3)}{random.Next(100):00}{random.Next(1, 13):00}{corsica}{random.Next(1000):000}{random.Next(1000):000}";

            // The other published form: letters count as 0, then one or two millions are taken away.
            var value = BigInteger.Parse(number.Replace('A', '0').Replace('B', '0'), CultureInfo.InvariantCulture)
                - (corsica == "2A" ? 1_000_000 : corsica == "2B" ? 2_000_000 : 0);
            var expected = (97 - (int)(value % 97)).ToString("00", CultureInfo.InvariantCulture);

            Assert.Equal(number + expected, Nir(number + expected).Value.Reveal());
            Assert.Equal(number + expected, Ins.OfNumber(number, InsOid.Nir, InsEnvironment.Production).Value.Reveal());
        }
    }

    [Theory]
    [InlineData("7", null)]
    [InlineData("8", null)]
    [InlineData("1", "ins-malformed")]
    [InlineData("2", "ins-malformed")]
    [InlineData("9", "ins-malformed")]
    public void Nia_BeginsWith7Or8(string first, string? code)
    {
        var outcome = Ins.OfNumber(first + "850814168025", InsOid.Nia, InsEnvironment.Production);

        Assert.Equal(code, outcome.Refusal?.Code);
    }

    [Fact]
    public void Production_AcceptsNirAndNia_RejectsTestAndDemo()
    {
        Assert.Equal(
            new[] { (InsKind.Nir, true), (InsKind.Nia, true), (InsKind.NirTest, false), (InsKind.NirDemo, false) },
            InsOid.All.Select(oid => (oid.Kind, oid.IsAcceptedIn(InsEnvironment.Production))));
        Assert.All(InsOid.All, oid => Assert.True(oid.IsAcceptedIn(InsEnvironment.Development)));
        Assert.Equal("ins-oid-not-accepted", Ins.TryParse("255081416802538", InsOid.NirTest, InsEnvironment.Production).Refusal?.Code);
    }

    [Theory]
    [InlineData("1.2.250.1.213.1.4.8", InsKind.Nir, "INS-NIR")]
    [InlineData("urn:oid:1.2.250.1.213.1.4.9", InsKind.Nia, "INS-NIA")]
    [InlineData("urn:oid:1.2.250.1.213.1.4.10", InsKind.NirTest, "INS-NIR-TEST")]
    [InlineData("1.2.250.1.213.1.4.11", InsKind.NirDemo, "INS-NIR-DEMO")]
    public void Oid_IsFoundBareOrAsSystem(string text, InsKind kind, string typeCode)
    {
        var oid = InsOid.TryParse(text).Value;

        Assert.Equal((kind, typeCode), (oid.Kind, oid.TypeCode));
        Assert.Equal("urn:oid:" + oid.Oid, oid.System);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("1.2.250.1.213.1.4.2")] // INS-C
    [InlineData("1.2.250.1.213.1.4.13")] // NSS: billing
    [InlineData("urn:oid:1.2.250.1.213.1.4.80")]
    [InlineData("URN:OID:1.2.250.1.213.1.4.8")]
    public void Oid_OfAnotherNumber_IsUnknown(string? text)
    {
        Assert.Equal("ins-oid-unknown", InsOid.TryParse(text).Refusal?.Code);
        Assert.Equal("ins-oid-unknown", Ins.TryParse("255081416802538", text, InsEnvironment.Production).Refusal?.Code);
    }

    [Fact]
    public void ToString_ShowsNoDigitOfTheNumber()
    {
        var ins = Nir("255081416802538").Value;

        Assert.Equal("Ins(Nir) ***", ins.ToString());
        Assert.Equal("Ins(Nir) ***", $"{ins}");
    }

    [Fact]
    public void Equality_IsByNumberAndOid()
    {
        var nir = Nir("255081416802538").Value;

        Assert.Equal(nir, Nir("2 55 08 14 168 025 38").Value);
        Assert.NotEqual(nir, Ins.TryParse("255081416802538", InsOid.NirTest, InsEnvironment.Development).Value);
    }

    private static Outcome<Ins> Nir(string? text) => Ins.TryParse(text, InsOid.Nir, InsEnvironment.Production);
}
