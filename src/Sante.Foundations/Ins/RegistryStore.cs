using Npgsql;
using NpgsqlTypes;
using Sante.Kernel;
using Sante.Ledger;
using Sante.Ledger.Keys;

namespace Sante.Foundations.Identities;

/// <summary>Kinds of keyed tokens in <c>ins.token</c>.</summary>
internal enum TokenKind : short
{
    Matricule = 1,
    Traits = 2,
    Local = 3,
    Patient = 4,
    Duplicate = 5,
    Request = 6,
    Exact = 7,
}

/// <summary>A token of the registry.</summary>
internal readonly record struct RegistryToken(TokenKind Kind, Guid Value);

/// <summary>An identity as stored: where, its events, folded.</summary>
internal sealed record StoredIdentity(SpaceId Space, IReadOnlyList<IdentityEvent> Events, IdentityState State);

/// <summary>
/// Sealed rows and keyed tokens of the registry. Two keys derived from the master key for the whole platform: one seals, one makes tokens.
/// </summary>
internal sealed class RegistryStore
{
    /// <summary>Candidates opened for one search at most: beyond, the answer is "several" anyway.</summary>
    private const int MostCandidates = 50;

    private readonly NpgsqlDataSource database;
    private readonly byte[] sealingKey;
    private readonly byte[] tokenKey;

    public RegistryStore(NpgsqlDataSource database, IMasterKey master) =>
        (this.database, sealingKey, tokenKey) = (database, master.Derive("registry-content"), master.Derive("registry"));

    public RegistryToken Token(TokenKind kind, string value) =>
        new(kind, new Guid(Sealing.LongToken(tokenKey, kind.ToString(), value), bigEndian: true));

    /// <summary>The spaces that a token names.</summary>
    public async Task<IReadOnlyList<SpaceId>> FindAsync(RegistryToken token, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("SELECT space_id FROM ins.token WHERE kind = $1 AND token = $2 LIMIT $3");
        command.Parameters.Add(new() { Value = (short)token.Kind });
        command.Parameters.Add(new() { Value = token.Value });
        command.Parameters.Add(new() { Value = MostCandidates });
        return await SpacesAsync(command, cancel);
    }

    /// <summary>The other spaces that share a token of this kind with any of these.</summary>
    public async Task<IReadOnlyList<SpaceId>> FindAnyAsync(IReadOnlyList<RegistryToken> tokens, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("SELECT DISTINCT space_id FROM ins.token WHERE kind = $1 AND token = ANY ($2) LIMIT $3");
        command.Parameters.Add(new() { Value = (short)tokens[0].Kind });
        command.Parameters.Add(new() { Value = tokens.Select(token => token.Value).ToArray() });
        command.Parameters.Add(new() { Value = MostCandidates });
        return await SpacesAsync(command, cancel);
    }

