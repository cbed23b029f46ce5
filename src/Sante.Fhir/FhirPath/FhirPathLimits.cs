namespace Sante.Fhir.FhirPath;

/// <summary>Bounds on one evaluation, so that no expression can hang or fill the memory (ADR 0024).</summary>
public sealed record FhirPathLimits
{
    /// <summary>For expressions of our own definitions (invariants, search parameters).</summary>
    public static readonly FhirPathLimits Default = new();

    /// <summary>For expressions that come with a request.</summary>
    public static readonly FhirPathLimits Foreign = new() { MaxSteps = 500_000, MaxItems = 100_000, MaxTextLength = 1_000_000, AllowsBacktracking = false };

    /// <summary>Most steps: one per visited node of the expression and per item touched.</summary>
    public int MaxSteps { get; init; } = 20_000_000;

    /// <summary>Most items of one collection.</summary>
    public int MaxItems { get; init; } = 1_000_000;

    /// <summary>Longest string made, in UTF-16 units.</summary>
    public int MaxTextLength { get; init; } = 16 * 1024 * 1024;

    /// <summary>Regular expressions with look-around or back references are taken; they are matched by backtracking, under the time limit.</summary>
    public bool AllowsBacktracking { get; init; } = true;

    /// <summary>Longest expression, in UTF-16 units.</summary>
    public const int MaxExpressionLength = 16 * 1024;

    /// <summary>Deepest tree of an expression.</summary>
    public const int MaxExpressionDepth = 300;

    /// <summary>Longest time for one match of a regular expression, in milliseconds.</summary>
    public const int MaxMatchMilliseconds = 1000;
}
