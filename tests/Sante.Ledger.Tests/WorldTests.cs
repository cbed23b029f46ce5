using Sante.Kernel;
using Sante.Testing;
using static Sante.Ledger.Tests.LedgerHost;

namespace Sante.Ledger.Tests;

/// <summary>The two clocks, facts outside spaces, due work and outbox. Moving the clock needs a database of one's own.</summary>
public sealed class WorldTests
{
    private static Task<TestDatabase> DatabaseAsync() => TestDatabase.CreateAsync(typeof(Ledger).Assembly);

    [Fact]
    public async Task MovedClock_IsHeardByEveryHostWhenItAnswers()
    {
        await using var database = await DatabaseAsync();
        await using var one = await StartAsync(database);
        await using var two = await StartAsync(database);
        await using var three = await StartAsync(database);
        Assert.True(await one.World.MoveClockAsync(TimeSpan.FromDays(42)));
        foreach (var host in new[] { one, two, three })
            Assert.InRange(host.World.PlatformNow - DateTimeOffset.UtcNow, TimeSpan.FromDays(41.99), TimeSpan.FromDays(42.01));
        Assert.InRange(await one.QueryAsync<DateTime>("SELECT ledger.platform_now()") - DateTime.UtcNow, TimeSpan.FromDays(41.99), TimeSpan.FromDays(42.01));
    }

    [Fact]
    public async Task MovedClock_EndsPermitsAtTheFence()
    {
        await using var database = await DatabaseAsync();
        await using var host = await StartAsync(database);
        var permit = Permits.Evaluate(await host.BeginSpaceAsync(), 1, host.World.PlatformNow.AddHours(4), "bris-de-glace");
        Assert.True((await host.Ledger.TraceAsync(permit, Line("read"))).Value.Verdict.IsAccepted);
        Assert.True(await host.World.MoveClockAsync(TimeSpan.FromHours(5)));
        Assert.Equal(VerdictKind.Ended, (await host.Ledger.TraceAsync(permit, Line("read"))).Value.Verdict.Kind);
    }

    [Fact]
    public async Task MovedClock_DoesNotAnswerYesWhileALiveHostIsDeaf()
    {
        await using var database = await DatabaseAsync();
        await using var host = await StartAsync(database);
        // A live host that has not heard: its row is fresh and keeps an old version.
        await using var deaf = new Npgsql.NpgsqlConnection(database.MainMigrator);
        await deaf.OpenAsync();
        await using var say = new Npgsql.NpgsqlCommand("INSERT INTO ledger.host VALUES (gen_random_uuid(), 0, clock_timestamp() + interval '20 seconds')", deaf);
        await say.ExecuteNonQueryAsync();
        Assert.False(await host.World.MoveClockAsync(TimeSpan.FromDays(1)));
    }

    [Theory]
    [InlineData("app-suspended:client")]
    [InlineData("professional-struck-off:10000000000")]
    [InlineData("matrix:2026-1")]
    [InlineData("signing-key-revoked:k1")]
    public async Task Fact_SetOnOneHost_HoldsOnTheOtherWhenItAnswers(string fact)
    {
        await using var database = await DatabaseAsync();
        await using var one = await StartAsync(database);
        await using var two = await StartAsync(database);
        Assert.False(two.World.Holds(fact));
        Assert.True(await one.World.SetFactAsync(fact, true));
        Assert.True(two.World.Holds(fact));
        Assert.True(await two.World.SetFactAsync(fact, false));
        Assert.False(one.World.Holds(fact));
    }

    [Fact]
    public async Task HostThatCannotHear_DisclosesNothingAndTakesNoActs()
    {
        await using var database = await DatabaseAsync();
        await using var proxy = CuttingProxy.Start(database.Main);
        await using var quiet = Npgsql.NpgsqlDataSource.Create(proxy.Through(database.Main));
        await using var world = new World(quiet);
        await world.StartAsync();
        await using var host = await StartAsync(database);
        // Its ledger still reaches PostgreSQL: only its ears are cut.
        await using var ledger = new Ledger(host.Database, host.KeyStore, world);
        var now = await host.LoadAsync(await host.BeginSpaceAsync());
        var permit = Permits.Evaluate(now.Space, 1, null, "test-rule");
        Assert.True((await ledger.TraceAsync(permit, Line("read"))).Value.Verdict.IsAccepted);
        proxy.Refusing = true;
        proxy.CutAll();
        await KillTests.UntilAsync(() => !world.CanHear);
        Assert.Equal("host-cannot-hear", (await ledger.TraceAsync(permit, Line("read"))).Refusal?.Code);
        Assert.Equal("host-cannot-hear", (await ledger.CommitAsync(Revocation(now))).Refusal?.Code);
        Assert.Equal("host-cannot-hear", (await ledger.EraseAsync(now.Space, Line("erased"))).Refusal?.Code);
        Assert.Equal((1L, 2L, false), ((await host.LoadAsync(now.Space)).AccessVersion, (await host.LoadAsync(now.Space)).Lines, (await host.LoadAsync(now.Space)).Erased));
        proxy.Refusing = false;
        await KillTests.UntilAsync(() => world.CanHear);
        Assert.True((await ledger.TraceAsync(permit, Line("read"))).Value.Verdict.IsAccepted);
    }