    /// <summary>Opens the identities of these spaces.</summary>
    public async Task<IReadOnlyList<StoredIdentity>> LoadAsync(IReadOnlyList<SpaceId> spaces, CancellationToken cancel)
    {
        if (spaces.Count == 0)
        {
            return [];
        }

        await using var command = database.CreateCommand("SELECT space_id, row_id, body FROM ins.identity WHERE space_id = ANY ($1)");
        command.Parameters.Add(new() { Value = spaces.Select(space => space.Value).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var list = new List<StoredIdentity>();
        while (await reader.ReadAsync(cancel))
        {
            var space = reader.GetGuid(0);
            var plain = Sealing.Open(sealingKey, reader.GetFieldValue<byte[]>(2), Sealing.AssociatedData(space, SealedTable.Registry, reader.GetGuid(1)));
            var events = IdentityJson.Read(plain);
            list.Add(new StoredIdentity(new SpaceId(space), events, events.Aggregate(IdentityState.Zero, IdentityLife.Evolve)));
        }

        return list;
    }

    /// <summary>
    /// Inserts identities with their tokens, all or none. Returns the kind of the first token that another identity holds, or null when done.
    /// </summary>
    public async Task<TokenKind?> InsertAsync(IReadOnlyList<(SpaceId Space, IReadOnlyList<IdentityEvent> Events, IReadOnlyList<RegistryToken> Tokens)> identities, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await AddTokensAsync(connection, [.. identities.SelectMany(one => one.Tokens.Select(token => (one.Space, token)))], cancel) is { } taken)
        {
            await transaction.RollbackAsync(cancel);
            return taken;
        }

        var rows = identities.Select(one => (one.Space, one.Events.Count, Sealed: Seal(one.Space, one.Events))).ToList();
        await using var command = new NpgsqlCommand("INSERT INTO ins.identity (space_id, version, row_id, body) SELECT * FROM unnest($1, $2, $3, $4)", connection)
        {
            Parameters =
            {
                new() { Value = rows.Select(row => row.Space.Value).ToArray() },
                new() { Value = rows.Select(row => row.Count).ToArray() },
                new() { Value = rows.Select(row => row.Sealed.Row).ToArray() },
                new() { Value = rows.Select(row => row.Sealed.Body).ToArray() },
            },
        };
        await command.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
        return null;
    }

    /// <summary>
    /// Replaces identities that are still at the version read, with tokens to add and to remove, all or none. False and no kind when one of them
    /// moved meanwhile; false and the kind when a token belongs to another identity.
    /// </summary>
    public async Task<(bool Done, TokenKind? Taken)> UpdateAsync(
        IReadOnlyList<(StoredIdentity Before, IReadOnlyList<IdentityEvent> Events, IReadOnlyList<RegistryToken> Add, IReadOnlyList<RegistryToken> Remove)> changes,
        CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        foreach (var (before, events, _, remove) in changes)
        {
            if (!await ReplaceAsync(connection, before, events, cancel))
            {
                await transaction.RollbackAsync(cancel);
                return (false, null);
            }

            await RemoveTokensAsync(connection, before.Space, remove, cancel);
        }

        // Tokens are added after all removals, so that they may move between the identities of one change.
        foreach (var (before, _, add, _) in changes)
        {
            if (await AddTokensAsync(connection, [.. add.Select(token => (before.Space, token))], cancel) is { } taken)
            {
                await transaction.RollbackAsync(cancel);
                return (false, taken);
            }
        }

        await transaction.CommitAsync(cancel);
        return (true, null);
    }

    private async Task<bool> ReplaceAsync(NpgsqlConnection connection, StoredIdentity before, IReadOnlyList<IdentityEvent> events, CancellationToken cancel)
    {
        var (row, body) = Seal(before.Space, [.. before.Events, .. events]);
        await using var command = new NpgsqlCommand("UPDATE ins.identity SET version = $3, row_id = $4, body = $5 WHERE space_id = $1 AND version = $2", connection)
        {
            Parameters =
            {
                new() { Value = before.Space.Value }, new() { Value = before.Events.Count }, new() { Value = before.Events.Count + events.Count },
                new() { Value = row }, new() { Value = body },
            },
        };
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }

    /// <summary>The kind of the first token that names one identity only and names another one already, or null when all are there. In one order, so that two
    /// requests that meet wait for each other and never both ways.</summary>
    private static async Task<TokenKind?> AddTokensAsync(NpgsqlConnection connection, IReadOnlyList<(SpaceId Space, RegistryToken Token)> tokens, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            WITH wanted AS (SELECT DISTINCT * FROM unnest($1, $2, $3) AS t(kind, token, space_id)),
            added AS (INSERT INTO ins.token (kind, token, space_id) SELECT kind, token, space_id FROM wanted ORDER BY kind, token ON CONFLICT DO NOTHING RETURNING kind, token, space_id)
            SELECT kind FROM wanted WHERE kind IN (1, 3, 4, 6, 7) AND (kind, token, space_id) NOT IN (SELECT kind, token, space_id FROM added)
                AND NOT EXISTS (SELECT FROM ins.token AS mine WHERE mine.kind = wanted.kind AND mine.token = wanted.token AND mine.space_id = wanted.space_id)
            ORDER BY kind DESC LIMIT 1
            """, connection)
        {
            Parameters =
            {
                new() { Value = tokens.Select(one => (short)one.Token.Kind).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint },
                new() { Value = tokens.Select(one => one.Token.Value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid },
                new() { Value = tokens.Select(one => one.Space.Value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid },
            },
        };
        return await command.ExecuteScalarAsync(cancel) is short kind ? (TokenKind)kind : null;
    }

    private static async Task RemoveTokensAsync(NpgsqlConnection connection, SpaceId space, IReadOnlyList<RegistryToken> tokens, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "DELETE FROM ins.token WHERE space_id = $1 AND (kind, token) IN (SELECT * FROM unnest($2, $3))", connection)
        {
            Parameters =
            {
                new() { Value = space.Value },
                new() { Value = tokens.Select(token => (short)token.Kind).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint },
                new() { Value = tokens.Select(token => token.Value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid },
            },
        };
        await command.ExecuteNonQueryAsync(cancel);
    }

    private (Guid Row, byte[] Body) Seal(SpaceId space, IReadOnlyList<IdentityEvent> events)
    {
        var row = Randomness.NewId();
        var plain = IdentityJson.Write(events);
        return (row, Sealing.Seal(sealingKey, plain, Sealing.AssociatedData(space.Value, SealedTable.Registry, row)));
    }

    private static async Task<IReadOnlyList<SpaceId>> SpacesAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var list = new List<SpaceId>();
        while (await reader.ReadAsync(cancel))
        {
            list.Add(new SpaceId(reader.GetGuid(0)));
        }

        return list;
    }
}
