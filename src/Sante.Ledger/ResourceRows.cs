using Npgsql;
using Sante.Kernel;
using Sante.Ledger.Keys;
using Sante.Ledger.Reading;

namespace Sante.Ledger;

/// <summary>An opened version of a resource; opaque here. It came by an <see cref="EvaluatePermit"/>: it must not leave without a <see cref="DisclosePermit"/>.</summary>
public sealed record OpenedResource(Guid Id, int Version, DateTimeOffset At, bool Deleted, byte[] Body);

/// <summary>The present version of a resource as it lies in the store, still sealed, with its space: what an id leads to. Opened by <see cref="ResourceRows.OpenAsync(EvaluatePermit, FoundResource, CancellationToken)"/>.</summary>
public sealed class FoundResource
{
    internal FoundResource(SpaceId space, long type, Guid id, int version, DateTimeOffset at, bool deleted, Guid rowId, byte[] body) =>
        (Space, Type, Id, Version, At, Deleted, RowId, Body) = (space, type, id, version, at, deleted, rowId, body);

    public SpaceId Space { get; }
    internal long Type { get; }
    internal Guid Id { get; }
    internal int Version { get; }
    internal DateTimeOffset At { get; }
    internal bool Deleted { get; }
    internal Guid RowId { get; }
    internal byte[] Body { get; }
}

/// <summary>One condition that narrows candidates: any of the tokens (OR).</summary>
public sealed record TokenCondition(IReadOnlyList<IndexToken> AnyOf);

/// <summary>One condition that narrows candidates: the stored interval overlaps [Low, High]; an open side is null.</summary>
public sealed record DateCondition(string Parameter, DateTimeOffset? Low, DateTimeOffset? High);

/// <summary>The place of one version in a history, newest first.</summary>
public readonly record struct VersionPlace(DateTimeOffset At, Guid Id, int Version);

/// <summary>Reads resource rows of one space under a permit. Candidates are found by keyed tokens and dates; the caller checks them after opening.</summary>
public sealed class ResourceRows(NpgsqlDataSource database, KeyStore keys)
{
    private readonly Lookups<Guid, FoundResource> present = new(ids => ReadPresentAsync(database, ids));

    /// <summary>What an id leads to, or null; read together with its neighbours. Says nothing of who may open it.</summary>
    public Task<FoundResource?> FindAsync(Guid id, CancellationToken cancel = default) => present.FindAsync(id, cancel);

    /// <summary>Opens what was found. Throws <see cref="ArgumentException"/> when the permit is of another space.</summary>
    public async Task<OpenedResource> OpenAsync(EvaluatePermit permit, FoundResource found, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(found);
        if (found.Space != permit.Space)
            throw new ArgumentException("The permit is of another space.", nameof(permit));
        var space = await KeysAsync(permit, cancel);
        return new OpenedResource(found.Id, found.Version, found.At, found.Deleted, space.Open(SealedTable.Resource, found.RowId, found.Body));
    }

    private static async Task<Dictionary<Guid, FoundResource>> ReadPresentAsync(NpgsqlDataSource database, IReadOnlyCollection<Guid> ids)
    {
        await using var command = database.CreateCommand("""
            SELECT h.id, h.space_id, h.type_token, h.version, h.at, h.deleted, h.row_id, h.body FROM ledger.resource h WHERE h.id = ANY ($1)
            """);
        command.Parameters.Add(new() { Value = ids.ToArray() });
        await using var reader = await command.ExecuteReaderAsync();
        var found = new Dictionary<Guid, FoundResource>();
        while (await reader.ReadAsync())
            found[reader.GetGuid(0)] = new FoundResource(new SpaceId(reader.GetGuid(1)), reader.GetInt64(2), reader.GetGuid(0), reader.GetInt32(3),
                reader.GetFieldValue<DateTimeOffset>(4), reader.GetBoolean(5), reader.GetGuid(6), reader.GetFieldValue<byte[]>(7));
        return found;
    }

