namespace Sante.Fhir.Definitions;

/// <summary>What a written constraint holds: most say one thing only.</summary>
[Flags]
internal enum Said : byte
{
    Cardinality = 1,
    Values = 2,
    Binding = 4,
    Types = 8,
    Slicing = 16,
    Invariants = 32,
    Slices = 64,
    Children = 128,
}

/// <summary>Reads a constraint's parts.</summary>
internal static class ConstraintParts
{
    public static Said Says(this Constraint constraint) =>
        (constraint.Min != 0 || constraint.Max != ElementDef.Many ? Said.Cardinality : 0)
        | (constraint.Fixed is not null || constraint.Pattern is not null || constraint.MinValue is not null || constraint.MaxValue is not null || constraint.MaxLength != 0 ? Said.Values : 0)
        | (constraint.Binding is not null ? Said.Binding : 0)
        | (constraint.Types is not null ? Said.Types : 0)
        | (constraint.Slicing is not null ? Said.Slicing : 0)
        | (constraint.Invariants.Count > 0 ? Said.Invariants : 0)
        | (constraint.Slices.Count > 0 ? Said.Slices : 0)
        | (constraint.Children.Count > 0 ? Said.Children : 0);
}
