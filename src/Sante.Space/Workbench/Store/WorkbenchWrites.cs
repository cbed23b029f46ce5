using Sante.Fhir;
using Sante.Fhir.Search;
using Sante.Kernel;
using Sante.Ledger;

namespace Sante.Space.Workbench;

/// <summary>
/// One write. <see cref="Criteria"/> makes it conditional: of a create it is If-None-Exist, of the others it says which resource is meant.
/// Resources come checked; their references to other writes of the same call (by <see cref="Names"/>) and conditional references
/// (<c>Type?criteria</c>) are resolved by the store.
/// </summary>
public abstract record WorkbenchWrite(string Type)
{
    public SearchQuery? Criteria { get; init; }

    /// <summary>The version that must be present (If-Match), or null.</summary>
    public int? IfMatch { get; init; }

    /// <summary>By what references other entries of the same transaction name this resource: <c>urn:uuid:…</c>, the entry's fullUrl, <c>Type/id</c>.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];
}

/// <summary>POST: a new resource under a random id, whatever id it carries.</summary>
public sealed record WorkbenchCreate(FhirResource Resource) : WorkbenchWrite(Resource.Type);

/// <summary>
/// PUT: a new version, or the first one under the client's id. <paramref name="Id"/> null with <see cref="WorkbenchWrite.Criteria"/> (a conditional update:
/// the id in the resource, or a random one, when nothing matches). <paramref name="IfNoneMatchAny"/>: only as a create (If-None-Match: *).
/// </summary>
public sealed record WorkbenchUpdate(FhirResource Resource, string? Id, bool IfNoneMatchAny = false) : WorkbenchWrite(Resource.Type);

/// <summary>
/// PATCH: <paramref name="Next"/> makes the next resource from the present one (stamped, as served), checked already, or refuses. It may be called again
/// when another version came between.
/// </summary>
public sealed record WorkbenchPatch(string Type, string? Id, Func<FhirResource, Outcome<FhirResource>> Next) : WorkbenchWrite(Type);

/// <summary>DELETE of one resource, or of all that match the criteria (<paramref name="Many"/>; one at most otherwise). Nothing there: still a success.</summary>
public sealed record WorkbenchDelete(string Type, string? Id, bool Many = false) : WorkbenchWrite(Type);

/// <summary>What became of a write.</summary>
public enum WorkbenchOutcome
{
    Created,
    Updated,
    /// <summary>A patch or update that changes nothing: no new version.</summary>
    Unchanged,
    Deleted,
    /// <summary>A conditional create that found its resource.</summary>
    Found,
    /// <summary>A delete of what is not there (or is deleted already); <see cref="WorkbenchWritten.Resource"/> is null.</summary>
    Nothing,
}

/// <summary>
/// The answer to one write. <paramref name="Resource"/>: the version now present. <paramref name="Count"/>: how many a conditional delete of many deleted.
/// </summary>
public sealed record WorkbenchWritten(WorkbenchOutcome Outcome, WorkbenchResource? Resource, int Count = 1);

/// <summary>A refused call: nothing was written. <paramref name="Entry"/>: index of the write at fault, from 0. Codes: <see cref="WorkbenchRefusals"/>.</summary>
public sealed record WorkbenchRefused(Refusal Refusal, int Entry);

/// <summary>Either what was written, in the order of the writes, with the permit of the line that names it, or the refusal.</summary>
public sealed record WorkbenchAnswer(IReadOnlyList<WorkbenchWritten> Written, DisclosePermit? Permit, WorkbenchRefused? Refused);
