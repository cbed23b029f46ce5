using Orleans;
using Orleans.Embedded;

namespace Sante.Kernel.Tests;

public class EmbeddedGrainTests
{
    private readonly GrainWorld world = new();
    private readonly Guid key = Guid.Parse("0b3f6f3e-6b4e-4a4f-8a52-2f6d3a1c9e10");

    [Fact]
    public async Task Calls_RunInTheOrderInWhichTheyWereMade()
    {
        var grain = Factory().GetGrain<ICounterGrain>(key);

        await Task.WhenAll(Enumerable.Range(0, 500).Select(n => grain.AddAsync(n)).ToList());

        Assert.Equal(Enumerable.Range(0, 500), await grain.SeenAsync());
    }

    [Fact]
    public async Task Calls_Of64Threads_NeverOverlap_AndShareOneActivation()
    {
        var factory = Factory();
        var keys = Enumerable.Range(0, 4).Select(n => new Guid(n, 0, 0, new byte[8])).ToArray();
        var threads = Enumerable.Range(0, 64).Select(thread => new Thread(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                factory.GetGrain<ICounterGrain>(keys[(thread + i) % 4]).AddAsync(1).GetAwaiter().GetResult();
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        foreach (var each in keys)
        {
            Assert.Equal(1_600, await factory.GetGrain<IPeekGrain>(each).PeekAsync());
            Assert.Equal(1, world.Activations[each]);
        }
    }

    [Fact]
    public async Task AlwaysInterleave_DoesNotWaitForARunningCall_OthersDo()
    {
        var factory = Factory();
        var release = new TaskCompletionSource();
        var held = factory.GetGrain<ICounterGrain>(key).HoldAsync(release.Task);

        Assert.Equal(0, await factory.GetGrain<IPeekGrain>(key).PeekAsync());
        var inTurn = factory.GetGrain<IPeekGrain>(key).PeekInTurnAsync();
        Assert.False(inTurn.IsCompleted);
        Assert.Equal(1, await factory.GetGrain<ICounterGrain>(Guid.Empty).AddAsync(1)); // another key does not wait

        release.SetResult();
        await held;
        Assert.Equal(0, await inTurn);
    }

    [Fact]
    public async Task Facets_OfOneClassAndKey_AreOneActivation()
    {
        var factory = Factory();

        await factory.GetGrain<ICounterGrain>(key).AddAsync(7);

        Assert.Equal(7, await factory.GetGrain<IPeekGrain>(key).PeekInTurnAsync());
        Assert.Equal(1, factory.ActivationCount);
    }

    [Fact]
    public async Task Capacity_DropsTheLeastRecentlyUsedIdleOne()
    {
        var factory = Factory(capacity: 2);
        Guid a = new(1, 0, 0, new byte[8]), b = new(2, 0, 0, new byte[8]), c = new(3, 0, 0, new byte[8]);
        await factory.GetGrain<ICounterGrain>(a).AddAsync(1);
        await factory.GetGrain<ICounterGrain>(b).AddAsync(1);
        await factory.GetGrain<ICounterGrain>(a).AddAsync(1);
        await factory.GetGrain<ICounterGrain>(c).AddAsync(1);

        Assert.Equal(2, factory.ActivationCount);
        Assert.Equal(2, await factory.GetGrain<IPeekGrain>(a).PeekAsync());
        Assert.Equal(0, await factory.GetGrain<IPeekGrain>(b).PeekAsync()); // began anew
        Assert.Equal(2, world.Activations[b]);
    }

    [Fact]
    public async Task Capacity_NeverDropsABusyOne()
    {
        var factory = Factory(capacity: 1);
        var release = new TaskCompletionSource();
        await factory.GetGrain<ICounterGrain>(key).AddAsync(5);
        var held = factory.GetGrain<ICounterGrain>(key).HoldAsync(release.Task);
        for (var n = 0; n < 10; n++)
        {
            await factory.GetGrain<ICounterGrain>(new Guid(n, 1, 0, new byte[8])).AddAsync(1);
        }

        Assert.Equal(5, await factory.GetGrain<IPeekGrain>(key).PeekAsync());
        release.SetResult();
        await held;
        Assert.Equal(1, world.Activations[key]);
        Assert.Equal(1, factory.ActivationCount);
    }

    [Fact]
    public async Task FailedActivation_ReachesTheCaller_AndTheNextCallBeginsAnew()
    {
        var factory = Factory();
        world.FailNextActivation[key] = true;

        await Assert.ThrowsAsync<IOException>(() => factory.GetGrain<IFragileGrain>(key).HelloAsync());
        Assert.Equal(0, factory.ActivationCount);
        Assert.Equal("hello", await factory.GetGrain<IFragileGrain>(key).HelloAsync());
    }

    [Fact]
    public async Task FirstCalls_ArrivingTogether_ActivateOnce_InterleavedOnesIncluded()
    {
        var start = new TaskCompletionSource();
        world.Start = start.Task;
        var grain = Factory().GetGrain<ISlowGrain>(key);
        List<Task<int>> calls = [grain.ActivationsAsync(), grain.ActivationsInTurnAsync(), grain.ActivationsAsync(), grain.ActivationsInTurnAsync()];

        start.SetResult();

        Assert.All(await Task.WhenAll(calls), activations => Assert.Equal(1, activations));
    }

    [Fact]
    public async Task AnException_ReachesTheCallerUnwrapped_AndTheTurnIsGivenBack()
    {
        var grain = Factory().GetGrain<ICounterGrain>(key);

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(async () => await grain.FailAsync("why"));

        Assert.Equal("why", thrown.Message);
        Assert.Equal(1, await grain.AddAsync(1));
        Assert.Equal(1, world.Activations[key]);
    }

    [Fact]
    public async Task AGrainThatCallsItselfThroughTheFactory_TimesOut_AndServesAgain()
    {
        var factory = Factory(turnTimeout: TimeSpan.FromMilliseconds(50));
        world.Factory = factory;

        await Assert.ThrowsAsync<TimeoutException>(() => factory.GetGrain<IPeekGrain>(key).AddTwiceThroughFactoryAsync());

        Assert.Equal(1, await factory.GetGrain<ICounterGrain>(key).AddAsync(1));
    }

    [Fact]
    public async Task PrimaryKey_IsKnownToGrainAndProxy()
    {
        var grain = Factory().GetGrain<ICounterGrain>(key);

        Assert.Equal(key, grain.GetPrimaryKey());
        Assert.Equal(key, await grain.KeyAsync());
    }

    [Fact]
    public async Task AMissingService_IsNamedInTheError()
    {
        var factory = new EmbeddedGrainFactory(new Services(null), [typeof(CounterGrain).Assembly]);

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => factory.GetGrain<ICounterGrain>(key).AddAsync(1));

        Assert.Contains(nameof(GrainWorld), thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnInterfaceWithoutClass_IsNamedInTheError()
    {
        var factory = new EmbeddedGrainFactory(new Services(world), [typeof(string).Assembly]);

        Assert.Throws<InvalidOperationException>(() => factory.GetGrain<ICounterGrain>(key));
    }

    private EmbeddedGrainFactory Factory(int capacity = 100, TimeSpan? turnTimeout = null) =>
        new(new Services(world), [typeof(CounterGrain).Assembly], capacity, turnTimeout);

    private sealed class Services(GrainWorld? world) : IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType == typeof(GrainWorld) ? world : null;
    }
}
