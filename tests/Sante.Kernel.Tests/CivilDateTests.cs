using System.Globalization;
using Sante.Kernel;

namespace Sante.Kernel.Tests;

public class CivilDateTests
{
    [Theory]
    [InlineData("2026-01-15T22:59:59Z", "2026-01-15")]
    [InlineData("2026-01-15T23:00:00Z", "2026-01-16")] // winter: UTC+1
    [InlineData("2026-07-15T21:59:59Z", "2026-07-15")]
    [InlineData("2026-07-15T22:00:00Z", "2026-07-16")] // summer: UTC+2
    [InlineData("2026-07-15T22:00:00+02:00", "2026-07-15")] // the instant counts, not its offset
    public void At_IsTheParisDate(string instant, string date) => Assert.Equal(Date(date), CivilDate.At(Instant(instant)));

    [Theory]
    [InlineData("2026-03-29", "2026-03-28T23:00:00Z", 23)] // clocks go forward
    [InlineData("2026-10-25", "2026-10-24T22:00:00Z", 25)] // and back
    [InlineData("2026-06-01", "2026-05-31T22:00:00Z", 24)]
    public void Day_BeginsAtParisMidnight_AndMayLast23Or25Hours(string date, string start, int hours)
    {
        Assert.Equal(Instant(start), CivilDate.StartOf(Date(date)));
        Assert.Equal(TimeSpan.Zero, CivilDate.StartOf(Date(date)).Offset);
        Assert.Equal(TimeSpan.FromHours(hours), CivilDate.EndOf(Date(date)) - CivilDate.StartOf(Date(date)));
    }

    [Fact]
    public void FirstAndLastDayOfTheCalendar_HaveAStartAndAnEnd()
    {
        Assert.Equal(DateTimeOffset.MinValue, CivilDate.StartOf(DateOnly.MinValue));
        Assert.Equal(DateTimeOffset.MaxValue, CivilDate.EndOf(DateOnly.MaxValue));
        Assert.True(CivilDate.StartOf(DateOnly.MinValue) < CivilDate.EndOf(DateOnly.MinValue) && CivilDate.StartOf(DateOnly.MaxValue) < CivilDate.EndOf(DateOnly.MaxValue));
    }

    [Fact]
    public void EveryDayOf30Years_ContainsItsStart_AndEndsWhereTheNextBegins()
    {
        for (var date = new DateOnly(2010, 1, 1); date.Year < 2040; date = date.AddDays(1))
        {
            Assert.Equal(date, CivilDate.At(CivilDate.StartOf(date)));
            Assert.Equal(date, CivilDate.At(CivilDate.EndOf(date) - TimeSpan.FromTicks(1)));
            Assert.Equal(date.AddDays(1), CivilDate.At(CivilDate.EndOf(date)));
        }
    }

    [Theory]
    [InlineData("1960-05-30", "2026-05-29", 65)]
    [InlineData("1960-05-30", "2026-05-30", 66)]
    [InlineData("2008-02-29", "2026-02-28", 17)] // no 29 February in 2026
    [InlineData("2008-02-29", "2026-03-01", 18)]
    [InlineData("2008-02-29", "2028-02-28", 19)]
    [InlineData("2008-02-29", "2028-02-29", 20)]
    [InlineData("2026-05-30", "2026-05-29", -1)]
    [InlineData("2026-05-30", "2026-05-30", 0)]
    public void AgeOn_CountsCompletedYears(string birth, string date, int years) => Assert.Equal(years, CivilDate.AgeOn(Date(birth), Date(date)));

    [Fact]
    public void Majority_BeginsWithTheEighteenthBirthdayInParis()
    {
        var random = new Random(18);
        for (var i = 0; i < 5_000; i++)
        {
            var birth = new DateOnly(1990, 1, 1).AddDays(random.Next(15_000));
            var majority = CivilDate.MajorityAt(birth);

            Assert.Equal(18, CivilDate.AgeAt(birth, majority));
            Assert.Equal(17, CivilDate.AgeAt(birth, majority - TimeSpan.FromTicks(1)));
        }

        Assert.Equal(Instant("2026-02-28T23:00:00Z"), CivilDate.MajorityAt(new DateOnly(2008, 2, 29)));
    }

    [Theory]
    [InlineData("2026-01-05T09:00:00Z", "2026-02-16T23:00:00Z")] // told on 5 January: 16 February is the last day
    [InlineData("2026-01-05T22:59:59Z", "2026-02-16T23:00:00Z")]
    [InlineData("2026-01-05T23:00:00Z", "2026-02-17T23:00:00Z")] // already 6 January in Paris
    [InlineData("2026-03-01T09:00:00Z", "2026-04-12T22:00:00Z")] // across the change of clocks
    public void OppositionEnd_IsTheEndOfThe42ndDayAfter(string told, string end) => Assert.Equal(Instant(end), CivilDate.OppositionEndAt(Instant(told)));

    private static DateOnly Date(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
