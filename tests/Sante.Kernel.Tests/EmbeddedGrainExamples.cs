using System.Collections.Concurrent;
using Orleans;
using Orleans.Concurrency;

namespace Sante.Kernel.Tests;

public interface ICounterGrain : IGrainWithGuidKey
{
    Task<int> AddAsync(int amount);

    Task<IReadOnlyList<int>> SeenAsync();

    Task HoldAsync(Task until);

    ValueTask<Guid> KeyAsync();

    ValueTask FailAsync(string message);
}

public interface IPeekGrain : IGrainWithGuidKey
{
    [AlwaysInterleave]
    Task<int> PeekAsync();

    Task<int> PeekInTurnAsync();

    Task<int> AddTwiceThroughFactoryAsync();
}

public interface IFragileGrain : IGrainWithGuidKey
{
    Task<string> HelloAsync();
}

public interface ISlowGrain : IGrainWithGuidKey
{
    [AlwaysInterleave]
    Task<int> ActivationsAsync();

    Task<int> ActivationsInTurnAsync();
}

public sealed class GrainWorld
{
    public ConcurrentDictionary<Guid, int> Activations { get; } = new();

    public ConcurrentDictionary<Guid, bool> FailNextActivation { get; } = new();

    public Task Start { get; set; } = Task.CompletedTask;

    public IGrainFactory? Factory { get; set; }
}

public sealed partial class CounterGrain(GrainWorld world) : Grain, ICounterGrain
{
    private readonly List<int> seen = [];
    private int total;
    private int running;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        world.Activations.AddOrUpdate(this.GetPrimaryKey(), 1, (_, n) => n + 1);
        return Task.CompletedTask;
    }

    public async Task<int> AddAsync(int amount)
    {
        Assert.Equal(1, Interlocked.Increment(ref running));
        var before = total;
        await Task.Yield();
        seen.Add(amount);
        total = before + amount; // loses updates unless calls run one at a time
        Interlocked.Decrement(ref running);
        return total;
    }

    public Task<IReadOnlyList<int>> SeenAsync() => Task.FromResult<IReadOnlyList<int>>([.. seen]);

    public Task HoldAsync(Task until) => until;

    public ValueTask<Guid> KeyAsync() => ValueTask.FromResult(this.GetPrimaryKey());

    public async ValueTask FailAsync(string message)
    {
        await Task.Yield();
        throw new InvalidOperationException(message);
    }
}

public sealed partial class CounterGrain : IPeekGrain
{
    public Task<int> PeekAsync() => Task.FromResult(total);

    public Task<int> PeekInTurnAsync() => Task.FromResult(total);

    public Task<int> AddTwiceThroughFactoryAsync() => world.Factory!.GetGrain<ICounterGrain>(this.GetPrimaryKey()).AddAsync(2);
}

public sealed class FragileGrain(GrainWorld world) : Grain, IFragileGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken) =>
        world.FailNextActivation.TryRemove(this.GetPrimaryKey(), out _) ? throw new IOException("no database") : Task.CompletedTask;

    public Task<string> HelloAsync() => Task.FromResult("hello");
}

public sealed class SlowGrain(GrainWorld world) : Grain, ISlowGrain
{
    private int activations;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await world.Start;
        activations++;
    }

    public Task<int> ActivationsAsync() => Task.FromResult(activations);

    public Task<int> ActivationsInTurnAsync() => Task.FromResult(activations);
}
