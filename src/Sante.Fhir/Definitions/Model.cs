using Sante.Fhir.FhirPath;

namespace Sante.Fhir.Definitions;

internal enum TypeKind : byte
{
    Primitive,
    Complex,
    /// <summary>An element of a resource or type that has elements of its own, named by its path: <c>Observation.component</c>.</summary>
    Backbone,
    Resource,
}

/// <summary>A FHIR type: resource, data type or the inside of an element. All elements, inherited ones included, in order.</summary>
internal sealed class TypeDef
{
    private PropertyTable? properties;

    public required string Name { get; init; }
    public required TypeKind Kind { get; init; }
    public bool Abstract { get; init; }
    /// <summary>The type that it specialises; <c>BackboneElement</c> or <c>Element</c> for the inside of an element; empty for <c>Element</c> and <c>Resource</c>.</summary>
    public string Parent { get; init; } = "";
    public List<ElementDef> Elements { get; init; } = [];
    /// <summary>Its invariants, inherited ones included; the context is a value of the type.</summary>
    public List<InvariantDef> Invariants { get; init; } = [];
    public PropertyTable Properties => properties ??= PropertyTable.Of(this);
    public PrimitiveForm Primitive { get; set; }
}

/// <summary>One element; <see cref="Choice"/> when its JSON name ends with the type: <c>value[x]</c> has name <c>value</c>.</summary>
internal sealed class ElementDef
{
    public const int Many = int.MaxValue;

    public required string Name { get; init; }
    public bool Choice { get; init; }
    public int Min { get; init; }
    public int Max { get; init; }
    public bool Summary { get; init; }
    public bool Modifier { get; init; }
    public List<TypeUse> Types { get; init; } = [];
    /// <summary>Its binding, of whatever strength; null without one.</summary>
    public Binding? Binding { get; init; }
    /// <summary>Invariants of this element beyond those of its type; the context is a value of the element.</summary>
    public List<InvariantDef> Invariants { get; init; } = [];
}

/// <summary>A type that an element may have, with the resource types that a Reference or canonical may name (none: any).</summary>
internal sealed class TypeUse
{
    public required string Name { get; init; }
    public List<string> Targets { get; init; } = [];
    public TypeDef Type { get; set; } = null!;
}

internal enum BindingStrength : byte
{
    Required,
    Extensible,
    Preferred,
    Example,
}

/// <summary>A binding. <see cref="Set"/> has the codes of a required one; those of others are in <see cref="Terminology"/>.</summary>
internal sealed class Binding
{
    public required string ValueSet { get; init; }
    public BindingStrength Strength { get; init; }
    public bool IsRequired => Strength == BindingStrength.Required;
    public ValueSetDef? Set { get; set; }
}

/// <summary>A FHIRPath invariant, one object for all places that have it.</summary>
internal sealed class InvariantDef
{
    private InvariantPlan? plan;
    private FhirPathExpression? compiled;

    public required string Key { get; init; }
    public InvariantPlan Plan => plan ??= InvariantPlans.ByKey.GetValueOrDefault(Key);
    /// <summary>False: breaking it is a warning.</summary>
    public bool IsError { get; init; }
    /// <summary>The rule in English, as its author wrote it.</summary>
    public required string Human { get; init; }
    public required string Expression { get; init; }
    /// <summary>The expression, compiled on first use; null when the engine refuses it.</summary>
    public FhirPathExpression? Compiled => compiled ??= FhirPathExpression.Parse(Expression).TryGet(out var made, out _) ? made : null;
}

internal enum Membership : byte
{
    /// <summary>The codes are listed.</summary>
    Codes,
    /// <summary>No source of codes was at hand: every use gives <c>binding-not-checked</c>.</summary>
    Unknown,
    /// <summary>BCP 13 media types: grammar only.</summary>
    MediaType,
    /// <summary>ISO 4217: three capitals.</summary>
    Currency,
    /// <summary>BCP 47 language tags: grammar only.</summary>
    Language,
    /// <summary>UCUM units: printable ASCII without spaces; the full grammar comes with quantities.</summary>
    UcumUnit,
}

/// <summary>The codes of a value set, by system.</summary>
internal sealed class ValueSetDef
{
    public required string Url { get; init; }
    public Membership Membership { get; init; }
    public List<CodeList> Lists { get; init; } = [];
}

/// <summary>Everything that the compiled file holds.</summary>
internal sealed class DefinitionSet
{
    public List<TypeDef> Types { get; init; } = [];
    public List<ValueSetDef> ValueSets { get; init; } = [];
    public List<ProfileDef> Profiles { get; init; } = [];
    public List<SearchParameterDef> SearchParameters { get; init; } = [];
    public List<CompartmentDef> Compartments { get; init; } = [];
    /// <summary>Beginnings of canonicals of published profiles whose definitions are not at hand: accepted with the warning <c>profile-not-checked</c>.</summary>
    public List<string> KnownPrefixes { get; init; } = [];
    /// <summary>Old canonical (exact) to the present one.</summary>
    public List<(string Old, string Present)> Aliases { get; init; } = [];
}
