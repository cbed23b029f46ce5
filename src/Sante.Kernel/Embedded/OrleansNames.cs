// The names of Microsoft.Orleans.Core.Abstractions that the grain code uses, with the same namespaces and shapes.
using Orleans.Runtime;

namespace Orleans.Runtime
{
    /// <summary>Anything with a grain identity: a grain itself or a proxy of one.</summary>
    public interface IAddressable;
}

namespace Orleans
{
    /// <summary>Marker of grain interfaces.</summary>
    public interface IGrain : IAddressable;

    /// <summary>A grain interface whose key is a Guid.</summary>
    public interface IGrainWithGuidKey : IGrain;

    /// <summary>Parent of grain classes. The key is known from <see cref="OnActivateAsync"/> on, not yet in the constructor.</summary>
    public abstract class Grain : IAddressable
    {
        internal Guid PrimaryKey { get; set; }

        /// <summary>Runs once before the first call. An exception reaches the caller and drops the activation.</summary>
        public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>Gives proxies of grains.</summary>
    public interface IGrainFactory
    {
        /// <summary>A proxy of the grain that implements the interface, for this key. Cheap; makes no activation by itself.</summary>
        TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey)
            where TGrainInterface : IGrainWithGuidKey;
    }

    /// <summary>Reads a grain's identity.</summary>
    public static class GrainExtensions
    {
        /// <summary>The Guid key of a grain or of a proxy.</summary>
        public static Guid GetPrimaryKey(this IAddressable grain) => grain switch
        {
            Grain own => own.PrimaryKey,
            Embedded.GrainProxy proxy => proxy.PrimaryKey,
            _ => throw new ArgumentException("Neither a grain nor a proxy of one.", nameof(grain)),
        };
    }

    /// <summary>Marks a type that travels between silos.</summary>
    [AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum)]
    public sealed class GenerateSerializerAttribute : Attribute;

    /// <summary>Stable number of a serialized member.</summary>
    [AttributeUsage(AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Parameter | AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum | AttributeTargets.Method)]
    public sealed class IdAttribute(uint id) : Attribute
    {
        /// <summary>The number.</summary>
        public uint Id { get; } = id;
    }

    /// <summary>Stable name of a serialized type or grain interface.</summary>
    [AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface | AttributeTargets.Enum | AttributeTargets.Method)]
    public sealed class AliasAttribute(string alias) : Attribute
    {
        /// <summary>The name.</summary>
        public string Alias { get; } = alias;
    }

    /// <summary>Promises that an instance never changes, so that it need not be copied.</summary>
    [AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
    public sealed class ImmutableAttribute : Attribute;
}

namespace Orleans.Concurrency
{
    /// <summary>Marks a method of a grain interface whose calls need not wait for other calls to end.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class AlwaysInterleaveAttribute : Attribute;
}
