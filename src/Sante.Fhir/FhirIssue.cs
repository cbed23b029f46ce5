namespace Sante.Fhir;

/// <summary>How grave an issue is; an <see cref="Error"/> or <see cref="Fatal"/> refuses the resource.</summary>
public enum FhirSeverity
{
    /// <summary>Nothing was read further (broken JSON).</summary>
    Fatal,
    /// <summary>A rule is broken.</summary>
    Error,
    /// <summary>Accepted, and worth knowing (for example <c>binding-not-checked</c>).</summary>
    Warning,
    /// <summary>A remark.</summary>
    Information,
}

/// <summary>One finding about a resource or a request, as data; written as an OperationOutcome issue.</summary>
/// <param name="Severity">Whether it refuses.</param>
/// <param name="Type">FHIR issue-type code (<c>structure</c>, <c>required</c>, <c>value</c>, <c>code-invalid</c>, <c>invalid</c>, <c>not-supported</c>, <c>too-long</c>, <c>too-costly</c>, <c>invariant</c>…).</param>
/// <param name="Code">Our stable kebab-case code, listed in <c>eng/refusals.md</c>.</param>
/// <param name="Expression">FHIRPath of the element, or null when the problem has no place (broken JSON).</param>
/// <param name="Text">One sentence in French; never holds a value taken from the resource, only names of elements, codes of value sets and canonical URLs of ours.</param>
public sealed record FhirIssue(FhirSeverity Severity, string Type, string Code, string? Expression, string Text)
{
    /// <summary>True when this issue alone refuses the resource.</summary>
    public bool Refuses => Severity is FhirSeverity.Fatal or FhirSeverity.Error;

    internal static FhirIssue Error(string type, string code, string? expression, string text) =>
        new(FhirSeverity.Error, type, code, expression, text);
}
