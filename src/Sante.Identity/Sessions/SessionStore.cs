using System.Text.Json;
using Npgsql;
using Sante.Identity.Keys;
using Sante.Kernel;

namespace Sante.Identity.Sessions;

/// <summary>Server-side sessions. The browser holds a random value, the database its hash; the actor is sealed.</summary>
internal sealed class SessionStore(NpgsqlDataSource database, SealingKey sealing, TimeProvider time)
{
    /// <summary>A session ends one hour after the sign-in (ADR 0040).</summary>
    public const int LifeMinutes = 60;

    private const string Columns = "session_id, account_id, provider, acr, sealed, authenticated_at, expires_at";

    /// <summary>Starts a session for a person of a provider; the account is made at the first sign-in. Gives the session and the cookie's value.</summary>
    public async Task<(Session Session, string Cookie)> StartAsync(string provider, string subject, string acr, ActorClaim actor, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var (accountId, sessionId, cookie) = (await AccountAsync(provider, subject, now, cancel), Guid.NewGuid(), Secret.New());
        var session = new Session(sessionId, accountId, provider, acr, actor, now, now.AddMinutes(LifeMinutes));
        await database.ExecuteAsync(
            "INSERT INTO sessions (session_id, cookie_hash, account_id, provider, acr, sealed, authenticated_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            cancel, sessionId, Secret.HashOf(cookie), accountId, provider, acr, sealing.Seal(actor.ToUtf8Json(), Place(sessionId)), now, session.ExpiresAt);
        return (session, cookie);
    }

    /// <summary>The live session of a cookie, or null.</summary>
    public Task<Session?> FindByCookieAsync(string cookie, CancellationToken cancel) => database.ReadOneAsync(
        $"SELECT {Columns} FROM sessions WHERE cookie_hash = $1 AND ended_at IS NULL AND expires_at > $2", Read, cancel, Secret.HashOf(cookie), time.GetUtcNow());

    /// <summary>The live session of an id, or null.</summary>
    public Task<Session?> FindAsync(Guid sessionId, CancellationToken cancel) => database.ReadOneAsync(
        $"SELECT {Columns} FROM sessions WHERE session_id = $1 AND ended_at IS NULL AND expires_at > $2", Read, cancel, sessionId, time.GetUtcNow());

    /// <summary>Ends a session and revokes its tokens. Idempotent.</summary>
    public async Task EndAsync(Guid sessionId, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await connection.ExecuteAsync("UPDATE sessions SET ended_at = $2 WHERE session_id = $1 AND ended_at IS NULL", cancel, sessionId, now);
        await connection.ExecuteAsync("UPDATE issued_tokens SET revoked_at = $2 WHERE session_id = $1 AND revoked_at IS NULL", cancel, sessionId, now);
        await transaction.CommitAsync(cancel);
    }

    private async Task<Guid> AccountAsync(string provider, string subject, DateTimeOffset now, CancellationToken cancel)
    {
        // The update of nothing makes RETURNING give the row that was there first.
        var row = await database.ReadOneAsync(
            """
            INSERT INTO accounts (provider, subject_hash, account_id, created_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (provider, subject_hash) DO UPDATE SET provider = excluded.provider RETURNING account_id
            """,
            reader => new { AccountId = reader.GetGuid(0) }, cancel, provider, sealing.HashOf($"{provider}\n{subject}"), Guid.NewGuid(), now);
        return row!.AccountId;
    }

    private Session Read(NpgsqlDataReader reader)
    {
        var sessionId = reader.GetGuid(0);
        using var actor = JsonDocument.Parse(sealing.Open(reader.GetFieldValue<byte[]>(4), Place(sessionId)));
        return new Session(
            sessionId, reader.GetGuid(1), reader.GetString(2), reader.GetString(3), ActorClaim.Read(actor.RootElement).Value, reader.Instant(5), reader.Instant(6));
    }

    private static string Place(Guid sessionId) => "sessions/" + sessionId.ToString("N");
}
