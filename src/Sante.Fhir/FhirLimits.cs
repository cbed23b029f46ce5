namespace Sante.Fhir;

/// <summary>Bounds on what is read. Chosen here, not by FHIR, which sets none (ADR 0020).</summary>
public sealed record FhirLimits
{
    /// <summary>The bounds for one request to <c>/fhir</c>.</summary>
    public static readonly FhirLimits Default = new();

    /// <summary>Largest body, in bytes. 16 MiB: a transaction with a scanned document in base64.</summary>
    public int MaxBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Deepest nesting of objects and arrays. 64, as System.Text.Json has by default.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>Longest number token, in bytes.</summary>
    public int MaxNumberBytes { get; init; } = 64;

    /// <summary>Most issues reported for one resource; checking goes on silently no further.</summary>
    public int MaxIssues { get; init; } = 100;

    /// <summary>Most entries of one Bundle.</summary>
    public int MaxBundleEntries { get; init; } = 2000;
}