    /// <summary>The space of a resource id, or null: ids are random and unique in the platform.</summary>
    public async Task<SpaceId?> FindSpaceAsync(Guid id, CancellationToken cancel = default)
    {
        await using var command = database.CreateCommand("SELECT space_id FROM ledger.resource WHERE id = $1");
        command.Parameters.Add(new() { Value = id });
        return await command.ExecuteScalarAsync(cancel) is Guid space ? new SpaceId(space) : null;
    }

    /// <summary>The same, only when the id is of a resource of that type: another id, which the caller may have been shut out from, leads nowhere.</summary>
    public async Task<SpaceId?> FindSpaceAsync(Guid id, string type, CancellationToken cancel = default)
    {
        if (await FindAsync(id, cancel) is not { } found)
            return null;
        // Erased, the type cannot be told any more, and nothing but the trace is left to lead to.
        return await keys.FindAsync(found.Space, cancel) is not { HasContent: true } space || space.IndexName("type", type) == found.Type ? found.Space : null;
    }

    /// <summary>Whether any present resource of the space carries this token. Opens nothing; a yes is not an answer to give.</summary>
    public async Task<bool> HoldsAsync(SpaceId space, IndexToken token, CancellationToken cancel = default)
    {
        if (await keys.FindAsync(space, cancel) is not { HasContent: true } spaceKeys)
            return false;
        await using var command = database.CreateCommand("SELECT EXISTS (SELECT 1 FROM ledger.resource WHERE tokens @> ARRAY[$2] AND space_id = $1 AND NOT deleted)");
        command.Parameters.Add(new() { Value = space.Value });
        command.Parameters.Add(new() { Value = spaceKeys.OwnToken(token.Parameter, token.Value) });
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    /// <summary>Present versions of the given ids, deleted ones included; unknown ids are absent.</summary>
    public async Task<IReadOnlyList<OpenedResource>> ReadAsync(EvaluatePermit permit, IReadOnlyCollection<Guid> ids, CancellationToken cancel = default)
    {
        await using var command = database.CreateCommand("""
            SELECT h.id, h.version, h.at, h.deleted, h.row_id, h.body FROM ledger.resource h WHERE h.space_id = $1 AND h.id = ANY ($2)
            """);
        command.Parameters.Add(new() { Value = permit.Space.Value });
        command.Parameters.Add(new() { Value = ids.ToArray() });
        return await OpenAsync(permit, command, cancel);
    }

    /// <summary>All versions of a resource, newest first; <paramref name="version"/> narrows to one.</summary>
    public async Task<IReadOnlyList<OpenedResource>> ReadVersionsAsync(EvaluatePermit permit, Guid id, int? version = null, CancellationToken cancel = default)
    {
        await using var command = database.CreateCommand("""
            SELECT h.id, h.version, h.at, h.deleted, h.row_id, h.body FROM ledger.resource h
            WHERE h.space_id = $1 AND h.id = $2 AND ($3::int IS NULL OR h.version = $3)
            UNION ALL
            SELECT v.id, v.version, v.at, v.deleted, v.row_id, v.body FROM ledger.resource_version v
            WHERE v.space_id = $1 AND v.id = $2 AND ($3::int IS NULL OR v.version = $3) ORDER BY 2 DESC
            """);
        command.Parameters.Add(new() { Value = permit.Space.Value });
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new NpgsqlParameter<int?> { TypedValue = version });
        return await OpenAsync(permit, command, cancel);
    }

