using System.Text;
using Sante.Kernel;
using static Sante.Ledger.Tests.LedgerHost;

namespace Sante.Ledger.Tests;

public sealed class FenceTests(LedgerFixture fixture) : IClassFixture<LedgerFixture>
{
    private readonly LedgerHost host = fixture.Host;
    private Ledger Ledger => host.Ledger;

    private static EvaluatePermit PermitOf(SpaceSnapshot now, DateTimeOffset? until = null) =>
        Permits.Evaluate(now.Space, now.AccessVersion, until, "test-rule");

    [Fact]
    public async Task Birth_WithEventsAndLine_IsLoadedBackAsWritten()
    {
        var space = new SpaceId(Randomness.NewId());
        var born = await Ledger.CommitAsync(new WriteRequest(space, 1)
        {
            BirthSlot = SlotMap.SlotOf(space),
            StateVersion = 0,
            Events = [new NewEvent("account", 1, Line("begun")), new NewEvent("account", 2, Line("letter"))],
            Lines = [Line("begun")],
        });
        Assert.Equal((VerdictKind.Accepted, 1L, 1L, 2L), (born.Value.Kind, born.Value.FirstLine, born.Value.AccessVersion, born.Value.StateVersion));
        var now = await host.LoadAsync(space);
        Assert.Equal(["begun", "letter"], now.Events.Select(e => Encoding.UTF8.GetString(e.Body)));
        Assert.Equal([1, 2], now.Events.Select(e => e.Version));
        Assert.Equal(1, now.Lines);
    }

    [Fact]
    public async Task Birth_OfAnExistingSpace_ChangesNothing()
    {
        var space = await host.BeginSpaceAsync();
        var again = await Ledger.CommitAsync(new WriteRequest(space, 1) { BirthSlot = SlotMap.SlotOf(space), Lines = [Line("again")] });
        Assert.Equal(VerdictKind.Exists, again.Value.Kind);
        Assert.Equal(1, (await host.LoadAsync(space)).Lines);
    }

    [Fact]
    public async Task Trace_OnTheVersionDecidedOn_GivesThePermitWithItsLine()
    {
        var now = await host.LoadAsync(await host.BeginSpaceAsync());
        var (permit, verdict) = (await Ledger.TraceAsync(PermitOf(now), Line("read"))).Value;
        Assert.True(verdict.IsAccepted);
        Assert.Equal(2, permit!.Line);
        var lines = await Ledger.ReadLinesAsync(permit, long.MaxValue, 10);
        Assert.Equal(["read", "begun"], lines.Select(l => Encoding.UTF8.GetString(l.Body)));
    }

    [Fact]
    public async Task Trace_AfterARevocation_IsStaleAndWritesNothing()
    {
        var decidedOn = await host.LoadAsync(await host.BeginSpaceAsync());
        Assert.True((await Ledger.CommitAsync(Revocation(decidedOn))).Value.IsAccepted);
        var (permit, verdict) = (await Ledger.TraceAsync(PermitOf(decidedOn), Line("read"))).Value;
        Assert.Null(permit);
        Assert.Equal(VerdictKind.Stale, verdict.Kind);
        Assert.Equal(2, (await host.LoadAsync(decidedOn.Space)).Lines);
    }

    [Fact]
    public async Task Trace_PastThePermitsEnd_IsEndedAndWritesNothing()
    {
        var now = await host.LoadAsync(await host.BeginSpaceAsync());
        var (permit, verdict) = (await Ledger.TraceAsync(PermitOf(now, host.World.PlatformNow.AddSeconds(-1)), Line("read"))).Value;
        Assert.Null(permit);
        Assert.Equal(VerdictKind.Ended, verdict.Kind);
        Assert.True((await Ledger.TraceAsync(PermitOf(now, host.World.PlatformNow.AddHours(1)), Line("read"))).Value.Verdict.IsAccepted);
    }

    [Fact]
    public async Task Trace_WithADeposit_CannotLeaveItsPermitsSpaceOrVersion()
    {
        var mine = await host.LoadAsync(await host.BeginSpaceAsync());
        var other = await host.LoadAsync(await host.BeginSpaceAsync());
        var (permit, _) = (await Ledger.TraceAsync(PermitOf(mine), Line("fed"), r => r with { Space = other.Space, AccessVersion = 99 })).Value;
        Assert.Equal(mine.Space, permit!.Space);
        Assert.Equal(1, (await host.LoadAsync(other.Space)).Lines);
    }

