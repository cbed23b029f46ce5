using Sante.Fhir.Definitions;
using Sante.Fhir.Json;

namespace Sante.Fhir.FhirPath;

/// <summary>One item of a collection: a typed element of a resource or a System value; 32 bytes. The default value is no item.</summary>
public readonly struct FhirPathValue
{
    // A JsonTree (element), string, boxed decimal, Moment, Quantity or TypeName; by Kind.
    private readonly object? content;
    // Element: entry of the value, or -1 when only `_name` is there. Boolean, Integer: the value itself.
    private readonly int number;

    private FhirPathValue(FhirPathKind kind, object? content, int number, int companion, TypeDef? type) =>
        (Kind, this.content, this.number, CompanionIndex, Type) = (kind, content, number, companion, type);

    /// <summary>What it is.</summary>
    public FhirPathKind Kind { get; }

    /// <summary>Element: entry of <c>_name</c>, or -1.</summary>
    internal int CompanionIndex { get; }

    /// <summary>Element: its definition; null when unknown.</summary>
    internal TypeDef? Type { get; }

    internal int Index => number;

    internal JsonTree? Tree => content as JsonTree;

    /// <summary>Element: the value's node; absent when a primitive has extensions only. Absent for System values.</summary>
    public FhirNode Node => Kind == FhirPathKind.Element && number >= 0 && content is JsonTree tree ? new FhirNode(tree, number) : default;

    /// <summary>Element: the node of <c>_name</c> that holds id and extensions of a primitive.</summary>
    public FhirNode Companion => Kind == FhirPathKind.Element && CompanionIndex >= 0 && content is JsonTree tree ? new FhirNode(tree, CompanionIndex) : default;

    /// <summary>Name of the FHIR type (<c>HumanName</c>, <c>Observation.component</c>) or of the System type (<c>Integer</c>); null when unknown.</summary>
    public string? TypeName => Kind switch
    {
        FhirPathKind.Element => Type?.Name ?? Node["resourceType"u8].Text,
        FhirPathKind.None => null,
        FhirPathKind.Type => "SimpleTypeInfo",
        _ => Kind.ToString(),
    };

    /// <summary>The text of a primitive or System value in the form of <c>toString()</c>; null for complex elements and no item.</summary>
    public string? Text => Kind switch
    {
        FhirPathKind.Element => Node.Text,
        FhirPathKind.Boolean => number != 0 ? "true" : "false",
        FhirPathKind.Integer => number.ToString(System.Globalization.CultureInfo.InvariantCulture),
        FhirPathKind.Decimal => Number.ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => content?.ToString(),
    };

    internal bool Truth => number != 0;

    internal int Whole => number;

    internal decimal Number => Kind == FhirPathKind.Integer ? number : (decimal)content!;

    internal string String => (string)content!;

    internal Moment Moment => (Moment)content!;

    internal Quantity Quantity => (Quantity)content!;

    internal TypeName Named => (TypeName)content!;

    internal bool Exists => Kind != FhirPathKind.None;

    /// <summary>The kind of JSON value under an element.</summary>
    internal FhirNodeKind NodeKind => Kind == FhirPathKind.Element && number >= 0 && content is JsonTree tree ? tree.Entries[number].Kind : FhirNodeKind.None;

    internal static FhirPathValue Of(bool value) => new(FhirPathKind.Boolean, null, value ? 1 : 0, -1, null);

    internal static FhirPathValue Of(int value) => new(FhirPathKind.Integer, null, value, -1, null);

    internal static FhirPathValue Of(decimal value) => new(FhirPathKind.Decimal, value, 0, -1, null);

    internal static FhirPathValue Of(string value) => new(FhirPathKind.String, value, 0, -1, null);

    internal static FhirPathValue Of(Moment value) => new(value.Kind, value, 0, -1, null);

    internal static FhirPathValue Of(Quantity value) => new(FhirPathKind.Quantity, value, 0, -1, null);

    internal static FhirPathValue Of(TypeName value) => new(FhirPathKind.Type, value, 0, -1, null);

    internal static FhirPathValue Element(JsonTree tree, int index, int companion, TypeDef? type) => new(FhirPathKind.Element, tree, index, companion, type);

    /// <summary>An element of known type; <paramref name="type"/> null when it has no definition.</summary>
    internal static FhirPathValue Of(FhirNode node, TypeDef? type, FhirNode companion = default) =>
        node.Exists ? Element(node.Tree, node.Index, companion.Exists ? companion.Index : -1, type)
        : companion.Exists ? Element(companion.Tree, -1, companion.Index, type) : default;

    /// <summary>A resource that is known by its type only (the target of a reference that nobody resolved).</summary>
    internal static FhirPathValue OnlyTyped(TypeDef type) => new(FhirPathKind.Element, null, -1, -1, type);

    /// <summary>A resource or the entry of one.</summary>
    public static FhirPathValue Of(FhirResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return Of(resource.Root, Schema.ResourceType(resource.Root));
    }

    /// <summary>The kind only: values are personal.</summary>
    public override string ToString() => $"({TypeName})";
}

/// <summary>Namespace and name of a type, as <c>type()</c> answers them.</summary>
internal sealed record TypeName(string Namespace, string Name)
{
    public override string ToString() => $"{Namespace}.{Name}";
}
