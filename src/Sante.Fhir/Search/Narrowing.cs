namespace Sante.Fhir.Search;

/// <summary>
/// What narrows candidates before they are opened. A matching resource has one of <see cref="Keys"/> among the <see cref="IndexValue.Keys"/> of its values,
/// or a date value of <see cref="Parameter"/> in one of <see cref="Windows"/>, or a text that begins with one of <see cref="Prefixes"/>, or a number in one
/// of <see cref="Numbers"/>: exactly one of the four lists is not empty. Necessary, and sufficient only when <see cref="IsExact"/>; a source may ignore
/// the kinds that it does not index.
/// </summary>
/// <param name="Parameter">Code of the parameter.</param>
/// <param name="Keys">Alternatives; empty when the condition is of another kind.</param>
/// <param name="Windows">Alternatives; empty when the condition is of another kind.</param>
public sealed record Narrowing(string Parameter, IReadOnlyList<string> Keys, IReadOnlyList<DateWindow> Windows)
{
    /// <summary>Alternatives: beginnings of folded texts (<see cref="TextFolding"/>).</summary>
    public IReadOnlyList<string> Prefixes { get; init; } = [];

    /// <summary>Alternatives: ranges of numbers or of quantities in canonical units.</summary>
    public IReadOnlyList<NumberWindow> Numbers { get; init; } = [];

    /// <summary>Every resource that is found so satisfies the condition: a source that indexes this kind can count without opening.</summary>
    public bool IsExact { get; init; }

    /// <summary>Both at once, for dates of one parameter of which a resource has one value at most: the pairs of windows that meet.</summary>
    internal Narrowing And(Narrowing other) => this with
    {
        Windows = [.. Windows.SelectMany(_ => other.Windows, (one, two) => one.Meet(two)).Where(window => window.LowFrom <= window.LowTo && window.HighFrom <= window.HighTo)],
        IsExact = IsExact && other.IsExact,
    };
}

/// <summary>A range of numbers, bounds included (already widened for rounding).</summary>
/// <param name="Low">Least.</param>
/// <param name="High">Greatest.</param>
/// <param name="Unit">Canonical unit of a quantity; "" for plain numbers.</param>
public readonly record struct NumberWindow(double Low, double High, string Unit);