    [Fact]
    public async Task DueWork_IsTakenOnceItsTimeHasCome_ByOneHostOnly()
    {
        await using var database = await DatabaseAsync();
        await using var one = await StartAsync(database);
        await using var two = await StartAsync(database);
        var space = await one.BeginSpaceAsync();
        var opensAt = one.World.PlatformNow.AddDays(42);
        await one.Ledger.CommitAsync(new WriteRequest(space, 1) { Due = [new DueChange("opening", opensAt, Line("open it"))] });
        Assert.Empty(await one.Work.TakeDueAsync(10));
        Assert.True(await one.World.MoveClockAsync(TimeSpan.FromDays(43)));
        var taken = (await Task.WhenAll(one.Work.TakeDueAsync(10), two.Work.TakeDueAsync(10))).SelectMany(t => t).ToList();
        var work = Assert.Single(taken);
        Assert.Equal((space, "open it"), (work.Space, System.Text.Encoding.UTF8.GetString(work.Body)));
        await one.Work.EndAsync(work);
        Assert.Equal(0, await one.QueryAsync<long>("SELECT count(*) FROM ledger.due"));
    }

    [Fact]
    public async Task DueWork_AskedAgainUnderItsName_MovesAndAnOldEndDoesNotForgetIt()
    {
        await using var database = await DatabaseAsync();
        await using var host = await StartAsync(database);
        var space = await host.BeginSpaceAsync();
        WriteRequest Ask(DateTimeOffset? at) => new(space, 1) { Due = [new DueChange("consent-end", at, Line("end"))] };
        await host.Ledger.CommitAsync(Ask(host.World.PlatformNow.AddMinutes(-1)));
        var taken = Assert.Single(await host.Work.TakeDueAsync(10));
        await host.Ledger.CommitAsync(Ask(host.World.PlatformNow.AddDays(2)));
        await host.Work.EndAsync(taken);
        Assert.Equal(1, await host.QueryAsync<long>("SELECT count(*) FROM ledger.due"));
        await host.Ledger.CommitAsync(Ask(null));
        Assert.Equal(0, await host.QueryAsync<long>("SELECT count(*) FROM ledger.due"));
    }

    [Fact]
    public async Task Outbox_IsDeliveredByOneHost_AndComesBackUntilEnded()
    {
        await using var database = await DatabaseAsync();
        await using var one = await StartAsync(database);
        await using var two = await StartAsync(database);
        var space = await one.BeginSpaceAsync();
        await one.Ledger.CommitAsync(new WriteRequest(space, 1) { Outbox = [Line("tell the mother"), Line("tell the father")] });
        var taken = (await Task.WhenAll(one.Work.TakeOutboxAsync(10), two.Work.TakeOutboxAsync(10))).SelectMany(t => t).ToList();
        Assert.Equal(2, taken.Count);
        await one.Work.EndAsync(taken[0]);
        // The other's host died: its lease ends and the message comes back.
        await using var past = new Npgsql.NpgsqlConnection(database.MainMigrator);
        await past.OpenAsync();
        await using var end = new Npgsql.NpgsqlCommand("UPDATE ledger.outbox SET lease_until = clock_timestamp() - interval '1 second'", past);
        await end.ExecuteNonQueryAsync();
        var again = Assert.Single(await two.Work.TakeOutboxAsync(10));
        Assert.Equal((taken[1].RowId, 2), (again.RowId, again.Attempts));
    }

    [Fact]
    public async Task Lag_OfDueWork_IsTold()
    {
        await using var database = await DatabaseAsync();
        await using var host = await StartAsync(database);
        Assert.Equal((0, 0), await host.Work.LagAsync());
        var space = await host.BeginSpaceAsync();
        await host.Ledger.CommitAsync(new WriteRequest(space, 1) { Due = [new DueChange("x", host.World.PlatformNow.AddSeconds(-100), Line("x"))] });
        Assert.InRange((await host.Work.LagAsync()).DueSeconds, 99, 130);
    }
}
