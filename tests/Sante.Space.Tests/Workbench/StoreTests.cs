using System.Text;
using Sante.Fhir;
using Sante.Kernel;
using Sante.Space.Workbench;
using static Sante.Space.Tests.Workbench.StoreHost;

namespace Sante.Space.Tests.Workbench;

/// <summary>The store by itself: what is written is found, in the right space, with its line.</summary>
public sealed class StoreTests(StoreFixture fixture) : IClassFixture<StoreFixture>
{
    private StoreHost Host => fixture.Host;

    private async Task<(WorkbenchServer Bench, string Patient)> BenchAsync()
    {
        var bench = await Host.MakeAsync();
        var patient = await Host.WriteAsync(bench, new WorkbenchCreate(Patient("Durand")));
        return (bench, $"Patient/{patient.Resource!.Id}");
    }

    [Fact]
    public async Task Create_IsReadBackAsItCame()
    {
        var (bench, patient) = await BenchAsync();
        var sent = Observation(patient);
        var written = await Host.WriteAsync(bench, new WorkbenchCreate(sent));
        var read = (await fixture.Other.Store.ReadAsync(bench, By, "Observation", written.Resource!.Id)).Value;
        Assert.Equal((WorkbenchOutcome.Created, 1), (written.Outcome, read.Found!.Version));
        Assert.Equal(sent.Utf8.ToArray(), read.Found.Received.ToArray());
        Assert.Equal(written.Resource.At, read.Found.At);
    }

    [Fact]
    public async Task Read_OfWhatNeverWas_FindsNothingAndLeavesItsLine()
    {
        var bench = await Host.MakeAsync();
        var before = await LinesAsync(bench);
        var read = (await Host.Store.ReadAsync(bench, By, "Patient", "nobody")).Value;
        Assert.Null(read.Found);
        Assert.Equal(before + 1, await LinesAsync(bench));
    }

    [Fact]
    public async Task Update_KeepsThePastVersions()
    {
        var (bench, patient) = await BenchAsync();
        var put = Json("""{"resourceType":"Observation","id":"o1","status":"final","code":{"text":"a"}}""");
        var created = await Host.WriteAsync(bench, new WorkbenchUpdate(put, "o1"));
        var updated = await Host.WriteAsync(bench, new WorkbenchUpdate(Json("""{"resourceType":"Observation","id":"o1","status":"amended","code":{"text":"b"}}"""), "o1"));
        Assert.Equal((WorkbenchOutcome.Created, WorkbenchOutcome.Updated, 2), (created.Outcome, updated.Outcome, updated.Resource!.Version));
        var first = (await Host.Store.ReadAsync(bench, By, "Observation", "o1", 1)).Value.Found!;
        Assert.Equal(put.Utf8.ToArray(), first.Received.ToArray());
        Assert.Equal(2, (await Host.Store.ReadAsync(bench, By, "Observation", "o1")).Value.Found!.Version);
        Assert.NotNull(patient);
    }

    [Fact]
    public async Task Delete_IsGoneFromSearch_FoundAsDeleted_AndCanBeMadeAgain()
    {
        var (bench, patient) = await BenchAsync();
        var written = await Host.WriteAsync(bench, new WorkbenchCreate(Observation(patient)));
        var id = written.Resource!.Id;
        var deleted = await Host.WriteAsync(bench, new WorkbenchDelete("Observation", id));
        Assert.Equal((WorkbenchOutcome.Deleted, 2), (deleted.Outcome, deleted.Resource!.Version));
        Assert.True((await Host.Store.ReadAsync(bench, By, "Observation", id)).Value.Found!.Deleted);
        Assert.Empty(await Host.SearchAsync(bench, "Observation", $"subject={patient}"));
        Assert.Equal(WorkbenchOutcome.Nothing, (await Host.WriteAsync(bench, new WorkbenchDelete("Observation", id))).Outcome);
        var again = await Host.WriteAsync(bench, new WorkbenchUpdate(Observation(patient), id));
        Assert.Equal((WorkbenchOutcome.Created, 3), (again.Outcome, again.Resource!.Version));
    }

