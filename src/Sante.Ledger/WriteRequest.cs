using Sante.Kernel;

namespace Sante.Ledger;

/// <summary>A fact to append. <paramref name="Version"/> counts from 1 without gaps in its stream; <paramref name="Body"/> is plain and sealed by the ledger.</summary>
public sealed record NewEvent(string Stream, int Version, ReadOnlyMemory<byte> Body);

/// <summary>A search value of a resource, stored as a keyed token: <paramref name="Parameter"/> such as <c>DocumentReference.type</c>, <paramref name="Value"/> such as <c>system|code</c>.</summary>
public readonly record struct IndexToken(string Parameter, string Value);

/// <summary>An interval of instants, stored in clear under a keyed parameter.</summary>
public readonly record struct IndexDate(string Parameter, DateTimeOffset Low, DateTimeOffset High);

/// <summary>A number in its canonical unit, stored in clear: workbenches only. <paramref name="Parameter"/> names the unit too.</summary>
public readonly record struct IndexNumber(string Parameter, double Value);

/// <summary>A folded text, stored in clear: workbenches only. Its beginning is kept (<see cref="MaxLength"/>).</summary>
public readonly record struct IndexText(string Parameter, string Folded)
{
    /// <summary>Longer texts are cut: what is found is checked after opening.</summary>
    public const int MaxLength = 64;
}

/// <summary>
/// A new version of a resource. <paramref name="ExpectedVersion"/> is the present one, 0 to create, <see cref="AnyVersion"/> or <see cref="DeletedVersion"/>:
/// another state is the verdict <see cref="VerdictKind.Conflict"/>. <paramref name="Body"/> is opaque here and sealed.
/// </summary>
public sealed record NewResource(Guid Id, int ExpectedVersion, string Type, ReadOnlyMemory<byte> Body,
    IReadOnlyList<IndexToken> Tokens, IReadOnlyList<IndexDate> Dates, bool Deleted = false)
{
    /// <summary>The resource must be there and not deleted, at any version.</summary>
    public const int AnyVersion = -1;
    /// <summary>The resource must be there and deleted.</summary>
    public const int DeletedVersion = -2;

    public IReadOnlyList<IndexNumber> Numbers { get; init; } = [];
    public IReadOnlyList<IndexText> Texts { get; init; } = [];
    /// <summary>Row ids of patients of whose compartment it is although it lives in another space.</summary>
    public IReadOnlyList<Guid> Mentions { get; init; } = [];
}

/// <summary>
/// What a conditional interaction looked at: the present resources of <paramref name="Type"/> with all of <paramref name="Tokens"/>. Under the lock of
/// <paramref name="Name"/> (the normalised criteria) they must still be <paramref name="Candidates"/>, else the verdict is <see cref="VerdictKind.Moved"/>.
/// </summary>
public sealed record Guard(string Name, string Type, IReadOnlyList<IndexToken> Tokens, IReadOnlyList<(Guid Id, int Version)> Candidates);

/// <summary>Work due at a platform time, one per name in a space: a new date replaces the former, <paramref name="At"/> null cancels.</summary>
public sealed record DueChange(string Name, DateTimeOffset? At, ReadOnlyMemory<byte> Body);

/// <summary>
/// A retried write finds its first result. <paramref name="Key"/> is unique in the space within <paramref name="Scope"/> (the author);
/// the same key with another <paramref name="Fingerprint"/> is <see cref="VerdictKind.KeyReused"/>.
/// </summary>
public sealed record IdempotencyKey(string Scope, string Key, ReadOnlyMemory<byte> Fingerprint, ReadOnlyMemory<byte> Result);

