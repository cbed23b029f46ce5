using System.Collections.Concurrent;
using System.Reflection;

namespace Orleans.Embedded;

/// <summary>What a caller of a grain holds: turns each call of the interface into one turn of the activation.</summary>
public class GrainProxy : DispatchProxy
{
    private static readonly ConcurrentDictionary<MethodInfo, GrainMethod> Methods = new();

    private EmbeddedGrainFactory factory = null!;
    private GrainClass grainClass = null!;

    internal Guid PrimaryKey { get; private set; }

    internal void Bind(EmbeddedGrainFactory owner, GrainClass target, Guid key) => (factory, grainClass, PrimaryKey) = (owner, target, key);

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var method = Methods.GetOrAdd(targetMethod!, static key => new GrainMethod(key));
        return method.Shape(factory.CallAsync(grainClass, PrimaryKey, method, args ?? []));
    }
}

/// <summary>A method of a grain interface: Task, Task of T, ValueTask or ValueTask of T, prepared once.</summary>
internal sealed class GrainMethod
{
    private readonly MethodInfo method;
    private readonly MethodInvoker invoker;
    private readonly Func<object?, Task<object?>> await;

    public GrainMethod(MethodInfo method)
    {
        this.method = method;
        invoker = MethodInvoker.Create(method);
        Interleaves = method.IsDefined(typeof(Concurrency.AlwaysInterleaveAttribute));
        (await, Shape) = Adapters(method);
    }

    /// <summary>Marked as not waiting for other calls.</summary>
    public bool Interleaves { get; }

    /// <summary>Gives the running call the type that the interface promises.</summary>
    public Func<Task<object?>, object> Shape { get; }

    public Task<object?> InvokeAsync(Grain grain, object?[] arguments) => await(invoker.Invoke(grain, arguments.AsSpan()));

    public override string ToString() => $"{method.DeclaringType?.Name}.{method.Name}";

    private static (Func<object?, Task<object?>> Await, Func<Task<object?>, object> Shape) Adapters(MethodInfo method)
    {
        var type = method.ReturnType;
        if (type == typeof(Task))
        {
            return (task => AwaitVoid((Task)task!), call => call);
        }

        if (type == typeof(ValueTask))
        {
            return (task => AwaitVoid(((ValueTask)task!).AsTask()), call => new ValueTask(call));
        }

        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        if (definition != typeof(Task<>) && definition != typeof(ValueTask<>))
        {
            throw new NotSupportedException($"{method.DeclaringType}.{method.Name} must return Task, Task<T>, ValueTask or ValueTask<T>.");
        }

        var maker = definition == typeof(Task<>) ? nameof(TaskAdapters) : nameof(ValueTaskAdapters);
        return ((Func<object?, Task<object?>>, Func<Task<object?>, object>))typeof(GrainMethod)
            .GetMethod(maker, BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(type.GetGenericArguments()).Invoke(null, null)!;
    }

    private static (Func<object?, Task<object?>> Await, Func<Task<object?>, object> Shape) TaskAdapters<T>() =>
        (task => AwaitValue((Task<T>)task!), Cast<T>);

    private static (Func<object?, Task<object?>> Await, Func<Task<object?>, object> Shape) ValueTaskAdapters<T>() =>
        (task => AwaitValue(((ValueTask<T>)task!).AsTask()), call => new ValueTask<T>(Cast<T>(call)));

    private static async Task<T> Cast<T>(Task<object?> call) => (T)(await call.ConfigureAwait(false))!;

    private static async Task<object?> AwaitValue<T>(Task<T> task) => await task.ConfigureAwait(false);

    private static async Task<object?> AwaitVoid(Task task)
    {
        await task.ConfigureAwait(false);
        return null;
    }
}
