using Npgsql;
using Sante.Kernel;
using Sante.Ledger.Keys;

namespace Sante.Ledger.Reading;

/// <summary>A space's versions and the events of some streams as they lie in the store, sealed, in the order of their commits. One moment.</summary>
internal sealed class SealedSnapshot(long accessVersion, long stateVersion, long lines)
{
    private readonly List<(string Stream, int Version, DateTimeOffset At, Guid RowId, byte[] Body)> events = [];

    public long AccessVersion => accessVersion;

    /// <summary>Opened with the space's keys; without a content root the events are empty.</summary>
    public SpaceSnapshot Open(SpaceKeys keys) => new(keys.Space, accessVersion, stateVersion, lines, !keys.HasContent,
        keys.HasContent ? [.. events.Select(e => new RecordedEvent(e.Stream, e.Version, e.At, keys.Open(SealedTable.Event, e.RowId, e.Body)))] : []);

    /// <summary>Many spaces in one statement; those that ask for other streams in one of their own.</summary>
    public static async Task<Dictionary<(SpaceId, IReadOnlyCollection<string>), SealedSnapshot>> ReadAsync(
        NpgsqlDataSource database, IReadOnlyCollection<(SpaceId Space, IReadOnlyCollection<string> Streams)> asked)
    {
        var found = new Dictionary<(SpaceId, IReadOnlyCollection<string>), SealedSnapshot>();
        foreach (var alike in asked.GroupBy(one => one.Streams))
            await ReadAsync(database, alike.Key, [.. alike.Select(one => one.Space.Value)], found);
        return found;
    }

    private static async Task ReadAsync(NpgsqlDataSource database, IReadOnlyCollection<string> streams, Guid[] spaces,
        Dictionary<(SpaceId, IReadOnlyCollection<string>), SealedSnapshot> found)
    {
        await using var command = database.CreateCommand("""
            SELECT s.space_id, s.access_version, s.state_version, s.trace_seq, e.stream, e.version, e.at, e.row_id, e.body
            FROM ledger.space s LEFT JOIN ledger.event e ON e.space_id = s.space_id AND e.stream = ANY ($2)
            WHERE s.space_id = ANY ($1) ORDER BY e.state_version
            """);
        command.Parameters.Add(new() { Value = spaces });
        command.Parameters.Add(new() { Value = streams.ToArray() });
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var key = (new SpaceId(reader.GetGuid(0)), streams);
            if (!found.TryGetValue(key, out var snapshot))
                found[key] = snapshot = new SealedSnapshot(reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
            if (!reader.IsDBNull(4))
                snapshot.events.Add((reader.GetString(4), reader.GetInt32(5), reader.GetFieldValue<DateTimeOffset>(6), reader.GetGuid(7), reader.GetFieldValue<byte[]>(8)));
        }
    }
}
