using Npgsql;
using Sante.Kernel;
using Sante.Ledger.Keys;

namespace Sante.Space;

/// <summary>
/// From an editor's user to the one space that it is tied to. Rows hold a token under the platform's key, never the idPE itself.
/// A row opens nothing: every feed is decided in the space.
/// </summary>
public sealed class PairingView(NpgsqlDataSource database, KeyStore keys)
{
    /// <summary>The space that this idPE leads to, or null. Throws on lost infrastructure.</summary>
    public async Task<SpaceId?> FindSpaceAsync(string idPeSystem, string idPe, CancellationToken cancel = default)
    {
        await using var command = database.CreateCommand("SELECT space_id FROM space.pairing WHERE idpe_token = $1");
        command.Parameters.Add(new() { Value = Token(idPeSystem, idPe) });
        return await command.ExecuteScalarAsync(cancel) is Guid space ? new SpaceId(space) : null;
    }

    /// <summary>Notes that this idPE leads to this space, if it leads nowhere yet; the space it leads to after that. Idempotent.</summary>
    public async Task<SpaceId> ClaimAsync(string idPeSystem, string idPe, SpaceId space, CancellationToken cancel = default)
    {
        await using var command = database.CreateCommand("""
            INSERT INTO space.pairing (idpe_token, space_id) VALUES ($1, $2)
            ON CONFLICT (idpe_token) DO UPDATE SET space_id = space.pairing.space_id RETURNING space_id
            """);
        command.Parameters.Add(new() { Value = Token(idPeSystem, idPe) });
        command.Parameters.Add(new() { Value = space.Value });
        return new SpaceId((Guid)(await command.ExecuteScalarAsync(cancel))!);
    }

    /// <summary>Takes over a row that led to <paramref name="from"/>, where no pairing is in force any more. False when it changed meanwhile.</summary>
    public async Task<bool> TakeOverAsync(string idPeSystem, string idPe, SpaceId from, SpaceId to, CancellationToken cancel = default)
    {
        await using var command = database.CreateCommand("UPDATE space.pairing SET space_id = $3 WHERE idpe_token = $1 AND space_id = $2");
        command.Parameters.Add(new() { Value = Token(idPeSystem, idPe) });
        command.Parameters.Add(new() { Value = from.Value });
        command.Parameters.Add(new() { Value = to.Value });
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }

    private byte[] Token(string idPeSystem, string idPe) => Sealing.LongToken(keys.Master.Derive("pairing"), idPeSystem, idPe);
}