    [Fact]
    public async Task Events_OnAnOlderState_AreStaleAndWriteNothing()
    {
        var now = await host.LoadAsync(await host.BeginSpaceAsync());
        var first = new WriteRequest(now.Space, now.AccessVersion) { StateVersion = now.StateVersion, Events = [new NewEvent("agenda", 1, Line("a"))] };
        Assert.True((await Ledger.CommitAsync(first)).Value.IsAccepted);
        var verdict = await Ledger.CommitAsync(first with { Events = [new NewEvent("consent", 1, Line("b"))], Lines = [Line("b")] });
        Assert.Equal(VerdictKind.Stale, verdict.Value.Kind);
        Assert.Empty((await host.LoadAsync(now.Space)).Events);
    }

    [Fact]
    public async Task Events_ThatRaise_PutTheNewVersionOnTheirLine()
    {
        var now = await host.LoadAsync(await host.BeginSpaceAsync());
        var verdict = (await Ledger.CommitAsync(Revocation(now))).Value;
        Assert.Equal((2L, 1L), (verdict.AccessVersion, verdict.StateVersion));
        var access = await host.QueryAsync<long>("SELECT access_version FROM ledger.trace WHERE space_id = $1 AND seq = 2", now.Space.Value);
        Assert.Equal(2, access);
    }

    [Fact]
    public async Task UnknownSpace_IsRefused()
    {
        var verdict = await Ledger.CommitAsync(new WriteRequest(new SpaceId(Randomness.NewId()), 1) { Lines = [Line("x")] });
        Assert.Equal("space-unknown", verdict.Refusal?.Code);
    }

    [Fact]
    public async Task Resource_UpdatedTwiceFromOneVersion_ConflictsOnce()
    {
        var now = await host.LoadAsync(await host.BeginSpaceAsync());
        var id = Randomness.NewId();
        WriteRequest Write(int expected, string body) => new(now.Space, now.AccessVersion) { Lines = [Line("w")], Resources = [Resource(id, expected, body)] };
        Assert.True((await Ledger.CommitAsync(Write(0, "v1"))).Value.IsAccepted);
        Assert.Equal(VerdictKind.Conflict, (await Ledger.CommitAsync(Write(0, "other"))).Value.Kind);
        Assert.True((await Ledger.CommitAsync(Write(1, "v2"))).Value.IsAccepted);
        Assert.Equal(VerdictKind.Conflict, (await Ledger.CommitAsync(Write(1, "late"))).Value.Kind);
        var versions = await Ledger.Resources.ReadVersionsAsync(PermitOf(now), id);
        Assert.Equal(["v2", "v1"], versions.Select(v => Encoding.UTF8.GetString(v.Body)));
        Assert.Equal("v2", Encoding.UTF8.GetString(Assert.Single(await Ledger.Resources.ReadAsync(PermitOf(now), [id])).Body));
        Assert.Equal(3, (await host.LoadAsync(now.Space)).Lines);
    }

    [Fact]
    public async Task Update_ReplacesTheIndexOfTheOldVersion()
    {
        var now = await host.LoadAsync(await host.BeginSpaceAsync());
        var id = Randomness.NewId();
        await Ledger.CommitAsync(new WriteRequest(now.Space, 1) { Resources = [Resource(id, 0, "v1", new IndexToken("code", "old"))] });
        await Ledger.CommitAsync(new WriteRequest(now.Space, 1) { Resources = [Resource(id, 1, "v2", new IndexToken("code", "new"))] });
        async Task<int> Found(string code) => (await Ledger.Resources.CandidatesAsync(PermitOf(now), "Observation", [new([new("code", code)])], [])).Count;
        Assert.Equal((0, 1), (await Found("old"), await Found("new")));
        Assert.Empty(await Ledger.Resources.CandidatesAsync(PermitOf(now), "Observation", [], [new("Observation.date", At.AddSeconds(1), null)]));
        Assert.Single(await Ledger.Resources.CandidatesAsync(PermitOf(now), "Observation", [], [new("Observation.date", At, At)]));
    }

    [Fact]
    public async Task Deleted_IsNoCandidateAndKeepsItsHistory()
    {
        var now = await host.LoadAsync(await host.BeginSpaceAsync());
        var id = Randomness.NewId();
        await Ledger.CommitAsync(new WriteRequest(now.Space, 1) { Resources = [Resource(id, 0, "v1")] });
        await Ledger.CommitAsync(new WriteRequest(now.Space, 1) { Resources = [Resource(id, 1, "") with { Deleted = true, Dates = [] }] });
        Assert.Empty(await Ledger.Resources.CandidatesAsync(PermitOf(now), "Observation", [], []));
        Assert.Equal([true, false], (await Ledger.Resources.ReadVersionsAsync(PermitOf(now), id)).Select(v => v.Deleted));
    }

