namespace Sante.Fhir.Search;

/// <summary>A resource being searched, with what the store knows about its version.</summary>
/// <param name="Resource">The opened resource.</param>
/// <param name="Id">The server's id.</param>
/// <param name="LastUpdatedAt">Instant of the version.</param>
/// <param name="Tag">The source's own: what leads it back to its row.</param>
public readonly record struct SearchSubject(FhirResource Resource, string Id, DateTimeOffset LastUpdatedAt, object? Tag = null);
