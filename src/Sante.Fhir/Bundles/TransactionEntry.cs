namespace Sante.Fhir.Bundles;

/// <summary>What an entry of a transaction or batch asks.</summary>
public enum TransactionMethod
{
    /// <summary>Deletes; processed first (http://hl7.org/fhir/R4/http.html#trules).</summary>
    Delete,
    /// <summary>Creates.</summary>
    Post,
    /// <summary>Updates.</summary>
    Put,
    /// <summary>Patches.</summary>
    Patch,
    /// <summary>Reads or searches; processed last.</summary>
    Get,
}

/// <summary>One entry of a transaction or batch, taken apart.</summary>
public sealed record TransactionEntry
{
    /// <summary>Place in the Bundle, from 0: the place of its answer too.</summary>
    public required int Position { get; init; }

    /// <summary>The interaction.</summary>
    public required TransactionMethod Method { get; init; }

    /// <summary>Resource type in <c>request.url</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Id in <c>request.url</c>, or null.</summary>
    public string? Id { get; init; }

    /// <summary>Criteria after <c>?</c> in <c>request.url</c> (conditional update or delete, search), or null.</summary>
    public string? Query { get; init; }

    /// <summary>The resource (POST, PUT; of PATCH the Binary or Parameters), or null.</summary>
    public FhirResource? Resource { get; init; }

    /// <summary><c>entry.fullUrl</c>, or null.</summary>
    public string? FullUrl { get; init; }

    /// <summary><c>request.ifNoneExist</c>: criteria of a conditional create, without a leading <c>?</c>.</summary>
    public string? IfNoneExist { get; init; }

    /// <summary><c>request.ifMatch</c>.</summary>
    public string? IfMatch { get; init; }

    /// <summary><c>request.ifNoneMatch</c>.</summary>
    public string? IfNoneMatch { get; init; }

    /// <summary><c>request.url</c> as it came: of a GET it may be any address of the service.</summary>
    public string Url { get; init; } = "";

    /// <summary>Of a batch: what is wrong with this entry, which then asks nothing; empty in a transaction, where it refuses the whole.</summary>
    public IReadOnlyList<FhirIssue> Issues { get; init; } = [];
}
