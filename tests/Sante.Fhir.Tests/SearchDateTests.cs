using System.Globalization;
using Sante.Fhir.Search;

namespace Sante.Fhir.Tests;

/// <summary>Dates of every shape under every prefix, against a plain model of intervals that knows nothing of the engine.</summary>
public sealed class SearchDateTests
{
    private static readonly string[] Prefixes = ["", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"];
    private static readonly DateTimeOffset Now = new(2026, 6, 15, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Dates_OfAnyShapeUnderAnyPrefix_CompareAsTheModelSays(int seed)
    {
        var random = new Random(seed);
        var (matched, missed) = (0, 0);
        for (var round = 0; round < 15_000; round++)
        {
            var (json, stored) = Stored(random);
            var (text, asked) = SearchPropertyTests.RandomDate(random, true);
            var prefix = Prefixes[random.Next(Prefixes.Length)];
            var query = SearchGrammarTests.Parse("Observation", $"date={prefix}{text}", new SearchOptions { Now = Now }).Value;
            var subject = SearchMatchTests.Subject($$$"""{"resourceType":"Observation","status":"final","code":{"text":"x"},{{{json}}}}""", "1");
            var expected = stored is { } interval && Model(prefix, interval, asked);
            Assert.True(expected == query.Matches(subject), $"{json} under {prefix}{text}: {expected} expected");
            var (entries, narrowings) = (IndexEntries.Of(subject.Resource), query.Narrowings);
            Assert.True(!expected || narrowings.All(one => SearchPropertyTests.Keeps(entries, one)), $"{json} under {prefix}{text} is lost on the index");
            Assert.True(expected || narrowings.Count == 0 || !narrowings[0].IsExact || !SearchPropertyTests.Keeps(entries, narrowings[0]), $"{json} under {prefix}{text} is no match, yet exact on the index");
            _ = expected ? matched++ : missed++;
        }

        // Both answers are common, or the property says little.
        Assert.True(matched > 3000 && missed > 3000, $"{matched} matched, {missed} did not");
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void TwoConditionsOnOneDate_AreOneLookAtTheIndex_ThatLosesAndAddsNothing(int seed)
    {
        var random = new Random(seed);
        var (matched, missed) = (0, 0);
        for (var round = 0; round < 10_000; round++)
        {
            var (json, stored) = Stored(random);
            var asked = Enumerable.Range(0, 2).Select(_ => (Prefix: Prefixes[random.Next(Prefixes.Length)], Date: SearchPropertyTests.RandomDate(random, true))).ToList();
            var text = string.Join('&', asked.Select(one => $"date={one.Prefix}{one.Date.Item1}"));
            var query = SearchGrammarTests.Parse("Observation", text, new SearchOptions { Now = Now }).Value;
            var subject = SearchMatchTests.Subject($$$"""{"resourceType":"Observation","status":"final","code":{"text":"x"},{{{json}}}}""", "1");
            var expected = stored is { } interval && asked.TrueForAll(one => Model(one.Prefix, interval, one.Date.Item2));
            var (entries, joined) = (IndexEntries.Of(subject.Resource), query.Joined);
            Assert.True(joined.Count <= 1, text);
            var kept = joined.All(one => !CandidateScan.CannotHold(one) && SearchPropertyTests.Keeps(entries, one));
            Assert.True(!expected || kept, $"{json} under {text} is lost on the index");
            Assert.True(expected || !kept || !query.IsExact, $"{json} under {text} is no match, yet exact on the index");
            _ = expected ? matched++ : missed++;
        }

        Assert.True(matched > 500 && missed > 3000, $"{matched} matched, {missed} did not");
    }

    [Fact]
    public void TwoConditionsOnADateThatRepeats_StayTwoLooks()
    {
        var query = SearchGrammarTests.Parse("CarePlan", "activity-date=ge2024&activity-date=lt2023", new SearchOptions { Now = Now }).Value;
        Assert.Equal(2, query.Joined.Count);
    }

    [Theory]
    [InlineData("1980-03-15", "sa1980-03-15", false)]
    [InlineData("1980-07", "sa1980-03-15", true)]
    [InlineData("1980-03-15", "eb1980-07", true)]
    [InlineData("1980-07", "eb1980-07", false)]
    [InlineData("1980-07", "1980-07-10", false)]
    [InlineData("1980-07", "1980", true)]
    [InlineData("1980-07", "gt1980-07-10", true)]
    [InlineData("1980-07", "lt1980-07-10", true)]
    [InlineData("1980-07", "ge1980-07", true)]
    [InlineData("1980-07", "ge1980-07-10", true)]
    [InlineData("1980-07", "le1980-07-10", true)]
    [InlineData("1980-07", "ge1980-08", false)]
    [InlineData("1980-07", "ne1980-07", false)]
    [InlineData("1980-07", "ne1980-07-10", true)]
    [InlineData("9999-12-31", "ge9999", true)]
    [InlineData("0001-01-01", "le0001", true)]
    public void BirthDate_OfPartialPrecision_IsItsWholeInterval(string birth, string asked, bool expected)
    {
        var patient = SearchMatchTests.Subject($$"""{"resourceType":"Patient","birthDate":"{{birth}}"}""", "1");
        Assert.Equal(expected, SearchGrammarTests.Parse("Patient", $"birthdate={asked}").Value.Matches(patient));
    }

    [Theory]
    [InlineData("date=2024-03-31", "2024-03-31T23:30:00+02:00", true)]
    [InlineData("date=2024-03-31", "2024-03-30T23:30:00Z", true)]
    [InlineData("date=2024-03-31", "2024-03-31T22:30:00Z", false)]
    [InlineData("date=2024-10-27", "2024-10-27T22:30:00Z", true)]
    [InlineData("date=2024-05-10T10:30:00%2B02:00", "2024-05-10T08:30:00Z", true)]
    [InlineData("date=2024-05-10T10:30:00 02:00", "2024-05-10T08:30:00Z", true)]
    [InlineData("date=2024-05-10T10:30", "2024-05-10T08:30:59.999Z", true)]
    [InlineData("date=2024-05-10T10:30:00.5Z", "2024-05-10T10:30:00.512Z", true)]
    [InlineData("date=2024-05-10T10:30:00.5Z", "2024-05-10T10:30:00.6Z", false)]
    public void Instants_AcrossZones_AreInstants(string query, string stored, bool expected)
    {
        var subject = SearchMatchTests.Subject($$"""{"resourceType":"Observation","status":"final","code":{"text":"x"},"effectiveDateTime":"{{stored}}"}""", "1");
        Assert.Equal(expected, SearchGrammarTests.Parse("Observation", Uri.UnescapeDataString(query)).Value.Matches(subject));
    }

    /// <summary>An effective[x] with its interval, null where nothing can be found by it.</summary>
    private static (string Json, (long Low, long High)?) Stored(Random random)
    {
        var (one, first) = SearchPropertyTests.RandomDate(random, false);
        var (two, second) = SearchPropertyTests.RandomDate(random, false);
        if (first.Low > second.Low)
        {
            (one, two, first, second) = (two, one, second, first);
        }

        switch (random.Next(8))
        {
            case 0:
                return ($"\"effectivePeriod\":{{\"start\":\"{one}\",\"end\":\"{two}\"}}", (first.Low, second.High));
            case 1:
                return ($"\"effectivePeriod\":{{\"start\":\"{one}\"}}", (first.Low, long.MaxValue));
            case 2:
                return ($"\"effectivePeriod\":{{\"end\":\"{one}\"}}", (long.MinValue, first.High));
            case 3:
                return ($"\"effectiveTiming\":{{\"event\":[\"{two}\",\"{one}\"]}}", (Math.Min(first.Low, second.Low), Math.Max(first.High, second.High)));
            case 4:
                return ($"\"effectiveTiming\":{{\"repeat\":{{\"boundsPeriod\":{{\"start\":\"{one}\"}},\"frequency\":2}}}}", (first.Low, long.MaxValue));
            case 5:
                return ("\"effectiveTiming\":{\"code\":{\"text\":\"BID\"}}", null);
            default:
                return ($"\"effectiveDateTime\":\"{one}\"", first);
        }
    }

    /// <summary>The prefixes in the words of the specification, over [low, high).</summary>
    private static bool Model(string prefix, (long Low, long High) target, (long Low, long High) asked)
    {
        var contained = asked.Low <= target.Low && target.High <= asked.High;
        var margin = Math.Abs(Now.UtcTicks - asked.Low) / 10;
        return prefix switch
        {
            "ne" => !contained,
            "gt" => target.High > asked.High,
            "lt" => target.Low < asked.Low,
            "ge" => target.High > asked.High || contained,
            "le" => target.Low < asked.Low || contained,
            "sa" => target.Low >= asked.High,
            "eb" => target.High <= asked.Low,
            "ap" => target.Low < asked.High + margin && target.High > asked.Low - margin,
            _ => contained,
        };
    }
}
