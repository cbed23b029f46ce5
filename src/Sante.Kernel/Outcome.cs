using System.Diagnostics.CodeAnalysis;

namespace Sante.Kernel;

/// <summary>Either a value or a <see cref="Kernel.Refusal"/>. Expected failures travel here; exceptions are bugs or lost infrastructure.</summary>
public readonly struct Outcome<T>
{
    private readonly T? value;

    internal Outcome(T? value, Refusal? refusal) => (this.value, Refusal) = (value, refusal);

    /// <summary>The refusal, or null when there is a value.</summary>
    public Refusal? Refusal { get; }

    /// <summary>The value. Throws <see cref="InvalidOperationException"/> on a refusal: ask <see cref="TryGet"/> first.</summary>
    public T Value => Refusal is null ? value! : throw new InvalidOperationException($"Refused: {Refusal.Code}");

    /// <summary>True with the value, or false with the refusal.</summary>
    public bool TryGet([MaybeNullWhen(false)] out T result, [NotNullWhen(false)] out Refusal? refusal)
    {
        (result, refusal) = (value, Refusal);
        return refusal is null;
    }

    /// <summary>Continues with the value, or carries the refusal through.</summary>
    public Outcome<TNext> Then<TNext>(Func<T, Outcome<TNext>> next) =>
        Refusal is null ? next(value!) : new Outcome<TNext>(default, Refusal);

    public static implicit operator Outcome<T>(T value) => new(value, null);
    public static implicit operator Outcome<T>(Refusal refusal) => new(default, refusal ?? throw new ArgumentNullException(nameof(refusal)));
}

/// <summary>Makes outcomes of interface types, which no implicit conversion reaches.</summary>
public static class Outcome
{
    /// <summary>The value as a success.</summary>
    public static Outcome<T> Of<T>(T value) => new(value, null);
}
