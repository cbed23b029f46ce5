using Npgsql;
using Sante.Kernel;
using Sante.Ledger.Keys;
using Sante.Ledger.Writing;

namespace Sante.Ledger.Workbenches;

/// <summary>Where a resource of a workbench lives, and its present version.</summary>
public readonly record struct RowPlace(SpaceId Space, int Version, bool Deleted);

/// <summary>A version in a history, without its content.</summary>
public sealed record VersionRow(SpaceId Space, Guid Id, int Version, DateTimeOffset At, bool Deleted);

/// <summary>
/// Rows of workbenches, whose content is synthetic: opened without an evaluation, and of no other space (<see cref="InvalidOperationException"/> otherwise).
/// What leaves still needs the permit of its line. Throws on lost infrastructure.
/// </summary>
public sealed class WorkbenchRows(NpgsqlDataSource database, KeyStore keys)
{
    /// <summary>
    /// Statements at once: few server processes that stay warm cost less than many that share the cores (measured, eng/bench/RESULTS.md).
    /// </summary>
    private static readonly SemaphoreSlim Room = new(2 + Environment.ProcessorCount);

    /// <summary>Where these resources live; unknown ids are absent.</summary>
    public async Task<IReadOnlyDictionary<Guid, RowPlace>> FindAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancel = default)
    {
        await using var command = database.CreateCommand("SELECT h.id, h.space_id, h.version, h.deleted FROM ledger.resource h WHERE h.id = ANY ($1) AND h.type_token < 0");
        command.Parameters.Add(new() { Value = ids.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var places = new Dictionary<Guid, RowPlace>();
        while (await reader.ReadAsync(cancel))
            places[reader.GetGuid(0)] = new RowPlace(new SpaceId(reader.GetGuid(1)), reader.GetInt32(2), reader.GetBoolean(3));
        return places;
    }

    /// <summary>The present versions of these resources, deleted ones included.</summary>
    public async Task<IReadOnlyList<WorkbenchRow>> ReadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancel = default)
    {
        await using var command = database.CreateCommand("""
            SELECT h.space_id, h.id, h.version, h.at, h.deleted, h.row_id, h.body FROM ledger.resource h WHERE h.id = ANY ($1) AND h.type_token < 0
            """);
        command.Parameters.Add(new() { Value = ids.ToArray() });
        return await OpenAsync(command, cancel) ?? [];
    }

    /// <summary>
    /// Candidates in a patient's space, by its own tokens; null when resources of the patient's compartment live elsewhere too: then the space has not all.
    /// </summary>
    public async Task<IReadOnlyList<WorkbenchRow>?> FindInSpaceAsync(SpaceId space, Guid patient, RowQuery query, CancellationToken cancel = default)
    {
        await using var command = database.CreateCommand();
        CandidateSql.Fill(command, query, await KeysAsync(space, cancel), oneSpace: true);
        // One row without an id when there are mentions: asked in the same round trip.
        command.CommandText = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"""
            ({command.CommandText}) UNION ALL
            (SELECT m.space_id, NULL, NULL, NULL, NULL, NULL, NULL FROM ledger.index_mention m WHERE m.patient_id = ${command.Parameters.Count + 1} LIMIT 1)
            """);
        command.Parameters.Add(new() { Value = patient });
        return await OpenAsync(command, cancel);
    }

    /// <summary>Candidates in all spaces of the workbench that this one is of.</summary>
    public async Task<IReadOnlyList<WorkbenchRow>> FindInAllAsync(SpaceId home, RowQuery query, CancellationToken cancel = default)
    {
        await using var command = database.CreateCommand();
        CandidateSql.Fill(command, query, await KeysAsync(home, cancel), oneSpace: false);
        return await OpenAsync(command, cancel) ?? [];
    }

    /// <summary>The same, ids and versions alone.</summary>
    public async Task<IReadOnlyList<(Guid Id, int Version)>> FindVersionsInAllAsync(SpaceId home, RowQuery query, CancellationToken cancel = default)
    {
        await using var command = database.CreateCommand();
        CandidateSql.Fill(command, query, await KeysAsync(home, cancel), oneSpace: false);
        command.CommandText = $"SELECT c.id, c.version FROM ({command.CommandText}) c";
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var found = new List<(Guid, int)>();
        while (await reader.ReadAsync(cancel))
            found.Add((reader.GetGuid(0), reader.GetInt32(1)));
        return found;
    }

    /// <summary>How many candidates there are in all spaces of the workbench.</summary>
    public async Task<long> CountInAllAsync(SpaceId home, RowQuery query, CancellationToken cancel = default)
    {
        await using var command = database.CreateCommand();
        CandidateSql.Fill(command, query, await KeysAsync(home, cancel), oneSpace: false);
        command.CommandText = $"SELECT count(*) FROM ({command.CommandText}) c";
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Resources outside the patient's space that are of its compartment too.</summary>
    public async Task<IReadOnlyList<Guid>> MentionsAsync(Guid patient, CancellationToken cancel = default)
    {
        await using var command = database.CreateCommand("SELECT id FROM ledger.index_mention WHERE patient_id = $1 ORDER BY id");
        command.Parameters.Add(new() { Value = patient });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(cancel))
            ids.Add(reader.GetGuid(0));
        return ids;
    }

    /// <summary>All present, undeleted resources of one space after an id, in the order of ids.</summary>
    public async Task<IReadOnlyList<WorkbenchRow>> ReadSpaceAsync(SpaceId space, Guid? after, DateTimeOffset? since, int most, CancellationToken cancel = default)
    {
        await using var command = database.CreateCommand("""
            SELECT h.space_id, h.id, h.version, h.at, h.deleted, h.row_id, h.body FROM ledger.resource h
            WHERE h.space_id = $1 AND NOT h.deleted AND ($2::uuid IS NULL OR h.id > $2) AND ($3::timestamptz IS NULL OR h.at >= $3) ORDER BY h.id LIMIT $4
            """);
        command.Parameters.Add(new() { Value = space.Value });
        command.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = after, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset?> { TypedValue = since?.ToUniversalTime(), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = most });
        return await OpenAsync(command, cancel) ?? [];
    }

    /// <summary>
    /// Versions, newest first (instant, then id, then version), below <paramref name="before"/>: of one resource, of a type, or of the whole workbench.
    /// </summary>
    public async Task<IReadOnlyList<VersionRow>> FindVersionsAsync(SpaceId home, Guid workbench, HistoryQuery query, CancellationToken cancel = default)
    {
        await using var command = database.CreateCommand("""
            WITH present AS (
                SELECT h.space_id, h.id, h.version, h.at, h.deleted FROM ledger.resource h
                WHERE h.type_token < 0 AND ($1::uuid IS NULL OR h.id = $1) AND ($2::bigint IS NULL OR h.type_token = $2)
                  AND h.space_id IN (SELECT s.space_id FROM ledger.space s WHERE s.workbench_id = $3)),
            every AS (
                SELECT p.*, 'infinity'::timestamptz AS until FROM present p
                UNION ALL
                SELECT v.space_id, v.id, v.version, v.at, v.deleted,
                       coalesce((SELECT n.at FROM ledger.resource_version n WHERE n.space_id = v.space_id AND n.id = v.id AND n.version = v.version + 1), p.at)
                FROM present p JOIN ledger.resource_version v ON v.space_id = p.space_id AND v.id = p.id WHERE p.version > 1)
            SELECT e.space_id, e.id, e.version, e.at, e.deleted FROM every e
            WHERE ($4::timestamptz IS NULL OR e.at >= $4) AND ($5::timestamptz IS NULL OR (e.at < $6 AND e.until > $5))
              AND ($7::timestamptz IS NULL OR (e.at, e.id, e.version) < ($7, $8, $9))
            ORDER BY e.at DESC, e.id DESC, e.version DESC LIMIT $10
            """);
        var p = command.Parameters;
        p.Add(new NpgsqlParameter<Guid?> { TypedValue = query.Id, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        p.Add(new NpgsqlParameter<long?> { TypedValue = query.Type is null ? null : (await KeysAsync(home, cancel)).IndexName("type", query.Type) });
        p.Add(new() { Value = workbench });
        void At(DateTimeOffset? at) => p.Add(new NpgsqlParameter<DateTimeOffset?> { TypedValue = at?.ToUniversalTime(), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        At(query.Since);
        At(query.At?.From);
        At(query.At?.To);
        At(query.Before?.At);
        p.Add(new NpgsqlParameter<Guid?> { TypedValue = query.Before?.Id, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        p.Add(new NpgsqlParameter<int?> { TypedValue = query.Before?.Version });
        p.Add(new() { Value = query.Most });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var versions = new List<VersionRow>();
        while (await reader.ReadAsync(cancel))
            versions.Add(new VersionRow(new SpaceId(reader.GetGuid(0)), reader.GetGuid(1), reader.GetInt32(2), reader.GetFieldValue<DateTimeOffset>(3), reader.GetBoolean(4)));
        return versions;
    }

    /// <summary>These versions, opened, in any order.</summary>
    public async Task<IReadOnlyList<WorkbenchRow>> ReadVersionsAsync(IReadOnlyCollection<VersionRow> versions, CancellationToken cancel = default)
    {
        await using var command = database.CreateCommand("""
            SELECT h.space_id, h.id, h.version, h.at, h.deleted, h.row_id, h.body
            FROM unnest($1, $2, $3) q(space, id, version) JOIN ledger.resource h ON h.id = q.id AND h.version = q.version
            UNION ALL
            SELECT v.space_id, v.id, v.version, v.at, v.deleted, v.row_id, v.body
            FROM unnest($1, $2, $3) q(space, id, version) JOIN ledger.resource_version v ON v.space_id = q.space AND v.id = q.id AND v.version = q.version
            """);
        command.Parameters.Add(new() { Value = versions.Select(v => v.Space.Value).ToArray() });
        command.Parameters.Add(new() { Value = versions.Select(v => v.Id).ToArray() });
        command.Parameters.Add(new() { Value = versions.Select(v => v.Version).ToArray() });
        return await OpenAsync(command, cancel) ?? [];
    }

    private async Task<IReadOnlyList<WorkbenchRow>?> OpenAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        var found = new List<(SpaceId Space, SealedRow Row)>();
        await Room.WaitAsync(cancel);
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                if (reader.IsDBNull(1))
                    return null;
                found.Add((new SpaceId(reader.GetGuid(0)), new SealedRow(reader.GetGuid(1), reader.GetInt32(2), reader.GetFieldValue<DateTimeOffset>(3), reader.GetBoolean(4), reader.GetGuid(5), reader.GetFieldValue<byte[]>(6))));
            }
        }
        finally
        {
            Room.Release();
        }
        return await OpenAsync(found, cancel);
    }

    /// <summary>Rows of one space that follow one another share the set-up of its key.</summary>
    private async Task<IReadOnlyList<WorkbenchRow>> OpenAsync(List<(SpaceId Space, SealedRow Row)> found, CancellationToken cancel)
    {
        var opened = new List<WorkbenchRow>(found.Count);
        for (var at = 0; at < found.Count;)
        {
            var space = await KeysAsync(found[at].Space, cancel);
            using var opener = space.Opener(SealedTable.Resource);
            for (; at < found.Count && found[at].Space == space.Space; at++)
            {
                var row = found[at].Row;
                opened.Add(new WorkbenchRow(space.Space, row.Id, row.Version, row.At, row.Deleted, space.Open(opener, SealedTable.Resource, row.RowId, row.Body)));
            }
        }
        return opened;
    }

    internal static WorkbenchRow Open(SpaceKeys space, SealedRow row) =>
        new(space.Space, row.Id, row.Version, row.At, row.Deleted, space.Open(SealedTable.Resource, row.RowId, row.Body));

    private async ValueTask<SpaceKeys> KeysAsync(SpaceId space, CancellationToken cancel) =>
        await keys.FindAsync(space, cancel) switch
        {
            { Workbench: not null, HasContent: true } found => found,
            { Workbench: null } => throw new InvalidOperationException("Only spaces of workbenches are opened without an evaluation."),
            _ => throw new NpgsqlException("The workbench was wiped meanwhile.", new IOException()),
        };
}

/// <summary>Which versions: of one row, of a type, of all (both null); <paramref name="At"/>: present at some time in [From, To).</summary>
public sealed record HistoryQuery(
    Guid? Id, string? Type, DateTimeOffset? Since, (DateTimeOffset From, DateTimeOffset To)? At, (DateTimeOffset At, Guid Id, int Version)? Before, int Most);
