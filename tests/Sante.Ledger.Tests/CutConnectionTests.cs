using System.Text;
using Sante.Testing;
using static Sante.Ledger.Tests.LedgerHost;

namespace Sante.Ledger.Tests;

/// <summary>The connection between a host and PostgreSQL is cut at every message of a commit, in both directions.</summary>
public sealed class CutConnectionTests(LedgerFixture fixture) : IClassFixture<LedgerFixture>
{
    [Theory]
    [InlineData(Flow.ToServer)]
    [InlineData(Flow.ToClient)]
    public async Task CutAtEachStep_AnswersUnavailableReleasesNothing_AndTheRepeatWritesOnce(Flow flow)
    {
        await using var proxy = CuttingProxy.Start(fixture.Database.Main);
        // Without pooled state the steps of every commit are the same: connect, authenticate, prepare, execute, sync.
        await using var host = await StartAsync(fixture.Database, proxy.Through(fixture.Database.Main) + ";Pooling=false");
        // The first connection of a pool also reads the type catalogue, once.
        await FeedAsync(host, "first");
        proxy.Arm(null);
        await FeedAsync(host, "count");
        var steps = flow == Flow.ToServer ? proxy.Messages.ToServer : proxy.Messages.ToClient;
        Assert.True(steps >= 5, $"only {steps} messages were counted");

        var lost = 0;
        for (var step = 1; step <= steps; step++)
        {
            proxy.Arm(new ProxyFault(flow, step, FaultKind.Cut) { BytesOfIt = step % 2 });
            var space = await fixture.Host.BeginSpaceAsync();
            var request = Feed(space, $"step {step}");
            var first = await host.Ledger.CommitAsync(request);
            proxy.Arm(null);
            if (first.Refusal is { } refusal)
            {
                Assert.Equal("database-unavailable", refusal.Code);
                lost++;
            }
            // Whether or not the first was durable, the repeat leaves it there exactly once and learns the same result.
            var repeat = (await host.Ledger.CommitAsync(request)).Value;
            Assert.True(repeat.Kind is VerdictKind.Accepted or VerdictKind.Duplicate, repeat.Kind.ToString());
            Assert.Equal(2, (await fixture.Host.LoadAsync(space)).Lines);
            Assert.Equal(1, await fixture.Host.QueryAsync<long>("SELECT count(*) FROM ledger.resource WHERE space_id = $1", space.Value));
        }
        Assert.True(lost >= steps - 2, $"{lost} of {steps} cuts were felt");
        Assert.Equal(0, await fixture.Host.SpacesWithWrongNumbersAsync());
    }

    [Fact]
    public async Task AnswerOfACommitLost_GivesNoPermit_ThoughTheLineIsThere()
    {
        await using var proxy = CuttingProxy.Start(fixture.Database.Main);
        await using var host = await StartAsync(fixture.Database, proxy.Through(fixture.Database.Main) + ";No Reset On Close=true");
        var space = await fixture.Host.BeginSpaceAsync();
        var permit = Permits.Evaluate(space, 1, null, "test-rule");
        await host.Ledger.TraceAsync(permit, Line("warm"));
        // The verdict's row is on its way ('D'), the commit is done when the server says it is ready ('Z'): cut before 'Z' passes.
        proxy.Arm(new ProxyFault(Flow.ToClient, 1) { Type = 'Z' });
        var answer = await host.Ledger.TraceAsync(permit, Line("read"));
        await proxy.Fired.WaitAsync(TimeSpan.FromSeconds(10));
        // A line without release is allowed, a release without line never.
        Assert.Equal("database-unavailable", answer.Refusal?.Code);
        Assert.Equal(3, (await fixture.Host.LoadAsync(space)).Lines);
        Assert.True((await host.Ledger.TraceAsync(permit, Line("read again"))).Value.Verdict.IsAccepted);
    }

    private async Task FeedAsync(LedgerHost host, string name) =>
        Assert.True((await host.Ledger.CommitAsync(Feed(await fixture.Host.BeginSpaceAsync(), name))).Value.IsAccepted);

    private static WriteRequest Feed(Sante.Kernel.SpaceId space, string name) => new(space, 1)
    {
        Lines = [Line(name)],
        Resources = [Resource(Randomness.NewId(), 0, name, new IndexToken("code", name))],
        Idempotency = new IdempotencyKey("client", name, Encoding.UTF8.GetBytes(name), Line("result of " + name)),
    };
}
