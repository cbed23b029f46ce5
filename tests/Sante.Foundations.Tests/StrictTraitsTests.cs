using Sante.Foundations.Identities;

namespace Sante.Foundations.Tests;

public sealed class StrictTraitsTests
{
    [Theory]
    [InlineData("D'Aëion", "D'AEION")]
    [InlineData("d’Artagnan  de l’Hérault ", "D'ARTAGNAN DE L'HERAULT")]
    [InlineData("Le Gall‑Œuvré", "LE GALL-OEUVRE")]
    [InlineData("ÇELİK", "CELIK")]
    public void Name_AsWritten_IsInCapitalsWithoutAccentsWithItsSigns(string written, string normalised) =>
        Assert.Equal(normalised, StrictTraits.Normalise(written));

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("DUPONT2")]
    [InlineData("M. DUPONT")]
    [InlineData("--")]
    [InlineData("Иванов")]
    public void Name_ThatNoRegisterWouldHold_IsRefused(string written) =>
        Assert.Equal("traits-name-malformed", StrictTraits.TryCreate(written, ["ANNE"], "1980-01-02", "F", "01053").Refusal?.Code);

    [Theory]
    [InlineData("1980-02-30", "F", "01053", "traits-birth-date-malformed")]
    [InlineData("02/01/1980", "F", "01053", "traits-birth-date-malformed")]
    [InlineData("1980-01-02", "X", "01053", "traits-sex-malformed")]
    [InlineData("1980-01-02", "F", "1053", "traits-birth-place-malformed")]
    [InlineData("1980-01-02", "F", "2C004", "traits-birth-place-malformed")]
    public void Traits_Malformed_AreRefusedWithTheirCode(string birthOn, string sex, string place, string code) =>
        Assert.Equal(code, StrictTraits.TryCreate("MARTIN", ["ANNE"], birthOn, sex, place).Refusal?.Code);

    [Fact]
    public void Traits_WithoutPlace_HaveTheUnknownOne() =>
        Assert.Equal("99999", StrictTraits.TryCreate("MARTIN", ["ANNE"], "1980-01-02", "F", null).Value.BirthPlace);

    [Fact]
    public void Comparison_TakesHyphenApostropheAndSpaceForTheSame()
    {
        var one = StrictTraits.TryCreate("D'AEION-LEFEVRE", ["JEAN-LUC", "PAUL"], "1980-01-02", "M", "2A004").Value;
        var other = StrictTraits.TryCreate("d aeion lefevre", ["Jean", "Luc Paul"], "1980-01-02", "M", "2A004").Value;

        Assert.True(one.IsSameAs(other));
        Assert.False(one.IsSameAs(StrictTraits.TryCreate("D'AEION-LEFEVRE", ["JEAN-LUC"], "1980-01-02", "M", "2A004").Value));
    }

    [Theory]
    [InlineData("DOMINIQUE", "99999", true)]
    [InlineData("dominique", null, true)]
    [InlineData("MARIE", "2A020", true)]
    [InlineData("MARIE", "75056", false)]
    [InlineData("DOMINIQUE MARIE", null, true)]
    [InlineData("DOMI", null, false)]
    public void Search_ByOneFirstName_AnswersAsTheInsi(string given, string? place, bool answers)
    {
        var person = StrictTraits.TryCreate("ADRTROIS", ["DOMINIQUE", "MARIE"], "1997-02-26", "F", "2A020").Value;

        Assert.Equal(answers, person.Answers("adrtrois", given, new DateOnly(1997, 2, 26), RegisteredSex.Female, place));
    }

    [Fact]
    public void Traits_AsText_ShowNothing() =>
        Assert.Equal("StrictTraits ***", StrictTraits.TryCreate("MARTIN", ["ANNE"], "1980-01-02", "F", null).Value.ToString());
}