    /// <summary>Versions of all resources of a type, newest first, deleted ones included: at most <paramref name="most"/>, before a place, not before an instant.</summary>
    public async Task<IReadOnlyList<OpenedResource>> HistoryAsync(
        EvaluatePermit permit, string type, DateTimeOffset? since, VersionPlace? before, int most, CancellationToken cancel = default)
    {
        var space = await KeysAsync(permit, cancel);
        await using var command = database.CreateCommand("""
            SELECT v.id, v.version, v.at, v.deleted, v.row_id, v.body FROM (
                SELECT h.id, h.version, h.at, h.deleted, h.row_id, h.body FROM ledger.resource h WHERE h.space_id = $1 AND h.type_token = $2
                UNION ALL
                SELECT o.id, o.version, o.at, o.deleted, o.row_id, o.body
                FROM ledger.resource h JOIN ledger.resource_version o ON o.space_id = h.space_id AND o.id = h.id
                WHERE h.space_id = $1 AND h.type_token = $2) v
            WHERE ($3::timestamptz IS NULL OR v.at >= $3) AND ($4::timestamptz IS NULL OR (v.at, v.id, v.version) < ($4, $5, $6))
            ORDER BY v.at DESC, v.id DESC, v.version DESC LIMIT $7
            """);
        var p = command.Parameters;
        p.Add(new() { Value = permit.Space.Value });
        p.Add(new() { Value = space.IndexName("type", type) });
        p.Add(new NpgsqlParameter<DateTimeOffset?> { TypedValue = since?.ToUniversalTime(), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        p.Add(new NpgsqlParameter<DateTimeOffset?> { TypedValue = before?.At.ToUniversalTime(), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        p.Add(new() { Value = before?.Id ?? Guid.Empty });
        p.Add(new() { Value = before?.Version ?? 0 });
        p.Add(new() { Value = most });
        return await OpenAsync(permit, command, cancel);
    }

    /// <summary>
    /// Present, undeleted resources of a type that may match: every condition holds on the index (AND). Newest first.
    /// With no condition, the whole type.
    /// </summary>
    public async Task<IReadOnlyList<OpenedResource>> CandidatesAsync(EvaluatePermit permit, string type,
        IReadOnlyList<TokenCondition> tokens, IReadOnlyList<DateCondition> dates, CancellationToken cancel = default)
    {
        var space = await KeysAsync(permit, cancel);
        await using var command = database.CreateCommand();
        var p = command.Parameters;
        p.Add(new() { Value = permit.Space.Value });
        p.Add(new() { Value = space.IndexName("type", type) });
        var where = new System.Text.StringBuilder();
        foreach (var condition in tokens)
        {
            p.Add(new() { Value = condition.AnyOf.Select(t => space.OwnToken(t.Parameter, t.Value)).ToArray() });
            where.Append(System.Globalization.CultureInfo.InvariantCulture, $" AND h.tokens && ${p.Count}");
        }
        foreach (var condition in dates)
        {
            p.Add(new() { Value = space.IndexName(condition.Parameter, "") });
            // One look at the space's dates each, not one per resource: a subquery of its own, which the planner does not turn into nested loops.
            where.Append(System.Globalization.CultureInfo.InvariantCulture, $" AND h.id = ANY (ARRAY(SELECT d.id FROM ledger.index_date d WHERE d.space_id = $1 AND d.param = ${p.Count}");
            if (condition.Low is { } low)
            {
                p.Add(new() { Value = low.ToUniversalTime() });
                where.Append(System.Globalization.CultureInfo.InvariantCulture, $" AND d.high >= ${p.Count}");
            }
            if (condition.High is { } high)
            {
                p.Add(new() { Value = high.ToUniversalTime() });
                where.Append(System.Globalization.CultureInfo.InvariantCulture, $" AND d.low <= ${p.Count}");
            }
            where.Append("))");
        }
        command.CommandText = $"""
            SELECT h.id, h.version, h.at, h.deleted, h.row_id, h.body FROM ledger.resource h
            WHERE h.space_id = $1 AND h.type_token = $2 AND NOT h.deleted{where} ORDER BY h.at DESC, h.id
            """;
        return await OpenAsync(permit, command, cancel);
    }

    private async Task<IReadOnlyList<OpenedResource>> OpenAsync(EvaluatePermit permit, NpgsqlCommand command, CancellationToken cancel)
    {
        var space = await KeysAsync(permit, cancel);
        var opened = new List<OpenedResource>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            opened.Add(new OpenedResource(reader.GetGuid(0), reader.GetInt32(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetBoolean(3),
                space.Open(SealedTable.Resource, reader.GetGuid(4), reader.GetFieldValue<byte[]>(5))));
        return opened;
    }

    private async Task<SpaceKeys> KeysAsync(EvaluatePermit permit, CancellationToken cancel) =>
        await keys.FindAsync(permit.Space, permit.AccessVersion, cancel) is { HasContent: true } found
            ? found
            : throw new InvalidOperationException("A permit for a space whose content cannot be opened.");
}
