namespace Sante.Fhir.Definitions;

/// <summary>A profile: constraints over a type, as a tree that holds only what differs from the base definition.</summary>
internal sealed class ProfileDef
{
    public required string Url { get; init; }
    public string Version { get; init; } = "";
    public required string Type { get; init; }
    /// <summary><see cref="Type"/> as it stands in <c>resourceType</c>.</summary>
    public byte[] TypeUtf8 => field ??= System.Text.Encoding.UTF8.GetBytes(Type);
    public required Constraint Root { get; init; }
    /// <summary>Canonical of the definition that it narrows; what conforms to a profile conforms to its base too.</summary>
    public string Base { get; init; } = "";
    /// <summary>Rules of ours, by name, see <c>Check/ProfileRules.cs</c>.</summary>
    public List<string> Rules { get; init; } = [];
    /// <summary>Of an extension: where it may stand, as element paths or types (<c>Patient.contact</c>, <c>HumanName</c>, <c>Element</c>); empty: anywhere.</summary>
    public List<string> Contexts { get; init; } = [];
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
    /// <summary>JSON of <c>minValue[x]</c> and <c>maxValue[x]</c>.</summary>
    public byte[]? MinValue { get; set; }
    public byte[]? MaxValue { get; set; }
    /// <summary>Longest text in characters; 0: no bound.</summary>
    public int MaxLength { get; set; }
    public Binding? Binding { get; set; }
    public Slicing? Slicing { get; set; }
    /// <summary>Invariants that the base does not have; the context is a value of the element.</summary>
    public List<InvariantDef> Invariants { get; set; } = [];
    public List<Constraint> Slices { get; init; } = [];
    public List<Constraint> Children { get; init; } = [];
    public FhirNode FixedNode { get; set; }
    public FhirNode PatternNode { get; set; }
    public FhirNode MinNode { get; set; }
    public FhirNode MaxNode { get; set; }

    /// <summary>The constraint on a child element, or null.</summary>
    public Constraint? Child(string element)
    {
        foreach (var child in Children)
        {
            if (child.Element == element)
            {
                return child;
            }
        }

        return null;
    }

    public bool SaysNothing => Min == 0 && Max == ElementDef.Many && Types is null && Fixed is null && Pattern is null && MinValue is null && MaxValue is null
        && MaxLength == 0 && Binding is null && Slicing is null && Invariants.Count == 0 && Slices.Count == 0 && Children.Count == 0;
}

internal sealed class TypeConstraint
{
    public required string Code { get; init; }
    public List<string> Profiles { get; init; } = [];
    /// <summary>Canonicals of what a Reference or canonical may name.</summary>
    public List<string> Targets { get; init; } = [];
    /// <summary>The resource types of <see cref="Targets"/>; null: any, or not known.</summary>
    public List<string>? TargetTypes { get; set; }
}

internal enum DiscriminatorKind : byte
{
    /// <summary>Also the R4 kind <c>pattern</c>, which means the same.</summary>
    Value,
    Exists,
    Type,
    Profile,
}

internal sealed class Slicing
{
    private (DiscriminatorKind Kind, string[] Steps)[]? ways;

    public required List<(DiscriminatorKind Kind, string Path)> Discriminators { get; init; }
    /// <summary>The discriminators, cut into steps.</summary>
    public (DiscriminatorKind Kind, string[] Steps)[] Ways => ways ??= [.. Discriminators.Select(one => (one.Kind, DiscriminatorPath.Steps(one.Path)))];
    /// <summary>A value of no slice is refused.</summary>
    public bool Closed { get; init; }
    /// <summary>Values of no slice stand after all others (<c>openAtEnd</c>).</summary>
    public bool OpenAtEnd { get; init; }
    /// <summary>Values stand in the order of their slices.</summary>
    public bool Ordered { get; init; }
}
