using Sante.Fhir.Bundles;
using Sante.Kernel;
using Sante.Ledger;

namespace Sante.Space.Workbench;

/// <summary>
/// One workbench: a private, disposable FHIR server of an integrator, synthetic data only. <paramref name="Number"/> is new at each creation: one that is
/// wiped and made again is another. <paramref name="Home"/> holds what is in no patient's compartment.
/// </summary>
public sealed record WorkbenchServer(string Name, Guid Number, SpaceId Home);

/// <summary>A version of a resource as stored. <paramref name="Received"/> are the bytes as they came (empty when deleted); <see cref="Stamped"/> those to serve.</summary>
public sealed record WorkbenchResource(
    string Type, string Id, int Version, DateTimeOffset At, bool Deleted, ReadOnlyMemory<byte> Received, StampPlaces Places)
{
    public FhirStamp Stamp => new(Id, Version, At);

    /// <summary>The resource as served: received bytes with id, meta.versionId and meta.lastUpdated.</summary>
    public byte[] Stamped() => Places.Write(Received.Span, Stamp);

    public override string ToString() => $"{Type} version {Version}";
}

/// <summary>What a read found; null when no such resource or version was ever there. A deleted one is found as <see cref="WorkbenchResource.Deleted"/>.</summary>
public sealed record WorkbenchRead(WorkbenchResource? Found, DisclosePermit Permit);

/// <summary>
/// One page of a search, a history or $everything, in the order of the answer. <paramref name="Total"/> null when not asked or not known;
/// <paramref name="Next"/>: opaque, URL-safe cursor, null on the last page; it never expires.
/// </summary>
public sealed record WorkbenchPage(
    IReadOnlyList<WorkbenchResource> Matches, IReadOnlyList<WorkbenchResource> Included, long? Total, string? Next, DisclosePermit Permit);

/// <summary>
/// Which versions a history tells of: of one resource (<paramref name="Type"/> and <paramref name="Id"/>), of a type, of the whole workbench (both null).
/// Newest first. <paramref name="Since"/>: at or after. <paramref name="At"/>: versions that were present at some time in [from, to).
/// </summary>
public sealed record WorkbenchHistoryQuery(
    string? Type, string? Id, DateTimeOffset? Since, (DateTimeOffset From, DateTimeOffset To)? At, int Count, string? Cursor);

/// <summary>What <c>Patient/[id]/$everything</c> asks. <paramref name="Types"/> null for all; <paramref name="Since"/>: changed at or after.</summary>
public sealed record WorkbenchEverythingQuery(string PatientId, IReadOnlyCollection<string>? Types, DateTimeOffset? Since, int Count, string? Cursor);

/// <summary>One line of the trace of a space of a workbench, its compact JSON opened (<see cref="WorkbenchLine"/>).</summary>
public sealed record WorkbenchTraceLine(SpaceId Space, long Number, DateTimeOffset At, WorkbenchLine Line);

/// <summary>
/// The content of a trace line of a workbench: who (kind, identifier), through which client, what (<c>read</c>, <c>vread</c>, <c>search-type</c>,
/// <c>history-instance</c>, <c>create</c>, <c>update</c>, <c>patch</c>, <c>delete</c>, <c>transaction</c>…: the specification's interaction codes) and
/// the <c>Type/id</c> that left this space or changed in it.
/// </summary>
public sealed record WorkbenchLine(ActorIdentifier Who, string? Client, string What, IReadOnlyList<string> Ids);
