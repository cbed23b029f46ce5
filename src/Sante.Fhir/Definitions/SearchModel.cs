namespace Sante.Fhir.Definitions;

/// <summary>A search parameter of one resource type (or <c>Resource</c> and <c>DomainResource</c>, for all).</summary>
internal sealed record SearchParameterDef
{
    public required string Base { get; init; }
    public required string Code { get; init; }
    /// <summary>number, date, string, token, reference, composite, quantity, uri or special.</summary>
    public required string Type { get; init; }
    /// <summary>The canonical of the SearchParameter; of several with one code on one type, the first.</summary>
    public string Url { get; init; } = "";
    /// <summary>FHIRPath, only the operands that speak of <see cref="Base"/>; empty where the specification gives none (<c>_text</c>, <c>_content</c>…).</summary>
    public required string Expression { get; init; }
    /// <summary>Resource types that a reference may name.</summary>
    public List<string> Targets { get; init; } = [];
    /// <summary>Of a composite: its parts in order.</summary>
    public List<SearchComponentDef> Components { get; init; } = [];
    /// <summary>Comparators, modifiers and chains that the definition lists; empty: it says nothing.</summary>
    public List<string> Comparators { get; init; } = [];
    public List<string> Modifiers { get; init; } = [];
    public List<string> Chains { get; init; } = [];
    /// <summary>False only when the definition forbids several values (composites of R4).</summary>
    public bool MultipleOr { get; init; } = true;
}

/// <summary>One part of a composite parameter.</summary>
internal sealed class SearchComponentDef
{
    /// <summary>Canonical of the parameter that gives the part's type.</summary>
    public required string Definition { get; init; }
    /// <summary>Its type (<c>token</c>, <c>quantity</c>…), resolved at compile time; empty when the definition is not at hand.</summary>
    public required string Type { get; init; }
    /// <summary>Code of that parameter, for messages.</summary>
    public required string Code { get; init; }
    /// <summary>FHIRPath relative to a value of the composite's own expression.</summary>
    public required string Expression { get; init; }
}

/// <summary>A compartment: which search parameters of which types lead to its owner (http://hl7.org/fhir/R4/compartmentdefinition.html).</summary>
internal sealed class CompartmentDef
{
    /// <summary>The owner's resource type: <c>Patient</c>.</summary>
    public required string Code { get; init; }
    public required string Url { get; init; }
    /// <summary>Types that are in it, each with the codes of reference parameters (any suffices); <c>{def}</c>: the owner itself. Other types are not in it.</summary>
    public List<(string Type, List<string> Parameters)> Members { get; init; } = [];
}
