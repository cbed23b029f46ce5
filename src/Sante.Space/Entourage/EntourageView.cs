using Npgsql;
using Sante.Kernel;
using Sante.Ledger.Keys;

namespace Sante.Space;

/// <summary>The spaces in which a citizen was once named a representative. Whether he still is, each space says itself.</summary>
public sealed class EntourageView(NpgsqlDataSource database, KeyStore keys)
{
    /// <summary>Notes it; idempotent. Before the fact itself, so that a crash leaves a row too many, never one too few.</summary>
    public async Task NoteAsync(ActorIdentifier person, SpaceId space, CancellationToken cancel = default)
    {
        await using var command = database.CreateCommand("INSERT INTO space.representation (person_token, space_id) VALUES ($1, $2) ON CONFLICT DO NOTHING");
        command.Parameters.Add(new() { Value = Token(person) });
        command.Parameters.Add(new() { Value = space.Value });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Candidates, at most 100.</summary>
    public async Task<IReadOnlyList<SpaceId>> SpacesAsync(ActorIdentifier person, CancellationToken cancel = default)
    {
        await using var command = database.CreateCommand("SELECT space_id FROM space.representation WHERE person_token = $1 ORDER BY space_id LIMIT 100");
        command.Parameters.Add(new() { Value = Token(person) });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var spaces = new List<SpaceId>();
        while (await reader.ReadAsync(cancel))
        {
            spaces.Add(new SpaceId(reader.GetGuid(0)));
        }

        return spaces;
    }

    private byte[] Token(ActorIdentifier person) => Sealing.LongToken(keys.Master.Derive("representation"), person.System, person.Value);
}
