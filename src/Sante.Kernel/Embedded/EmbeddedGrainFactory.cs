using System.Reflection;

namespace Orleans.Embedded;

/// <summary>
/// Runs grains in this process. Thread-safe; one instance per process is meant, but nothing depends on it: correctness
/// never rests on single activation (house idea 2). Grain classes have one public constructor, filled from the service provider
/// with services of the process's lifetime.
/// </summary>
public sealed class EmbeddedGrainFactory : IGrainFactory
{
    private static readonly TimeSpan OrleansResponseTimeout = TimeSpan.FromSeconds(30);

    private readonly IServiceProvider services;
    private readonly Dictionary<Type, GrainClass> classByInterface = [];
    private readonly ActivationCache cache;
    private readonly TimeSpan turnTimeout;

    /// <summary>Finds every grain class of the assemblies. Throws when two classes implement one grain interface.</summary>
    /// <param name="services">Fills the constructors of grains.</param>
    /// <param name="grainAssemblies">Where the grain classes are.</param>
    /// <param name="capacity">Activations kept; idle ones beyond it are dropped, least recently used first.</param>
    /// <param name="turnTimeout">How long a call waits for its turn before <see cref="TimeoutException"/>; 30 s when null, as Orleans.</param>
    public EmbeddedGrainFactory(
        IServiceProvider services, IEnumerable<Assembly> grainAssemblies, int capacity = 20_000, TimeSpan? turnTimeout = null)
    {
        ArgumentNullException.ThrowIfNull(grainAssemblies);
        this.services = services;
        this.turnTimeout = turnTimeout ?? OrleansResponseTimeout;
        cache = new ActivationCache(capacity);
        foreach (var type in grainAssemblies.SelectMany(assembly => assembly.GetTypes()))
        {
            if (type is { IsAbstract: false, IsGenericTypeDefinition: false } && type.IsSubclassOf(typeof(Grain)))
            {
                Register(new GrainClass(type));
            }
        }
    }

    /// <summary>Activations held at present, busy ones included.</summary>
    public int ActivationCount => cache.Count;

    /// <inheritdoc/>
    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey)
        where TGrainInterface : IGrainWithGuidKey
    {
        if (!classByInterface.TryGetValue(typeof(TGrainInterface), out var grainClass))
        {
            throw new InvalidOperationException($"No grain class implements {typeof(TGrainInterface)} in the registered assemblies.");
        }

        var proxy = DispatchProxy.Create<TGrainInterface, GrainProxy>();
        ((GrainProxy)(object)proxy).Bind(this, grainClass, primaryKey);
        return proxy;
    }

    /// <summary>One call, from taking its turn to giving it back.</summary>
    internal async Task<object?> CallAsync(GrainClass grainClass, Guid key, GrainMethod method, object?[] arguments)
    {
        var activation = cache.Rent(grainClass, key);
        try
        {
            if (method.Interleaves)
            {
                return await method.InvokeAsync(await InstanceAsync(activation).ConfigureAwait(false), arguments).ConfigureAwait(false);
            }

            if (!await activation.Turn.WaitAsync(turnTimeout).ConfigureAwait(false))
            {
                throw new TimeoutException($"{method} waited {turnTimeout.TotalSeconds} s for its turn: a call does not end, or a grain calls itself through the factory.");
            }

            try
            {
                return await method.InvokeAsync(await InstanceAsync(activation).ConfigureAwait(false), arguments).ConfigureAwait(false);
            }
            finally
            {
                activation.Turn.Release();
            }
        }
        finally
        {
            cache.Return(activation);
        }
    }

    private async Task<Grain> InstanceAsync(Activation activation)
    {
        try
        {
            return await activation.InstanceAsync(services).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The callers that already wait on it see the same failure; the next call starts anew.
            cache.Drop(activation);
            throw;
        }
    }

    private void Register(GrainClass grainClass)
    {
        foreach (var facet in grainClass.Type.GetInterfaces().Where(i => i != typeof(IGrainWithGuidKey) && i.IsAssignableTo(typeof(IGrainWithGuidKey))))
        {
            if (!classByInterface.TryAdd(facet, grainClass))
            {
                throw new InvalidOperationException($"{facet} is implemented by {grainClass.Type} and {classByInterface[facet].Type}.");
            }
        }
    }
}