/// <summary>
/// What one request wants recorded in one space, all or nothing. It is accepted only if, under the lock of the space's row, the
/// access version (and the state version, when given) is still the one decided on and <see cref="Until"/> is not past.
/// </summary>
public sealed record WriteRequest(SpaceId Space, long AccessVersion)
{
    /// <summary>The permit's end, platform time.</summary>
    public DateTimeOffset? Until { get; init; }
    /// <summary>The state version decided on; required with <see cref="Events"/>.</summary>
    public long? StateVersion { get; init; }
    /// <summary>Whether this changes who may see what: the access version goes up by one.</summary>
    public bool RaisesAccess { get; init; }
    /// <summary>Slot of a space that begins with this request (it must not exist; access version 1, state version 0).</summary>
    public int? BirthSlot { get; init; }
    /// <summary>Of a birth: the workbench that the space is of. It must exist.</summary>
    public Guid? Workbench { get; init; }
    /// <summary>Resources, of any space, that must exist: else the verdict is <see cref="VerdictKind.Astray"/>.</summary>
    public IReadOnlyList<Guid> MustExist { get; init; } = [];
    public IReadOnlyList<Guard> Guards { get; init; } = [];
    /// <summary>Trace lines, plain; sealed by the ledger under the trace key.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Lines { get; init; } = [];
    public IReadOnlyList<NewEvent> Events { get; init; } = [];
    public IReadOnlyList<NewResource> Resources { get; init; } = [];
    public IReadOnlyList<DueChange> Due { get; init; } = [];
    /// <summary>Messages for other spaces, delivered at least once after the commit.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Outbox { get; init; } = [];
    public IdempotencyKey? Idempotency { get; init; }
    /// <summary>For a refusal: equal keys within a minute at one access version share one line.</summary>
    public string? ShareKey { get; init; }

    /// <summary>An empty space begins: an actor's own log, before there is anything in it. No fact outside spaces bears on that.</summary>
    internal bool IsBareBirth => BirthSlot is not null && Lines.Count + Events.Count + Resources.Count + Due.Count + Outbox.Count == 0;

    /// <summary>A refusal's line and nothing else: equal ones may share one line, and one place in a batch.</summary>
    internal bool IsRefusalOnly => ShareKey is not null && Until is null && StateVersion is null && !RaisesAccess && BirthSlot is null && Idempotency is null
        && Events.Count + Resources.Count + Due.Count + Outbox.Count == 0;

    /// <summary>Must be the only request of its space in a batch, but for refusals equal to it.</summary>
    internal bool IsExclusive => StateVersion is not null || RaisesAccess || BirthSlot is not null || Idempotency is not null || ShareKey is not null;
}

/// <summary>The writer's answer to one request. Values are those of <c>ledger.commit_batch</c>.</summary>
public enum VerdictKind
{
    Accepted = 0,
    /// <summary>Access or state version moved, nothing written: reload and decide again.</summary>
    Stale = 1,
    /// <summary>Another holds the space's lock; never leaves the writer.</summary>
    Busy = 2,
    /// <summary>A resource is not at its expected version, nothing written.</summary>
    Conflict = 3,
    /// <summary>Written before under this idempotency key: <see cref="Verdict.Result"/> is the first result.</summary>
    Duplicate = 4,
    /// <summary>The permit ended before the line could be written: decide again.</summary>
    Ended = 5,
    UnknownSpace = 6,
    /// <summary>An equal refusal within the minute holds the line.</summary>
    Shared = 7,
    /// <summary>The idempotency key was used for another content.</summary>
    KeyReused = 8,
    /// <summary>The space to begin exists.</summary>
    Exists = 9,
    /// <summary>Another request of its group was not accepted: nothing written.</summary>
    GroupFailed = 10,
    /// <summary>A reference leads to nothing that exists: nothing written.</summary>
    Astray = 11,
    /// <summary>The candidates of a conditional interaction have changed: look again.</summary>
    Moved = 12,
}

/// <summary>
/// Verdict of one request. <paramref name="FirstLine"/>: number of its first trace line; versions as they stand after it;
/// <paramref name="At"/>: platform time of the commit. Numbers are 0 unless accepted.
/// </summary>
public sealed record Verdict(VerdictKind Kind, long FirstLine, long AccessVersion, long StateVersion, DateTimeOffset At, byte[]? Result)
{
    public bool IsAccepted => Kind == VerdictKind.Accepted;

    /// <summary>New version of each resource of an accepted request, in their order; null when all are first versions.</summary>
    public IReadOnlyList<int>? Versions { get; init; }
}
