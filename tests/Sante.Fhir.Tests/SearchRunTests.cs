using System.Globalization;
using Sante.Fhir.Search;

namespace Sante.Fhir.Tests;

public sealed class SearchRunTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("_sort=date", false)]
    [InlineData("_sort=date", true)]
    [InlineData("_sort=-date", true)]
    [InlineData("_sort=-date", false)]
    [InlineData("_sort=_lastUpdated", true)]
    [InlineData("_sort=code,-date", true)]
    [InlineData("_sort=_id", false)]
    [InlineData("_sort=value-quantity", false)]
    public async Task Pages_WhileResourcesComeAndGo_LoseAndRepeatNothing(string sort, bool sortsByDate)
    {
        var random = new Random(5);
        var source = new MemorySource(Enumerable.Range(0, 120).Select(at => Observation(at, random)), sortsByDate);
        var kept = source.Subjects.Where((_, at) => at % 3 != 0).Select(one => one.Id).ToHashSet();
        var query = Query($"status=final&_count=7&{sort}".TrimEnd('&'));
        List<string> seen = [];
        string? cursor = null;
        do
        {
            var page = (await SearchRun.RunAsync(query, source, cursor, cancel: TestContext.Current.CancellationToken)).Value;
            seen.AddRange(page.Matches.Select(one => one.Id));
            cursor = page.Next;
            // Every third resource leaves while the pages are read, and others come: the last of the page too.
            source.Subjects.RemoveAll(one => !kept.Contains(one.Id) && random.Next(4) == 0);
            source.Subjects.RemoveAll(one => !kept.Contains(one.Id) && one.Id == page.Matches[^1].Id);
            source.Subjects.Add(Observation(1000 + seen.Count, random));
        }
        while (cursor is not null);
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Empty(kept.Except(seen));
    }

    [Fact]
    public async Task Page_OfTwenty_OpensLittleMoreThanTwenty()
    {
        var random = new Random(6);
        var source = new MemorySource(Enumerable.Range(0, 2000).Select(at => Observation(at, random)), sortsByDate: true);
        var page = (await SearchRun.RunAsync(Query("status=final&_sort=-date&_count=20"), source, cancel: TestContext.Current.CancellationToken)).Value;
        Assert.Equal(20, page.Matches.Count);
        Assert.NotNull(page.Next);
        Assert.Null(page.Total);
        Assert.Equal(21, source.Opened);
        // What the index cannot tell leaves room for what will not match.
        var other = new MemorySource(source.Subjects, sortsByDate: true);
        Assert.Equal(20, (await SearchRun.RunAsync(Query("status:not=draft&_sort=-date&_count=20"), other, cancel: TestContext.Current.CancellationToken)).Value.Matches.Count);
        Assert.InRange(other.Opened, 21, 30);
    }

    [Theory]
    [InlineData("_total=accurate&_count=10", 10, 100L)]
    [InlineData("_total=none&_count=10", 10, null)]
    [InlineData("_count=10", 10, null)]
    [InlineData("_count=0", 0, 100L)]
    [InlineData("_summary=count", 0, 100L)]
    [InlineData("_count=200", 100, 100L)]
    [InlineData("_count=10&_sort=date", 10, 100L)]
    public async Task Total_IsToldWhenAskedOrKnown(string query, int matches, long? total)
    {
        var random = new Random(7);
        var source = new MemorySource(Enumerable.Range(0, 100).Select(at => Observation(at, random)));
        var page = (await SearchRun.RunAsync(Query(query), source, cancel: TestContext.Current.CancellationToken)).Value;
        Assert.Equal((matches, total), (page.Matches.Count, page.Total));
        if (page.Next is not null && query.Contains("accurate", StringComparison.Ordinal))
        {
            Assert.Equal(total, (await SearchRun.RunAsync(Query(query), source, page.Next, cancel: TestContext.Current.CancellationToken)).Value.Total);
        }
    }

    [Fact]
    public async Task Cursor_ForgedOrOfAnotherQuery_IsRefused()
    {
        var random = new Random(8);
        var source = new MemorySource(Enumerable.Range(0, 30).Select(at => Observation(at, random)));
        var cursor = (await SearchRun.RunAsync(Query("_sort=date&_count=5"), source, cancel: TestContext.Current.CancellationToken)).Value.Next!;
        string[] forged = ["", "x", "!!!!", "AAAA", cursor[..^4], cursor + "AAAA", new string('A', 10_000), cursor[1..]];
        foreach (var text in forged)
        {
            Assert.Equal("cursor-invalid", (await SearchRun.RunAsync(Query("_sort=date&_count=5"), source, text, cancel: TestContext.Current.CancellationToken)).Refusal?.Code);
        }

        Assert.Equal("cursor-invalid", (await SearchRun.RunAsync(Query("_sort=-date&_count=5"), source, cursor, cancel: TestContext.Current.CancellationToken)).Refusal?.Code);
        Assert.Null((await SearchRun.RunAsync(Query("_sort=date&_count=5"), source, cursor, cancel: TestContext.Current.CancellationToken)).Refusal);
        Assert.Equal(cursor, Uri.EscapeDataString(cursor));
    }

    [Fact]
    public async Task Search_OpeningMoreThanItsBound_IsRefused()
    {
        var random = new Random(9);
        var source = new MemorySource(Enumerable.Range(0, 2000).Select(at => Observation(at, random)));
        var outcome = await SearchRun.RunAsync(Query("_sort=code"), source, bounds: new SearchBounds { MaxOpened = 1000 }, cancel: TestContext.Current.CancellationToken);
        Assert.Equal("search-too-broad", outcome.Refusal?.Code);
    }

    [Theory]
    [InlineData("subject.name=x", "Observation", 50)]
    [InlineData("_has:Observation:patient:status=final", "Patient", 50)]
    public async Task Search_FindingMoreInsideThanItsBound_IsRefused(string query, string type, int bound)
    {
        var patients = Enumerable.Range(0, 60).Select(at => SearchMatchTests.Subject("""{"resourceType":"Patient","name":[{"family":"x"}]}""", $"p{at}"));
        var observations = Enumerable.Range(0, 60).Select(at => SearchMatchTests.Subject($$$"""{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p{{{at}}}"}}""", $"o{at}"));
        var source = new MemorySource([.. patients, .. observations]);
        async Task<string?> CodeAsync(SearchBounds bounds) => (await SearchRun.RunAsync(Query(query, type), source, bounds: bounds, cancel: TestContext.Current.CancellationToken)).Refusal?.Code;
        Assert.Equal("search-too-broad", await CodeAsync(new SearchBounds { MaxInner = bound }));
        Assert.Null(await CodeAsync(SearchBounds.Default));
        Assert.Equal("search-too-broad", (await SearchRun.RunAsync(Query("_revinclude=Observation:subject", "Patient"), source, bounds: new SearchBounds { MaxIncluded = 10 }, cancel: TestContext.Current.CancellationToken)).Refusal?.Code);
    }

    [Fact]
    public async Task Chain_ToContainedAndStoredResources_FindsBoth()
    {
        SearchSubject[] subjects =
        [
            SearchMatchTests.Subject("""{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"#p"},"contained":[{"resourceType":"Patient","id":"p","name":[{"family":"Durand"}]}]}""", "1"),
            SearchMatchTests.Subject("""{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/d"}}""", "2"),
            SearchMatchTests.Subject("""{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/e"}}""", "3"),
            SearchMatchTests.Subject("""{"resourceType":"Patient","name":[{"family":"Durand"}],"identifier":[{"system":"a","value":"b"}]}""", "d"),
            SearchMatchTests.Subject("""{"resourceType":"Patient","name":[{"family":"Dupont"}]}""", "e"),
            SearchMatchTests.Subject("""{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"identifier":{"system":"a","value":"b"}}}""", "4"),
        ];
        var source = new MemorySource(subjects);
        Assert.Equal(["1", "2"], await SearchProbeTests.IdsAsync(source, "Observation", "subject:Patient.name=durand"));
        Assert.Equal(["1", "2"], await SearchProbeTests.IdsAsync(source, "Observation", "patient.name=durand"));
        Assert.Equal(["2", "4"], await SearchProbeTests.IdsAsync(source, "Observation", "patient.identifier=a|b"));
        Assert.Equal(["3"], await SearchProbeTests.IdsAsync(source, "Observation", "patient.name:exact=Dupont"));
        Assert.Empty(await SearchProbeTests.IdsAsync(source, "Observation", "patient.name=martin&code:missing=false"));
    }

    [Fact]
    public async Task Count_WhenEveryConditionIsExact_OpensNothing()
    {
        var source = new CountingSource();
        var page = (await SearchRun.RunAsync(Query("subject=Patient/1&combo-code=http://loinc.org|1&date=ap2024&_summary=count"), source, cancel: TestContext.Current.CancellationToken)).Value;
        // "ap" is not exact, so the source was not asked to count.
        Assert.Equal((0L, 0, 1), (page.Total, source.Counted, source.Asked));
        page = (await SearchRun.RunAsync(Query("subject=Patient/1&combo-code=http://loinc.org|1&date=2024&_summary=count"), source, cancel: TestContext.Current.CancellationToken)).Value;
        Assert.Equal((42L, 1, 1), (page.Total, source.Counted, source.Asked));
    }

    /// <summary>Counts without having anything.</summary>
    private sealed class CountingSource : ISearchSource
    {
        public int Counted { get; private set; }

        public int Asked { get; private set; }

        public Task<IReadOnlyList<SearchSubject>> CandidatesAsync(CandidateRequest request, CancellationToken cancel)
        {
            Asked++;
            return Task.FromResult<IReadOnlyList<SearchSubject>>([]);
        }

        public Task<IReadOnlyList<SearchSubject>> ReadAsync(IReadOnlyCollection<(string Type, string Id)> references, CancellationToken cancel) => Task.FromResult<IReadOnlyList<SearchSubject>>([]);

        public Task<long?> CountAsync(CandidateRequest request, CancellationToken cancel)
        {
            Counted++;
            return Task.FromResult<long?>(42);
        }
    }

    [Fact]
    public async Task Include_OfSubjectAndItsOrganization_FollowsBothOnce()
    {
        SearchSubject[] subjects =
        [
            SearchMatchTests.Subject("""{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p"}}""", "1"),
            SearchMatchTests.Subject("""{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p"}}""", "2"),
            SearchMatchTests.Subject("""{"resourceType":"Patient","managingOrganization":{"reference":"Organization/o"}}""", "p"),
            SearchMatchTests.Subject("""{"resourceType":"Organization","partOf":{"reference":"Organization/o"}}""", "o"),
        ];
        var source = new MemorySource(subjects);
        async Task<IEnumerable<string>> Included(string query) =>
            (await SearchRun.RunAsync(Query(query), source, cancel: TestContext.Current.CancellationToken)).Value.Included.Select(one => one.Id);
        Assert.Equal(["p"], await Included("_include=Observation:subject"));
        Assert.Equal(["p"], await Included("_include=Observation:subject:Patient&_include=Patient:organization"));
        Assert.Empty(await Included("_include=Observation:subject:Device"));
        Assert.Equal(["p", "o"], await Included("_include=Observation:subject&_include:iterate=Patient:organization&_include:iterate=Organization:partof"));
    }

    internal static SearchQuery Query(string query, string type = "Observation") => SearchGrammarTests.Parse(type, query).Value;

    private static SearchSubject Observation(int at, Random random)
    {
        var date = random.Next(10) == 0 ? "" : $",\"effectiveDateTime\":\"2026-01-{random.Next(1, 20):00}\"";
        var json = $$$"""{"resourceType":"Observation","status":"final","code":{"coding":[{"code":"c{{{random.Next(4)}}}"}]}{{{date}}},"valueQuantity":{"value":{{{random.Next(9)}}}}}""";
        // Ids in no order of creation.
        var id = (at * 7919 % 10007).ToString("00000", CultureInfo.InvariantCulture);
        return new SearchSubject(Fixtures.Read(json), id, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(random.Next(30)));
    }
}
