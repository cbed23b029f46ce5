using System.Collections.Concurrent;
using Npgsql;
using Sante.Kernel;
using static Sante.Ledger.Tests.LedgerHost;

namespace Sante.Ledger.Tests;

public sealed class ConcurrencyTests(LedgerFixture fixture) : IClassFixture<LedgerFixture>
{
    [Fact]
    public async Task ThreeWritersAndTwoRevokers_RecordNoStaleLineAndLoseNoNumber()
    {
        var hosts = await HostsAsync(3);
        var spaces = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => hosts[0].BeginSpaceAsync()));
        var known = new ConcurrentDictionary<SpaceId, SpaceSnapshot>();
        foreach (var space in spaces)
            known[space] = await hosts[0].LoadAsync(space);
        long accepted = spaces.Length, stale = 0, revoked = 0;

        async Task Write(LedgerHost host, int seed)
        {
            var random = new Random(seed);
            for (var i = 0; i < 400; i++)
            {
                var decidedOn = known[spaces[random.Next(spaces.Length)]];
                var id = Randomness.NewId();
                var verdict = (await host.Ledger.CommitAsync(new WriteRequest(decidedOn.Space, decidedOn.AccessVersion)
                {
                    Lines = [Line("read"), Line("fed")],
                    Resources = i % 3 == 0 ? [Resource(id, 0, "doc", new IndexToken("code", "a"))] : [],
                })).Value;
                if (verdict.IsAccepted)
                    Interlocked.Add(ref accepted, 2);
                else
                {
                    Assert.Equal(VerdictKind.Stale, verdict.Kind);
                    Interlocked.Increment(ref stale);
                    known[decidedOn.Space] = await host.LoadAsync(decidedOn.Space);
                }
            }
        }
        async Task Revoke(LedgerHost host, int seed)
        {
            var random = new Random(seed);
            for (var i = 0; i < 250; i++)
            {
                // Two revokers on one space: the loser is stale, loads and goes on.
                var now = await host.LoadAsync(spaces[random.Next(spaces.Length)]);
                if ((await host.Ledger.CommitAsync(Revocation(now))).Value.IsAccepted)
                {
                    Interlocked.Increment(ref accepted);
                    Interlocked.Increment(ref revoked);
                }
            }
        }
        await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Write(hosts[i % 3], i)).Concat(Enumerable.Range(0, 2).Select(i => Revoke(hosts[i], 100 + i))));

        Assert.Equal(0, await hosts[0].StaleLinesAsync());
        Assert.Equal(0, await hosts[0].SpacesWithWrongNumbersAsync());
        Assert.Equal(accepted, await hosts[0].QueryAsync<long>("SELECT count(*) FROM ledger.trace WHERE space_id = ANY ($1)", spaces.Select(s => s.Value).ToArray()));
        Assert.True(stale > 0 && revoked > 0, $"stale {stale}, revoked {revoked}: the test met no race");
        await EndAsync(hosts);
    }

    /// <summary>The guarantee that citizens rest on: after the answer to a revocation has arrived, no front-end records, hence releases, anything decided before it.</summary>
    [Fact]
    public async Task SixtyFourReadersAndOneRevoker_300Rounds_NothingPassesAfterTheAnswer()
    {
        var hosts = await HostsAsync(3);
        var result = await RevocationRounds.RunAsync(hosts.Select(h => h.Ledger).ToArray(), await hosts[0].BeginSpaceAsync(), rounds: 300, readers: 64);
        Assert.Equal(0, result.PassedAfterAnswer);
        Assert.Equal(0, await hosts[0].StaleLinesAsync());
        Assert.Equal(0, await hosts[0].SpacesWithWrongNumbersAsync());
        Assert.True(result.Accepted > 300 && result.Refused > 300, $"{result}: the rounds met no race");
        await EndAsync(hosts);
    }

    [Fact]
    public async Task OnePoisonedRequestAmong64_FailsAlone()
    {
        var host = fixture.Host;
        var spaces = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => host.BeginSpaceAsync()));
        var answers = spaces.Select((space, i) => host.Ledger.CommitAsync(new WriteRequest(space, 1)
        {
            StateVersion = 0,
            // PostgreSQL refuses a NUL in a text: the whole statement fails.
            Events = [new NewEvent(i == 17 ? "con\0sent" : "consent", 1, Line("x"))],
            Lines = [Line("x")],
        })).ToArray();
        for (var i = 0; i < answers.Length; i++)
            if (i == 17)
                await Assert.ThrowsAsync<PostgresException>(() => answers[17]);
            else
                Assert.True((await answers[i]).Value.IsAccepted);
        Assert.Equal(1, (await host.LoadAsync(spaces[17])).Lines);
        Assert.Equal(0, await host.SpacesWithWrongNumbersAsync());
    }

    [Fact]
    public async Task SlowHolderOfOneSpace_DelaysOnlyItsOwnCitizen()
    {
        var host = fixture.Host;
        var (slow, quick) = (await host.BeginSpaceAsync(), await host.BeginSpaceAsync());
        await using var holder = new NpgsqlConnection(fixture.Database.MainMigrator);
        await holder.OpenAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand("SELECT 1 FROM ledger.space WHERE space_id = $1 FOR UPDATE", holder))
        {
            hold.Parameters.Add(new() { Value = slow.Value });
            await hold.ExecuteNonQueryAsync();
        }
        var delayed = host.Ledger.CommitAsync(new WriteRequest(slow, 1) { Lines = [Line("late")] });
        for (var i = 0; i < 50; i++)
            Assert.True((await host.Ledger.CommitAsync(new WriteRequest(quick, 1) { Lines = [Line("quick")] })).Value.IsAccepted);
        Assert.False(delayed.IsCompleted);
        await transaction.RollbackAsync();
        Assert.True((await delayed).Value.IsAccepted);
    }

    [Fact]
    public async Task RequestsOfOneSpace_SentInOrder_AreNumberedInOrder()
    {
        var host = fixture.Host;
        var space = await host.BeginSpaceAsync();
        var answers = Enumerable.Range(0, 500).Select(i => host.Ledger.CommitAsync(new WriteRequest(space, 1) { Lines = [Line($"{i}")] })).ToArray();
        var numbers = (await Task.WhenAll(answers)).Select(a => a.Value.FirstLine).ToArray();
        Assert.Equal(Enumerable.Range(2, 500).Select(i => (long)i), numbers);
    }

    [Fact]
    public async Task LargeRequest_IsCommittedAloneAndWhole()
    {
        var host = fixture.Host;
        var space = await host.BeginSpaceAsync();
        var id = Randomness.NewId();
        var before = host.Ledger.Counts.CommittedAlone;
        var large = new NewResource(id, 0, "Binary", new byte[3 << 20], [], []);
        Assert.True((await host.Ledger.CommitAsync(new WriteRequest(space, 1) { Lines = [Line("fed")], Resources = [large] })).Value.IsAccepted);
        Assert.True(host.Ledger.Counts.CommittedAlone > before);
        var read = await host.Ledger.Resources.ReadAsync(Permits.Evaluate(space, 1, null, "test-rule"), [id]);
        Assert.Equal(3 << 20, read[0].Body.Length);
    }

    private async Task<LedgerHost[]> HostsAsync(int count) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => StartAsync(fixture.Database)));

    private static async Task EndAsync(LedgerHost[] hosts)
    {
        foreach (var host in hosts)
            await host.DisposeAsync();
    }
}
