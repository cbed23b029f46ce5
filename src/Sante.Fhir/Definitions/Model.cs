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
    public required string Name { get; init; }
    public required TypeKind Kind { get; init; }
    public bool Abstract { get; init; }
    public string Parent { get; init; } = "";
    public List<ElementDef> Elements { get; init; } = [];
    /// <summary>How many FHIRPath invariants the definition has (evaluated by a later form of the engine).</summary>
    public int Invariants { get; set; }
    public PropertyTable Properties { get; set; } = PropertyTable.Empty;
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
    public Binding? Binding { get; init; }
}

/// <summary>A type that an element may have, with the resource types that a Reference or canonical may name (none: any).</summary>
internal sealed class TypeUse
{
    public required string Name { get; init; }
    public List<string> Targets { get; init; } = [];
    public TypeDef Type { get; set; } = null!;
}

/// <summary>A required binding; other strengths are not kept.</summary>
internal sealed class Binding
{
    public required string ValueSet { get; init; }
    public ValueSetDef? Set { get; set; }
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

/// <summary>Codes of one system. <see cref="Systems"/> has every URI under which the system is known (OID and URL).</summary>
internal sealed class CodeList
{
    public required List<string> Systems { get; init; }
    public required List<string> Codes { get; init; }
    private HashSet<string>.AlternateLookup<ReadOnlySpan<char>>? lookup;

    public bool Contains(ReadOnlySpan<char> code)
    {
        // Two threads may both build it; either result is the same set.
        lookup ??= new HashSet<string>(Codes, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        return lookup.Value.Contains(code);
    }
}

/// <summary>A profile: constraints over a type, as a tree that holds only what differs from the base definition.</summary>
internal sealed class ProfileDef
{
    public required string Url { get; init; }
    public string Version { get; init; } = "";
    public required string Type { get; init; }
    public required Constraint Root { get; init; }
    /// <summary>Keys of its own invariants.</summary>
    public List<string> Invariants { get; init; } = [];
    /// <summary>Rules of ours, by name, see <c>Check/ProfileRules.cs</c>.</summary>
    public List<string> Rules { get; init; } = [];
}

/// <summary>What a profile says about one element (or one slice of it). Null means "as in the base".</summary>
internal sealed class Constraint
{
    public required string Element { get; init; }
    public string? Slice { get; init; }
    public int Min { get; set; }
    public int Max { get; set; } = ElementDef.Many;
    public List<TypeConstraint>? Types { get; set; }
    public byte[]? Fixed { get; set; }
    public byte[]? Pattern { get; set; }
    public Binding? Binding { get; set; }
    public Slicing? Slicing { get; set; }
    public List<Constraint> Slices { get; init; } = [];
    public List<Constraint> Children { get; init; } = [];
    public FhirNode FixedNode { get; set; }
    public FhirNode PatternNode { get; set; }

    public bool SaysNothing => Min == 0 && Max == ElementDef.Many && Types is null && Fixed is null && Pattern is null
        && Binding is null && Slicing is null && Slices.Count == 0 && Children.Count == 0;
}

internal sealed class TypeConstraint
{
    public required string Code { get; init; }
    public List<string> Profiles { get; init; } = [];
    public List<string> Targets { get; init; } = [];
}

internal enum DiscriminatorKind : byte
{
    Value,
    Exists,
    Type,
    Profile,
}

internal sealed class Slicing
{
    public required List<(DiscriminatorKind Kind, string Path)> Discriminators { get; init; }
    public bool Closed { get; init; }
}

/// <summary>A search parameter of one resource type (or <c>Resource</c>, for all).</summary>
internal sealed class SearchParameterDef
{
    public required string Base { get; init; }
    public required string Code { get; init; }
    public required string Type { get; init; }
    public required string Expression { get; init; }
    public List<string> Targets { get; init; } = [];
}

/// <summary>Everything that the compiled file holds.</summary>
internal sealed class DefinitionSet
{
    public List<TypeDef> Types { get; init; } = [];
    public List<ValueSetDef> ValueSets { get; init; } = [];
    public List<ProfileDef> Profiles { get; init; } = [];
    public List<SearchParameterDef> SearchParameters { get; init; } = [];
    /// <summary>Beginnings of canonicals of published profiles whose definitions are not at hand: accepted with the warning <c>profile-not-checked</c>.</summary>
    public List<string> KnownPrefixes { get; init; } = [];
    /// <summary>Old canonical (exact) to the present one.</summary>
    public List<(string Old, string Present)> Aliases { get; init; } = [];
}
