using System.Reflection;

namespace Orleans.Embedded;

/// <summary>A grain class and how to make one.</summary>
internal sealed class GrainClass(Type type)
{
    private readonly ConstructorInfo constructor = type.GetConstructors() is [var only]
        ? only
        : throw new InvalidOperationException($"{type} must have exactly one public constructor.");

    public Type Type => type;

    public Grain Create(IServiceProvider services, Guid key)
    {
        var arguments = constructor.GetParameters().Select(parameter => services.GetService(parameter.ParameterType)
            ?? throw new InvalidOperationException($"{type} needs {parameter.ParameterType}, which is not a registered service."));
        var grain = (Grain)constructor.Invoke(BindingFlags.DoNotWrapExceptions, binder: null, [.. arguments], culture: null);
        grain.PrimaryKey = key;
        return grain;
    }
}

/// <summary>One grain in memory: made and activated by its first call, shared by all facets of its class and key.</summary>
internal sealed class Activation(GrainClass grainClass, Guid key)
{
    private readonly Lock starting = new();
    private Task<Grain>? started;

    public GrainClass GrainClass => grainClass;
    public Guid Key => key;

    /// <summary>Held by the one call that runs; waiting calls get it in the order in which they asked.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>Calls that use it or wait for it; guarded by the cache's lock.</summary>
    public int Calls { get; set; }

    /// <summary>False once the cache no longer knows it; guarded by the cache's lock.</summary>
    public bool IsCached { get; set; }

    /// <summary>The activated grain. All callers share one activation, and its failure.</summary>
    public Task<Grain> InstanceAsync(IServiceProvider services)
    {
        lock (starting)
        {
            return started ??= StartAsync(services);
        }
    }

    private async Task<Grain> StartAsync(IServiceProvider services)
    {
        var grain = grainClass.Create(services, key);
        await grain.OnActivateAsync(CancellationToken.None).ConfigureAwait(false);
        return grain;
    }
}

/// <summary>Activations by class and key, least recently used first out, never one with a call running or waiting.</summary>
internal sealed class ActivationCache(int capacity)
{
    private readonly Lock guard = new();
    private readonly Dictionary<(GrainClass, Guid), LinkedListNode<Activation>> byIdentity = [];
    private readonly LinkedList<Activation> idleFirst = [];
    private readonly LinkedList<Activation> busy = [];

    public int Count
    {
        get
        {
            lock (guard)
            {
                return byIdentity.Count;
            }
        }
    }

    /// <summary>The activation for one call; give it back by <see cref="Return"/>.</summary>
    public Activation Rent(GrainClass grainClass, Guid key)
    {
        lock (guard)
        {
            if (!byIdentity.TryGetValue((grainClass, key), out var node))
            {
                node = new LinkedListNode<Activation>(new Activation(grainClass, key) { IsCached = true });
                byIdentity.Add((grainClass, key), node);
                busy.AddLast(node);
            }
            else if (node.Value.Calls == 0)
            {
                idleFirst.Remove(node);
                busy.AddLast(node);
            }

            node.Value.Calls++;
            DropIdle();
            return node.Value;
        }
    }

    public void Return(Activation activation)
    {
        lock (guard)
        {
            activation.Calls--;
            if (activation is { Calls: 0, IsCached: true })
            {
                var node = byIdentity[(activation.GrainClass, activation.Key)];
                busy.Remove(node);
                idleFirst.AddLast(node);
                DropIdle();
            }
        }
    }

    /// <summary>Forgets one whose activation failed, though calls may still hold it.</summary>
    public void Drop(Activation activation)
    {
        lock (guard)
        {
            if (activation.IsCached)
            {
                activation.IsCached = false;
                byIdentity.Remove((activation.GrainClass, activation.Key), out var node);
                busy.Remove(node!);
            }
        }
    }

    private void DropIdle()
    {
        while (byIdentity.Count > capacity && idleFirst.First is { } oldest)
        {
            idleFirst.Remove(oldest);
            oldest.Value.IsCached = false;
            byIdentity.Remove((oldest.Value.GrainClass, oldest.Value.Key));
        }
    }
}
