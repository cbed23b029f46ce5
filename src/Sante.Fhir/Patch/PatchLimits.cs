namespace Sante.Fhir.Patch;

/// <summary>Bounds on one patch (ADR 0024).</summary>
public sealed record PatchLimits
{
    /// <summary>The bounds for a request.</summary>
    public static readonly PatchLimits Default = new();

    /// <summary>Most operations of one patch.</summary>
    public int MaxOperations { get; init; } = 1000;

    /// <summary>Most bytes read while patching: each edit reads the resource again.</summary>
    public long MaxBytesRead { get; init; } = 128L * 1024 * 1024;

    /// <summary>Most steps of all paths of one patch together; each alone is bounded by <see cref="FhirPath.FhirPathLimits.Foreign"/>.</summary>
    public int MaxSteps { get; init; } = 500_000;

    /// <summary>How much larger than resource and patch together the result may be: copies of copies would double it each time.</summary>
    public int MaxGrowth { get; init; } = 4;

    /// <summary>Bounds of the patch itself and of the result.</summary>
    public FhirLimits Resource { get; init; } = FhirLimits.Default;
}
