namespace Sante.Fhir.Terminology;

/// <summary>A <c>$expand</c>. The set is named by <see cref="Url"/> or given whole.</summary>
public sealed record ExpandQuery
{
    /// <summary>Canonical, version admitted and not looked at.</summary>
    public string? Url { get; init; }

    /// <summary>A ValueSet resource, stored or posted; wins over <see cref="Url"/>.</summary>
    public FhirResource? ValueSet { get; init; }

    /// <summary>Words that code or display must hold, each at the beginning of a word; case and accents do not count.</summary>
    public string? Filter { get; init; }

    /// <summary>Codes to pass over, 0 or more.</summary>
    public int Offset { get; init; }

    /// <summary>Codes to give, 0 or more; null: up to <see cref="MaxCodes"/>.</summary>
    public int? Count { get; init; }

    /// <summary>Language of displays, where one is known (BCP 47).</summary>
    public string? DisplayLanguage { get; init; }

    /// <summary>Leave retired codes out.</summary>
    public bool ActiveOnly { get; init; }

    /// <summary>Give displays of all languages.</summary>
    public bool IncludeDesignations { get; init; }

    /// <summary>Most codes in one answer; the whole of R4's largest set has fewer than 4,000.</summary>
    public const int MaxCodes = 5000;
}

/// <summary>A <c>$validate-code</c> over a value set (<see cref="Url"/> or <see cref="ValueSet"/>), or over a code system when neither is given.</summary>
public sealed record ValidateCodeQuery
{
    /// <summary>Canonical of the value set.</summary>
    public string? Url { get; init; }

    /// <summary>A ValueSet resource; wins over <see cref="Url"/>.</summary>
    public FhirResource? ValueSet { get; init; }

    /// <summary>One of these codings must be right (a CodeableConcept has several). A null system: whatever system.</summary>
    public required IReadOnlyList<(string? System, string Code, string? Display)> Codings { get; init; }

    /// <summary>Language of the display in the answer.</summary>
    public string? DisplayLanguage { get; init; }
}