    [Theory]
    [InlineData("subject={0}&code=http://loinc.org|8867-4", 2)]
    [InlineData("patient={0}&code=8867-4", 2)]
    [InlineData("subject={0}&combo-code=http://loinc.org|8310-5", 1)]
    [InlineData("subject={0}&date=ge2026-03-02&date=lt2026-03-04", 1)]
    [InlineData("subject={0}&status=final", 3)]
    [InlineData("code=http://loinc.org|8867-4", 3)]
    [InlineData("code=http://loinc.org|8867-4&date=2026-03-03", 2)]
    public async Task Search_InOneSpaceAndAcross_FindsAllAndNothingElse(string query, int expected)
    {
        var (bench, patient) = await BenchAsync();
        var other = await Host.WriteAsync(bench, new WorkbenchCreate(Patient("Martin")));
        foreach (var (code, date) in new[] { ("8867-4", "2026-03-03"), ("8867-4", "2026-04-03"), ("8310-5", "2026-05-03") })
            await Host.WriteAsync(bench, new WorkbenchCreate(Observation(patient, code, date)));
        await Host.WriteAsync(bench, new WorkbenchCreate(Observation($"Patient/{other.Resource!.Id}")));
        Assert.Equal(expected, (await Host.SearchAsync(bench, "Observation", string.Format(null, query, patient))).Count);
    }

    [Fact]
    public async Task Search_FindsPatientsByTheBeginningOfTheirName()
    {
        var (bench, _) = await BenchAsync();
        await Host.WriteAsync(bench, new WorkbenchCreate(Patient("Étienne")));
        Assert.Single(await Host.SearchAsync(bench, "Patient", "name=etie"));
        Assert.Equal(2, (await Host.SearchAsync(bench, "Patient", "name:missing=false")).Count);
    }

