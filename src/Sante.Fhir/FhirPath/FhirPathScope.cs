namespace Sante.Fhir.FhirPath;

/// <summary>
/// What an expression may know beside its context. One per run (a validation, a search, a patch), reused for many evaluations of it,
/// never by two threads at once: it owns the buffers.
/// </summary>
public sealed class FhirPathScope
{
    private PathRun? idle;
    private ReferenceIndex? references;

    /// <summary>%resource: the innermost resource around the context. Absent: the context.</summary>
    public FhirPathValue Resource { get; set; }

    /// <summary>%rootResource: the container of %resource when that one is contained, else the same. Absent: %resource.</summary>
    public FhirPathValue RootResource { get; set; }

    /// <summary>The Bundle in which references are resolved by fullUrl, when there is one.</summary>
    public FhirNode Bundle { get; set; }

    /// <summary>Gives the resource that a reference names, or null; asked after contained resources and the Bundle.</summary>
    public Func<string, FhirResource?>? Resolver { get; init; }

    /// <summary>Whether a code, Coding or CodeableConcept (the node) is in the value set (the canonical); null when that cannot be told.</summary>
    public Func<FhirPathValue, string, bool?>? MemberOf { get; init; }

    /// <summary>Whether the element conforms to the profile of that canonical; null when the profile is unknown. Base types need no callback.</summary>
    public Func<FhirPathValue, string, bool?>? ConformsTo { get; init; }

    /// <summary>The instant of now(), today() and timeOfDay(), with the offset to show; without it these functions are refused.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>Bounds.</summary>
    public FhirPathLimits Limits { get; init; } = FhirPathLimits.Default;

    /// <summary>An unresolved reference counts as a resource of the type that its text tells: what <c>resolve() is Patient</c> of search parameters needs.</summary>
    public bool ReferencesByType { get; init; }

    /// <summary><c>as</c> on several items is an error, as in the FHIRPath standard; R4's own invariants and search parameters use it as a filter, the default.</summary>
    public bool AsNeedsOneItem { get; init; }

    /// <summary>Variables by name without %, for example <c>%questionnaire</c>.</summary>
    public IReadOnlyDictionary<string, FhirPathValue>? Variables { get; init; }

    /// <summary>Receives what <c>trace()</c> sees; values are personal.</summary>
    public Action<string, IReadOnlyList<FhirPathValue>>? Trace { get; init; }

    /// <summary>A run with this scope's buffers; a nested evaluation (a callback) gets buffers of its own.</summary>
    internal PathRun Begin(in FhirPathValue context)
    {
        var run = idle ?? new PathRun(this);
        idle = null;
        run.Begin(context);
        return run;
    }

    internal void End(PathRun run) => (idle, StepsUsed) = (run, StepsUsed + Limits.MaxSteps - run.StepsLeft);

    /// <summary>Steps of all evaluations so far; a faulty one counts as all that it might use.</summary>
    internal long StepsUsed { get; private set; }

    internal ReferenceIndex References => references is { } known && known.Bundle == Bundle ? known : references = new ReferenceIndex(Bundle);
}
