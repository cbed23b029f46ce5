using Sante.Fhir;
using Sante.Kernel;
using Sante.Space.Workbench;
using Sante.Testing;
using static Sante.Space.Tests.Workbench.StoreHost;

namespace Sante.Space.Tests.Workbench;

/// <summary>Several front-ends at once on one PostgreSQL: one winner, all or nothing, never a failure of the server.</summary>
public sealed class RaceTests(StoreFixture fixture) : IClassFixture<StoreFixture>
{
    private StoreHost Of(int i) => i % 2 == 0 ? fixture.Host : fixture.Other;

    [Fact]
    public async Task SixteenIfNoneExist_MakeOneResource()
    {
        var bench = await fixture.Host.MakeAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Of(i).Store.WriteAsync(bench, By,
            [new WorkbenchCreate(Patient("Un", identifier: "x")) { Criteria = Query("Patient", "identifier=urn:t|x") }])));
        Assert.All(answers, answer => Assert.Null(answer.Refused));
        Assert.Equal(1, answers.Count(answer => answer.Written[0].Outcome == WorkbenchOutcome.Created));
        Assert.Single(answers.Select(answer => answer.Written[0].Resource!.Id).Distinct());
        Assert.Single(await fixture.Host.SearchAsync(bench, "Patient", "identifier=urn:t|x"));
    }

    [Fact]
    public async Task SixteenConditionalUpdates_WithCriteriaThatNoTokenNarrows_MakeOneResource()
    {
        var bench = await fixture.Host.MakeAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Of(i).Store.WriteAsync(bench, By,
            [new WorkbenchUpdate(Patient("Durand"), null) { Criteria = Query("Patient", "family:exact=Durand") }])));
        Assert.All(answers, answer => Assert.True(answer.Refused is null or { Refusal.Code: "write-contention" }));
        Assert.Equal(1, answers.Count(answer => answer.Refused is null && answer.Written[0].Outcome == WorkbenchOutcome.Created));
        Assert.Single(await fixture.Host.SearchAsync(bench, "Patient", "family=durand"));
    }

    [Fact]
    public async Task SixtyFourIfMatch_OneWins()
    {
        var bench = await fixture.Host.MakeAsync();
        await fixture.Host.WriteAsync(bench, new WorkbenchUpdate(Patient("Un", "p"), "p"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Of(i).Store.WriteAsync(bench, By,
            [new WorkbenchUpdate(Patient($"Nom{i}", "p"), "p") { IfMatch = 1 }])));
        Assert.Equal(1, answers.Count(answer => answer.Refused is null));
        Assert.All(answers.Where(answer => answer.Refused is not null), answer => Assert.Equal("version-conflict", answer.Refused!.Refusal.Code));
        Assert.Equal(2, (await fixture.Host.Store.ReadAsync(bench, By, "Patient", "p")).Value.Found!.Version);
    }

    [Fact]
    public async Task SamePatientMadeByManyPuts_IsOne_AndTheOthersUpdateIt()
    {
        var bench = await fixture.Host.MakeAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Of(i).Store.WriteAsync(bench, By, [new WorkbenchUpdate(Patient($"Nom{i}", "p"), "p")])));
        Assert.All(answers, answer => Assert.Null(answer.Refused));
        Assert.Equal(1, answers.Count(answer => answer.Written[0].Outcome == WorkbenchOutcome.Created));
        Assert.Equal(Enumerable.Range(1, 16), answers.Select(answer => answer.Written[0].Resource!.Version).Order());
        Assert.Equal(2, await fixture.Host.QueryAsync<long>("SELECT count(*) FROM ledger.space WHERE workbench_id = $1", bench.Number));
    }

    [Fact]
    public async Task TransactionsOnTheSamePatientsInOppositeOrder_AllOrNothing()
    {
        var bench = await fixture.Host.MakeAsync();
        string[] ids = ["a", "b", "c", "d"];
        foreach (var id in ids)
            await fixture.Host.WriteAsync(bench, new WorkbenchUpdate(Patient("Début", id), id));
        var answers = await Task.WhenAll(Enumerable.Range(0, 48).Select(i =>
        {
            var order = i % 3 == 0 ? ids : ids.AsEnumerable().Reverse();
            return Of(i).Store.WriteAsync(bench, By, [.. order.Select(id => new WorkbenchUpdate(Patient($"Tour{i}", id), id)), new WorkbenchCreate(Observation($"Patient/{ids[i % 4]}"))]);
        }));
        Assert.All(answers, answer => Assert.True(answer.Refused is null or { Refusal.Kind: RefusalKind.Conflict }, answer.Refused?.Refusal.Code));
        var done = answers.Count(answer => answer.Refused is null);
        Assert.True(done > 0);
        var versions = await Task.WhenAll(ids.Select(async id => (await fixture.Host.Store.ReadAsync(bench, By, "Patient", id)).Value.Found!));
        Assert.All(versions, found => Assert.Equal(done + 1, found.Version));
        Assert.Single(versions.Select(found => System.Text.Encoding.UTF8.GetString(found.Received.Span)[^30..]).Distinct());
        Assert.Equal(done, (await fixture.Host.SearchAsync(bench, "Observation", "code=8867-4&_count=500")).Count);
        Assert.Equal(0, await WrongNumbersAsync());
    }

    [Theory]
    [InlineData(Flow.ToServer)]
    [InlineData(Flow.ToClient)]
    public async Task ConnectionCutInMidBatch_AnswersUnavailable_AndWritesAllOrNothing(Flow flow)
    {
        await using var proxy = CuttingProxy.Start(fixture.Database.Main);
        await using var host = await StoreHost.StartAsync(fixture.Database, proxy.Through(fixture.Database.Main) + ";No Reset On Close=true");
        var bench = await fixture.Host.MakeAsync();
        foreach (var id in new[] { "a", "b" })
            await host.WriteAsync(bench, new WorkbenchUpdate(Patient("Début", id), id));
        for (var step = 1; step <= 6; step++)
        {
            proxy.Arm(new ProxyFault(flow, step, FaultKind.Cut) { BytesOfIt = step % 2 });
            var answer = await host.Store.WriteAsync(bench, By, [new WorkbenchUpdate(Patient($"Pas{step}", "a"), "a"), new WorkbenchUpdate(Patient($"Pas{step}", "b"), "b")]);
            proxy.Arm(null);
            Assert.True(answer.Refused is null or { Refusal.Code: "database-unavailable" }, answer.Refused?.Refusal.Code);
            var a = (await fixture.Host.Store.ReadAsync(bench, By, "Patient", "a")).Value.Found!;
            var b = (await fixture.Host.Store.ReadAsync(bench, By, "Patient", "b")).Value.Found!;
            Assert.Equal(a.Version, b.Version);
        }
        Assert.Equal(0, await WrongNumbersAsync());
    }

    private Task<long> WrongNumbersAsync() => fixture.Host.QueryAsync<long>("""
        SELECT count(*) FROM ledger.space s
        LEFT JOIN (SELECT space_id, count(*) AS n, count(DISTINCT seq) AS d, max(seq) AS high FROM ledger.trace GROUP BY space_id) t USING (space_id)
        WHERE s.trace_seq <> coalesce(t.n, 0) OR coalesce(t.d, 0) <> coalesce(t.n, 0) OR coalesce(t.high, 0) <> coalesce(t.n, 0)
        """);
}
