using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Npgsql;
using Sante.Identity.Protocol;
using Sante.Kernel;

namespace Sante.Identity.Clients;

/// <summary>Registered clients, in the database; each instance remembers one for <see cref="FreshSeconds"/>.</summary>
internal sealed class ClientStore(NpgsqlDataSource database, TimeProvider time)
{
    public const int FreshSeconds = 1;
    private const int LargestCache = 2_000;
    private readonly ConcurrentDictionary<string, (Client Client, long ReadAt)> remembered = new();

    /// <summary>The client, or null.</summary>
    public async ValueTask<Client?> FindAsync(string clientId, CancellationToken cancel)
    {
        if (remembered.TryGetValue(clientId, out var known) && time.GetElapsedTime(known.ReadAt) < TimeSpan.FromSeconds(FreshSeconds))
        {
            return known.Client;
        }
        var client = await database.ReadOneAsync(
            "SELECT client_id, name, kind, scopes, public_keys, redirect_uris, actor FROM clients WHERE client_id = $1", Read, cancel, clientId);
        if (client is null)
        {
            remembered.TryRemove(clientId, out _);
            return null;
        }
        if (remembered.Count >= LargestCache)
        {
            remembered.Clear();
        }
        remembered[clientId] = (client, time.GetTimestamp());
        return client;
    }

    /// <summary>Adds or changes clients of one origin (<c>sandbox</c>, <c>built-in</c>) and removes those of the same origin that are not named. Idempotent.</summary>
    public async Task ReplaceAsync(string origin, IReadOnlyList<Client> clients, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        foreach (var client in clients)
        {
            await connection.ExecuteAsync(
                """
                INSERT INTO clients (client_id, name, kind, scopes, public_keys, redirect_uris, actor, origin) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                ON CONFLICT (client_id) DO UPDATE SET name = $2, kind = $3, scopes = $4, public_keys = $5, redirect_uris = $6, actor = $7
                WHERE clients.origin = $8
                """,
                cancel, client.ClientId, client.Name, client.Kind, client.Scopes.ToString(), client.PublicKeys.ToSet(), client.RedirectUris.ToArray(),
                client.Actor is { } actor ? Encoding.UTF8.GetString(actor.ToUtf8Json()) : null, origin);
        }
        await connection.ExecuteAsync(
            "DELETE FROM clients WHERE origin = $1 AND client_id <> ALL ($2)", cancel, origin, clients.Select(client => client.ClientId).ToArray());
        await transaction.CommitAsync(cancel);
        remembered.Clear();
    }

    private static Client Read(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.GetString(2), ScopeSet.Parse(reader.GetString(3)),
        ClientKeys.FromSet(reader.GetString(4)), reader.GetFieldValue<string[]>(5), reader.TextOrNull(6) is { } actor ? ReadActor(actor) : null);

    private static ActorClaim ReadActor(string json)
    {
        using var document = JsonDocument.Parse(json);
        return ActorClaim.Read(document.RootElement).Value;
    }
}
