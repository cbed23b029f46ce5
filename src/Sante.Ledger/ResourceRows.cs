using Npgsql;
using Sante.Kernel;
using Sante.Ledger.Keys;

namespace Sante.Ledger;

/// <summary>An opened version of a resource; opaque here. It came by an <see cref="EvaluatePermit"/>: it must not leave without a <see cref="DisclosePermit"/>.</summary>
public sealed record OpenedResource(Guid Id, int Version, DateTimeOffset At, bool Deleted, byte[] Body);

/// <summary>One condition that narrows candidates: any of the tokens (OR).</summary>
public sealed record TokenCondition(IReadOnlyList<IndexToken> AnyOf);

/// <summary>One condition that narrows candidates: the stored interval overlaps [Low, High]; an open side is null.</summary>
public sealed record DateCondition(string Parameter, DateTimeOffset? Low, DateTimeOffset? High);

/// <summary>The place of one version in a history, newest first.</summary>
public readonly record struct VersionPlace(DateTimeOffset At, Guid Id, int Version);

/// <summary>Reads resource rows of one space under a permit. Candidates are found by keyed tokens and dates; the caller checks them after opening.</summary>
public sealed class ResourceRows(NpgsqlDataSource database, KeyStore keys)
{
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
        await using var command = database.CreateCommand("SELECT space_id, type_token FROM ledger.resource WHERE id = $1");
        command.Parameters.Add(new() { Value = id });
        (SpaceId Space, long Type) found;
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            if (!await reader.ReadAsync(cancel))
                return null;
            found = (new SpaceId(reader.GetGuid(0)), reader.GetInt64(1));
        }

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
            p.Add(new NpgsqlParameter<DateTimeOffset?> { TypedValue = condition.Low?.ToUniversalTime(), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
            p.Add(new NpgsqlParameter<DateTimeOffset?> { TypedValue = condition.High?.ToUniversalTime(), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
            where.Append(System.Globalization.CultureInfo.InvariantCulture,
                $" AND EXISTS (SELECT 1 FROM ledger.index_date d WHERE d.space_id = h.space_id AND d.param = ${p.Count - 2} AND d.id = h.id AND (${p.Count - 1} IS NULL OR d.high >= ${p.Count - 1}) AND (${p.Count} IS NULL OR d.low <= ${p.Count}))");
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