    [Fact]
    public async Task Idempotency_SameKeySameContent_AnswersTheFirstResultAndWritesOnce()
    {
        var now = await host.LoadAsync(await host.BeginSpaceAsync());
        WriteRequest Feed(string result, string print) => new(now.Space, 1)
        {
            Lines = [Line("fed")],
            Resources = [Resource(Randomness.NewId(), 0, "doc")],
            Idempotency = new IdempotencyKey("client-a", "urn:oid:1.2.3", Line(print), Line(result)),
        };
        Assert.True((await Ledger.CommitAsync(Feed("first", "p"))).Value.IsAccepted);
        var again = (await Ledger.CommitAsync(Feed("second", "p"))).Value;
        Assert.Equal((VerdictKind.Duplicate, "first"), (again.Kind, Encoding.UTF8.GetString(again.Result!)));
        Assert.Equal(VerdictKind.KeyReused, (await Ledger.CommitAsync(Feed("third", "other"))).Value.Kind);
        Assert.Single(await Ledger.Resources.CandidatesAsync(PermitOf(now), "Observation", [], []));
    }

    [Fact]
    public async Task Idempotency_SixteenAtOnceOnThreeHosts_WriteOnce()
    {
        await using var second = await StartAsync(fixture.Database);
        await using var third = await StartAsync(fixture.Database);
        var space = await host.BeginSpaceAsync();
        LedgerHost[] hosts = [host, second, third];
        var verdicts = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => hosts[i % 3].Ledger.CommitAsync(new WriteRequest(space, 1)
        {
            Lines = [Line("fed")],
            Idempotency = new IdempotencyKey("client", "key", Line("print"), Line($"result {i}")),
        })));
        Assert.Single(verdicts, v => v.Value.Kind == VerdictKind.Accepted);
        Assert.Equal(15, verdicts.Count(v => v.Value.Kind == VerdictKind.Duplicate));
        Assert.Single(verdicts.Where(v => v.Value.Result is not null).Select(v => Encoding.UTF8.GetString(v.Value.Result!)).Distinct());
        Assert.Equal(2, (await host.LoadAsync(space)).Lines);
    }

    [Fact]
    public async Task Refusals_EqualWithinAMinute_ShareOneLine()
    {
        var space = await host.BeginSpaceAsync();
        WriteRequest Refused(string key) => new(space, 1) { Lines = [Line("refused")], ShareKey = key };
        Assert.Equal(VerdictKind.Accepted, (await Ledger.CommitAsync(Refused("dr-a|read"))).Value.Kind);
        Assert.Equal(VerdictKind.Shared, (await Ledger.CommitAsync(Refused("dr-a|read"))).Value.Kind);
        Assert.Equal(VerdictKind.Accepted, (await Ledger.CommitAsync(Refused("dr-b|read"))).Value.Kind);
        Assert.Equal(3, (await host.LoadAsync(space)).Lines);
    }

    [Fact]
    public async Task Refusals_EqualAndAtOnceOnThreeHosts_ShareOneLine()
    {
        var space = await host.BeginSpaceAsync();
        await using var second = await StartAsync(fixture.Database);
        await using var third = await StartAsync(fixture.Database);
        var hosts = new[] { host, second, third };
        var answers = await Task.WhenAll(Enumerable.Range(0, 96).Select(i => Task.Run(() => hosts[i % 3].Ledger.CommitAsync(
            new WriteRequest(space, 1) { Lines = [Line("refused")], ShareKey = i % 2 == 0 ? "dr-a" : "dr-b" }))));
        Assert.Equal(2, answers.Count(a => a.Value.Kind == VerdictKind.Accepted));
        Assert.Equal(94, answers.Count(a => a.Value.Kind == VerdictKind.Shared));
        Assert.Equal(3, (await host.LoadAsync(space)).Lines);
    }

    [Fact]
    public async Task Refusals_OfTwoVersions_DoNotShare()
    {
        var now = await host.LoadAsync(await host.BeginSpaceAsync());
        WriteRequest Refused(long version) => new(now.Space, version) { Lines = [Line("refused")], ShareKey = "dr-a" };
        var raised = Ledger.CommitAsync(Revocation(now));
        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Ledger.CommitAsync(Refused(1 + i % 2))));
        Assert.True((await raised).Value.IsAccepted);
        var later = await Ledger.CommitAsync(Refused(2));
        // Whatever was decided on version 1 and confirmed has its line before the raise; nothing confirmed on one version rests on the other's line.
        Assert.All(answers.Where((a, i) => i % 2 == 0), a => Assert.Contains(a.Value.Kind, (VerdictKind[])[VerdictKind.Accepted, VerdictKind.Shared, VerdictKind.Stale]));
        Assert.Contains(later.Value.Kind, (VerdictKind[])[VerdictKind.Accepted, VerdictKind.Shared]);
        Assert.Equal(0, await host.StaleLinesAsync());
    }

    [Fact]
    public async Task Refusal_DecidedOnAnOlderState_IsStale()
    {
        var now = await host.LoadAsync(await host.BeginSpaceAsync());
        await Ledger.CommitAsync(Revocation(now, "granted"));
        var verdict = await Ledger.CommitAsync(new WriteRequest(now.Space, 1) { Lines = [Line("refused")], ShareKey = "dr-a" });
        Assert.Equal(VerdictKind.Stale, verdict.Value.Kind);
    }

    [Fact]
    public async Task DestroyedContent_ErasesTheRecordAndLeavesTheTrace()
    {
        var now = await host.LoadAsync(await host.BeginSpaceAsync());
        var id = Randomness.NewId();
        await Ledger.CommitAsync(new WriteRequest(now.Space, 1) { Lines = [Line("fed")], Resources = [Resource(id, 0, "doc")] });
        await Ledger.CommitAsync(new WriteRequest(now.Space, 1) { RaisesAccess = true, Lines = [Line("erased")] });
        await host.KeyStore.DestroyContentAsync(now.Space);
        var stale = await Ledger.TraceAsync(PermitOf(now), Line("read"));
        Assert.Equal(VerdictKind.Stale, stale.Value.Verdict.Kind);
        var after = await host.LoadAsync(now.Space);
        Assert.True(after.Erased);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Ledger.Resources.ReadAsync(PermitOf(after), [id]));
        var (permit, _) = (await Ledger.TraceAsync(PermitOf(after), Line("trace read"))).Value;
        Assert.Equal(4, (await Ledger.ReadLinesAsync(permit!, long.MaxValue, 10)).Count);
        Assert.Equal("space-erased", (await Ledger.CommitAsync(new WriteRequest(now.Space, 2) { Resources = [Resource(Randomness.NewId(), 0, "x")] })).Refusal?.Code);
    }

    [Fact]
    public async Task KeyDestroyed_RaisesTheAccessVersion_AndAHostThatHeldTheKeyOpensNothingMore()
    {
        await using var second = await StartAsync(fixture.Database);
        var before = await host.LoadAsync(await host.BeginSpaceAsync());
        var id = Randomness.NewId();
        await Ledger.CommitAsync(new WriteRequest(before.Space, 1) { Lines = [Line("fed")], Resources = [Resource(id, 0, "doc")] });
        // The other host has the keys in memory, and a state read under them.
        Assert.Single(await second.Ledger.Resources.ReadAsync(PermitOf(await second.LoadAsync(before.Space)), [id]));

        var erased = await Ledger.EraseAsync(before.Space, Line("erased"));

        Assert.Equal((true, 2L), (erased.Value.IsAccepted, erased.Value.AccessVersion));
        Assert.Equal(VerdictKind.Stale, (await second.Ledger.TraceAsync(PermitOf(before), Line("read"))).Value.Verdict.Kind);
        var after = await second.LoadAsync(before.Space);
        Assert.Equal((true, 2L), (after.Erased, after.AccessVersion));
        await Assert.ThrowsAsync<InvalidOperationException>(() => second.Ledger.Resources.ReadAsync(PermitOf(after), [id]));
        Assert.Equal("space-erased", (await second.Ledger.CommitAsync(new WriteRequest(before.Space, 2) { Resources = [Resource(Randomness.NewId(), 0, "x")] })).Refusal?.Code);
    }

    [Fact]
    public async Task Row_MovedToAnotherSpaceOrTable_DoesNotOpen()
    {
        var keys = await host.KeyStore.CreateAsync(await host.BeginSpaceAsync());
        var other = await host.KeyStore.CreateAsync(await host.BeginSpaceAsync());
        var row = Randomness.NewId();
        var sealedRow = keys.Seal(Sante.Ledger.Keys.SealedTable.Resource, row, "secret"u8);
        Assert.Equal("secret"u8.ToArray(), keys.Open(Sante.Ledger.Keys.SealedTable.Resource, row, sealedRow));
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => other.Open(Sante.Ledger.Keys.SealedTable.Resource, row, sealedRow));
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => keys.Open(Sante.Ledger.Keys.SealedTable.Event, row, sealedRow));
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => keys.Open(Sante.Ledger.Keys.SealedTable.Resource, Randomness.NewId(), sealedRow));
        Assert.NotEqual(keys.IndexToken("code", "a"), other.IndexToken("code", "a"));
    }

    [Fact]
    public async Task ActorSpace_AskedByTwoHostsAtOnce_IsOne()
    {
        await using var second = await StartAsync(fixture.Database);
        var actor = new ActorIdentifier("https://rpps.esante.gouv.fr", "10000000000");
        var spaces = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? host : second).Ledger.ActorSpaceAsync(actor)));
        Assert.Single(spaces.Distinct());
    }
}