    [Fact]
    public async Task Search_SortedByDate_PagesWithoutLossOrRepetition()
    {
        var (bench, patient) = await BenchAsync();
        for (var day = 1; day <= 9; day++)
            await Host.WriteAsync(bench, new WorkbenchCreate(Observation(patient, date: $"2026-03-0{day}")));
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await Host.Store.SearchAsync(bench, By, Query("Observation", $"subject={patient}&_sort=-date&_count=4"), cursor)).Value;
            seen.AddRange(page.Matches.Select(m => m.Id));
            cursor = page.Next;
        }
        while (cursor is not null);
        Assert.Equal(9, seen.Distinct().Count());
        Assert.Equal(9, seen.Count);
    }

    [Fact]
    public async Task ResourceOfTwoPatients_IsFoundInEithersCompartment()
    {
        var (bench, patient) = await BenchAsync();
        var other = $"Patient/{(await Host.WriteAsync(bench, new WorkbenchCreate(Patient("Martin")))).Resource!.Id}";
        await Host.WriteAsync(bench, new WorkbenchCreate(Json(
            $$$"""{"resourceType":"Appointment","status":"booked","participant":[{"actor":{"reference":"{{{patient}}}"},"status":"accepted"},{"actor":{"reference":"{{{other}}}"},"status":"accepted"}]}""")));
        foreach (var one in new[] { patient, other })
        {
            Assert.Single(await Host.SearchAsync(bench, "Appointment", $"patient={one}"));
            var everything = (await Host.Store.EverythingAsync(bench, By, new WorkbenchEverythingQuery(one[8..], null, null, 10, null))).Value;
            Assert.Contains(everything.Matches, m => m.Type == "Appointment");
        }
    }

    [Fact]
    public async Task ReferenceToNothing_IsRefusedWithTheEntry()
    {
        var (bench, patient) = await BenchAsync();
        Assert.Equal("reference-unknown", await Host.RefusalAsync(bench, new WorkbenchCreate(Observation("Patient/none"))));
        var encounterless = Json($$$"""{"resourceType":"Observation","status":"final","code":{"text":"a"},"subject":{"reference":"{{{patient}}}"},"encounter":{"reference":"Encounter/none"}}""");
        var answer = await Host.Store.WriteAsync(bench, By, [new WorkbenchCreate(Observation(patient)), new WorkbenchCreate(encounterless)]);
        Assert.Equal(("reference-unknown", 1), (answer.Refused!.Refusal.Code, answer.Refused.Entry));
        Assert.Empty(await Host.SearchAsync(bench, "Observation", $"subject={patient}"));
    }

    [Fact]
    public async Task Transaction_ResolvesNamesInAnyOrder_OverSeveralSpaces()
    {
        var bench = await Host.MakeAsync();
        var answer = await Host.Store.WriteAsync(bench, By,
        [
            new WorkbenchCreate(Observation("urn:uuid:a")),
            new WorkbenchCreate(Patient("Un")) { Names = ["urn:uuid:a"] },
            new WorkbenchCreate(Observation("urn:uuid:b")),
            new WorkbenchCreate(Patient("Deux")) { Names = ["urn:uuid:b"] },
            new WorkbenchCreate(Json("""{"resourceType":"Organization","name":"Maison"}""")),
        ]);
        Assert.Null(answer.Refused);
        Assert.Equal(3, await Host.QueryAsync<long>("SELECT count(*) FROM ledger.space WHERE workbench_id = $1 AND trace_seq > 0", bench.Number));
        var subject = Encoding.UTF8.GetString(answer.Written[0].Resource!.Received.Span);
        Assert.Contains($"Patient/{answer.Written[1].Resource!.Id}", subject, StringComparison.Ordinal);
        Assert.Single(await Host.SearchAsync(bench, "Observation", $"subject=Patient/{answer.Written[1].Resource!.Id}"));
    }

    [Fact]
    public async Task ConditionalWrites_MeanWhatTheCriteriaFind()
    {
        var bench = await Host.MakeAsync();
        var criteria = Query("Patient", "identifier=urn:t|1");
        var first = await Host.WriteAsync(bench, new WorkbenchCreate(Patient("Un", identifier: "1")) { Criteria = criteria });
        var second = await Host.WriteAsync(bench, new WorkbenchCreate(Patient("Un", identifier: "1")) { Criteria = criteria });
        var updated = await Host.WriteAsync(bench, new WorkbenchUpdate(Patient("Deux", identifier: "1"), null) { Criteria = criteria });
        Assert.Equal((WorkbenchOutcome.Created, WorkbenchOutcome.Found, WorkbenchOutcome.Updated), (first.Outcome, second.Outcome, updated.Outcome));
        Assert.Equal((first.Resource!.Id, first.Resource.Id, 2), (second.Resource!.Id, updated.Resource!.Id, updated.Resource.Version));
        var referring = Json("""{"resourceType":"Observation","status":"final","code":{"text":"a"},"subject":{"reference":"Patient?identifier=urn:t|1"}}""");
        await Host.WriteAsync(bench, new WorkbenchCreate(referring));
        Assert.Single(await Host.SearchAsync(bench, "Observation", $"subject=Patient/{first.Resource.Id}"));
        await Host.WriteAsync(bench, new WorkbenchCreate(Patient("Trois", identifier: "1")));
        Assert.Equal("criteria-ambiguous", await Host.RefusalAsync(bench, new WorkbenchDelete("Patient", null) { Criteria = criteria }));
        var many = await Host.WriteAsync(bench, new WorkbenchDelete("Patient", null, Many: true) { Criteria = criteria });
        Assert.Equal((WorkbenchOutcome.Deleted, 2), (many.Outcome, many.Count));
    }

    [Fact]
    public async Task Patch_ChangesThePresentVersion_AndUnchangedMakesNone()
    {
        var bench = await Host.MakeAsync();
        await Host.WriteAsync(bench, new WorkbenchUpdate(Patient("Un", "p1"), "p1"));
        WorkbenchPatch To(string family) => new("Patient", "p1", present =>
            FhirJson.Parse(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(present.Utf8.Span).Replace("\"Un\"", $"\"{family}\"", StringComparison.Ordinal))).Resource!);
        var same = await Host.WriteAsync(bench, To("Un"));
        var patched = await Host.WriteAsync(bench, To("Deux"));
        Assert.Equal((WorkbenchOutcome.Unchanged, 1, WorkbenchOutcome.Updated, 2), (same.Outcome, same.Resource!.Version, patched.Outcome, patched.Resource!.Version));
        Assert.Equal("version-conflict", await Host.RefusalAsync(bench, To("Trois") with { IfMatch = 1 }));
        Assert.Equal("resource-unknown", await Host.RefusalAsync(bench, new WorkbenchPatch("Patient", "none", present => present)));
    }

    [Fact]
    public async Task History_TellsEveryVersion_NewestFirst_InPages()
    {
        var bench = await Host.MakeAsync();
        foreach (var family in new[] { "Un", "Deux", "Trois" })
            await Host.WriteAsync(bench, new WorkbenchUpdate(Patient(family, "p1"), "p1"));
        await Host.WriteAsync(bench, new WorkbenchDelete("Patient", "p1"));
        await Host.WriteAsync(bench, new WorkbenchUpdate(Json("""{"resourceType":"Organization","id":"o1","name":"Maison"}"""), "o1"));
        async Task<WorkbenchPage> Page(string? type, string? id, string? cursor = null, int count = 10) =>
            (await Host.Store.HistoryAsync(bench, By, new WorkbenchHistoryQuery(type, id, null, null, count, cursor))).Value;
        Assert.Equal([4, 3, 2, 1], (await Page("Patient", "p1")).Matches.Select(m => m.Version));
        Assert.Equal(4, (await Page("Patient", null)).Matches.Count);
        var first = await Page(null, null, count: 3);
        Assert.Equal(["Organization/1", "Patient/4", "Patient/3"], first.Matches.Select(m => $"{m.Type}/{m.Version}"));
        Assert.Equal([2, 1], (await Page(null, null, first.Next)).Matches.Select(m => m.Version));
        var second = (await Host.Store.ReadAsync(bench, By, "Patient", "p1", 2)).Value.Found!.At;
        var at = await Host.Store.HistoryAsync(bench, By, new WorkbenchHistoryQuery("Patient", "p1", null, (second, second.AddTicks(10)), 10, null));
        Assert.Equal([2], at.Value.Matches.Select(m => m.Version));
        Assert.Equal("resource-unknown", (await Host.Store.HistoryAsync(bench, By, new WorkbenchHistoryQuery("Patient", "none", null, null, 10, null))).Refusal!.Code);
    }

    [Fact]
    public async Task EveryAnswer_LeavesALineInTheSpaceItTouches()
    {
        var (bench, patient) = await BenchAsync();
        var written = await Host.WriteAsync(bench, new WorkbenchCreate(Observation(patient)));
        await Host.Store.ReadAsync(bench, By, "Observation", written.Resource!.Id);
        await Host.SearchAsync(bench, "Observation", $"subject={patient}");
        var lines = (await Host.Store.LinesAsync(bench, By, patient[8..], null, 10)).Value;
        Assert.Equal(["search-type", "read", "create", "create"], lines.Select(l => l.Line.What));
        Assert.All(lines.Take(3), line => Assert.Equal([$"Observation/{written.Resource.Id}"], line.Line.Ids));
        Assert.Equal("editor", lines[0].Line.Who.Value);
    }

    [Fact]
    public async Task Wiped_NothingIsLeft_AndTheNameIsFreeAgain()
    {
        var (bench, patient) = await BenchAsync();
        await Host.WriteAsync(bench, new WorkbenchCreate(Observation(patient)));
        Assert.True((await Host.Workbenches.WipeAsync(bench.Name)).Value);
        Assert.False((await Host.Workbenches.WipeAsync(bench.Name)).Value);
        Assert.Equal(0, await Host.QueryAsync<long>("SELECT count(*) FROM ledger.space WHERE workbench_id = $1", bench.Number));
        Assert.Equal("workbench-unknown", await Host.RefusalAsync(bench, new WorkbenchCreate(Observation(patient))));
        Assert.Equal("workbench-unknown", (await fixture.Other.Store.ReadAsync(bench, By, "Patient", patient[8..])).Refusal!.Code);
        var again = (await Host.Workbenches.CreateAsync(bench.Name)).Value;
        Assert.True(again.Created);
        Assert.Null((await Host.Store.ReadAsync(again.Workbench, By, "Patient", patient[8..])).Value.Found);
    }

    private async Task<long> LinesAsync(WorkbenchServer bench) =>
        await Host.QueryAsync<long>("SELECT trace_seq FROM ledger.space WHERE space_id = $1", bench.Home.Value);
}
