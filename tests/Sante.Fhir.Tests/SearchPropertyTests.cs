using System.Globalization;
using Sante.Fhir.Search;

namespace Sante.Fhir.Tests;

/// <summary>Properties over many seeded inputs: dates against a plain interval model, keys against matching, grammar against garbage.</summary>
public sealed class SearchPropertyTests
{
    private static readonly string[] Prefixes = ["", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb"];

    [Fact]
    public void Dates_OfAllPrecisionsAndZones_CompareAsIntervals()
    {
        var random = new Random(20);
        for (var round = 0; round < 20_000; round++)
        {
            var (stored, storedInterval) = RandomDate(random, false);
            var (asked, askedInterval) = RandomDate(random, true);
            var prefix = Prefixes[random.Next(Prefixes.Length)];
            var resource = SearchMatchTests.Subject($$$"""{"resourceType":"Observation","status":"final","code":{"text":"x"},"effectiveDateTime":"{{{stored}}}"}""", "1");
            var query = SearchGrammarTests.Parse("Observation", $"date={prefix}{asked}").Value;
            Assert.True(Model(prefix, storedInterval, askedInterval) == query.Matches(resource), $"stored {stored}, asked {prefix}{asked}");
        }
    }

    [Fact]
    public void Narrowing_OfAnyMatchingQuery_KeepsTheResource()
    {
        foreach (var file in StampTests.AllExamples())
        {
            var subject = new SearchSubject(Fixtures.Read(File.ReadAllText(file.Data)), "1", default);
            var entries = IndexEntries.Of(subject.Resource);
            foreach (var text in SearchIndex.Of(subject.Resource).SelectMany(Queries))
            {
                var parsed = SearchGrammarTests.Parse(subject.Resource.Type, text);
                Assert.True(parsed.Refusal is null, $"{text}: {parsed.Refusal?.Code}");
                Assert.True(parsed.Value.Matches(subject), $"{file.Data}: {text}");
                Assert.All(parsed.Value.Narrowings, narrowing => Assert.True(Keeps(entries, narrowing), text));
            }
        }
    }

    [Fact]
    public void Narrowing_OverOtherResources_LosesNoneAndIsExactWhereItSaysSo()
    {
        var examples = StampTests.AllExamples().Select(file => Fixtures.Read(File.ReadAllText(file.Data))).GroupBy(resource => resource.Type).Where(group => group.Count() > 1);
        foreach (var group in examples)
        {
            var all = group.Select(resource => (Subject: new SearchSubject(resource, "1", default), Entries: IndexEntries.Of(resource))).Take(40).ToList();
            foreach (var text in all.SelectMany(one => SearchIndex.Of(one.Subject.Resource)).SelectMany(Queries).Distinct())
            {
                var query = SearchGrammarTests.Parse(group.Key, text).Value;
                foreach (var (subject, entries) in all)
                {
                    var matches = query.Matches(subject);
                    Assert.All(query.Narrowings, narrowing =>
                    {
                        var kept = Keeps(entries, narrowing);
                        Assert.True(kept || !matches, $"{text} loses a match");
                        Assert.True(!kept || matches || !narrowing.IsExact, $"{text} is said to be exact");
                    });
                }
            }
        }
    }

    [Fact]
    public void Query_OfGarbage_IsAnAnswerAndNeverAnException()
    {
        var random = new Random(7);
        const string letters = "abz_:.|,\\$%=-+0159eE/?#&'\"\u00e9\ud83d\ude00 \tgeleapTZ";
        string[] names = ["code", "date", "subject", "value-quantity", "_count", "_sort", "_include", "_lastUpdated", "_id", "patient.identifier", "subject:Patient.name", "value-string", "_profile"];
        for (var round = 0; round < 50_000; round++)
        {
            var name = random.Next(3) == 0 ? Garbage() : names[random.Next(names.Length)] + (random.Next(3) == 0 ? ":" + Garbage() : "");
            var outcome = SearchQuery.Parse("Observation", [KeyValuePair.Create(name, Garbage())]);
            Assert.True(outcome.Refusal is null || outcome.Refusal.Code.StartsWith("search-", StringComparison.Ordinal));
        }

        string Garbage() => new([.. Enumerable.Range(0, random.Next(12)).Select(_ => letters[random.Next(letters.Length)])]);
    }

    private static IEnumerable<string> Queries(IndexValue value)
    {
        switch (value)
        {
            case TokenValue { Code: { } code } token:
                yield return $"{token.Parameter}={Escape(code)}";
                yield return $"{token.Parameter}={Escape(token.System ?? "")}|{Escape(code)}";
                break;
            case TextValue text when text.Text.Length > 0:
                yield return $"{text.Parameter}={Escape(text.Text)}";
                yield return $"{text.Parameter}:exact={Escape(text.Text)}";
                break;
            // A conditional reference is resolved before its resource is stored: nobody searches by one.
            case ReferenceValue { Url: { } url } reference when !url.StartsWith('#') && !url.Contains('?', StringComparison.Ordinal) && (url.Contains(':', StringComparison.Ordinal) || reference.Id is not null):
                yield return $"{reference.Parameter}={Escape(url)}";
                break;
            case UriValue uri:
                yield return $"{uri.Parameter}={Escape(uri.Uri)}";
                break;
            case QuantityValue quantity:
                yield return $"{quantity.Parameter}={quantity.Value.ToString(CultureInfo.InvariantCulture)}";
                break;
            case DateValue { LowTicks: > 0, HighTicks: < long.MaxValue } date:
                yield return $"{date.Parameter}=ge{new DateTime(date.LowTicks, DateTimeKind.Utc):yyyy-MM-dd'T'HH:mm:ss'Z'}";
                yield return $"{date.Parameter}=le{new DateTime(date.HighTicks, DateTimeKind.Utc):yyyy-MM-dd'T'HH:mm:ss'Z'}";
                break;
        }
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal)
        .Replace("|", "\\|", StringComparison.Ordinal).Replace("$", "\\$", StringComparison.Ordinal);

    /// <summary>What an index does with a narrowing.</summary>
    internal static bool Keeps(IndexEntries entries, Narrowing narrowing) =>
        narrowing.Keys.Any(entries.Keys.Contains)
        || entries.Dates.Any(date => date.Parameter == narrowing.Parameter && narrowing.Windows.Any(window => IsIn(date, window)))
        || entries.Texts.Any(text => text.Parameter == narrowing.Parameter && narrowing.Prefixes.Any(prefix => text.Folded.StartsWith(prefix, StringComparison.Ordinal)))
        || entries.Numbers.Any(number => number.Parameter == narrowing.Parameter && narrowing.Numbers.Any(range => range.Unit == number.Unit && range.Low <= number.Value && number.Value <= range.High));

    private static bool IsIn(IndexedDate date, DateWindow window) =>
        date.LowTicks >= window.LowFrom && date.LowTicks <= window.LowTo && date.HighTicks >= window.HighFrom && date.HighTicks <= window.HighTo;

    /// <summary>The prefixes in the words of the specification, over [low, high).</summary>
    private static bool Model(string prefix, (long Low, long High) target, (long Low, long High) asked)
    {
        var contained = asked.Low <= target.Low && target.High <= asked.High;
        return prefix switch
        {
            "ne" => !contained,
            "gt" => target.High > asked.High,
            "lt" => target.Low < asked.Low,
            "ge" => target.High > asked.High || contained,
            "le" => target.Low < asked.Low || contained,
            "sa" => target.Low >= asked.High,
            "eb" => target.High <= asked.Low,
            _ => contained,
        };
    }

    /// <summary>A date's text with its interval, computed by the calendar alone; few distinct days, so that dates often touch.</summary>
    internal static (string Text, (long Low, long High) Interval) RandomDate(Random random, bool asked)
    {
        var day = new DateTime(random.Next(2025, 2027), random.Next(1, 13), random.Next(1, 4));
        switch (random.Next(5))
        {
            case 0:
                var year = new DateTime(day.Year, 1, 1);
                return (day.ToString("yyyy", CultureInfo.InvariantCulture), (Paris(year), Paris(year.AddYears(1))));
            case 1:
                var month = new DateTime(day.Year, day.Month, 1);
                return (day.ToString("yyyy-MM", CultureInfo.InvariantCulture), (Paris(month), Paris(month.AddMonths(1))));
            case 2:
                return (day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), (Paris(day), Paris(day.AddDays(1))));
            default:
                var second = day.AddHours(random.Next(24)).AddMinutes(random.Next(2)).AddSeconds(random.Next(2));
                var offset = random.Next(-12, 15);
                var low = second.AddHours(-offset).Ticks;
                var zone = offset == 0 ? "Z" : (offset < 0 ? "-" : "+") + Math.Abs(offset).ToString("00", CultureInfo.InvariantCulture) + ":00";
                var width = asked && random.Next(3) == 0 ? TimeSpan.TicksPerMinute : TimeSpan.TicksPerSecond;
                low -= width == TimeSpan.TicksPerMinute ? second.Second * TimeSpan.TicksPerSecond : 0;
                return (second.ToString(width == TimeSpan.TicksPerMinute ? "yyyy-MM-dd'T'HH:mm" : "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) + zone, (low, low + width));
        }
    }

    // Central European time by its rule: summer from the last Sunday of March to that of October, 01:00 UTC.
    private static long Paris(DateTime midnight)
    {
        static DateTime LastSunday(int year, int month) => new DateTime(year, month, 31).AddDays(-(int)new DateTime(year, month, 31).DayOfWeek);
        var summer = midnight > LastSunday(midnight.Year, 3) && midnight <= LastSunday(midnight.Year, 10);
        return midnight.AddHours(summer ? -2 : -1).Ticks;
    }
}
