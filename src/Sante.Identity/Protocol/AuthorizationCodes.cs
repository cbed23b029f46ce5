using Npgsql;
using Sante.Identity.Clients;
using Sante.Identity.Keys;
using Sante.Identity.Sessions;

namespace Sante.Identity.Protocol;

/// <summary>What a redeemed code gives.</summary>
internal sealed record CodeGrant(Session Session, ScopeSet Scope, string? Nonce, AccessToken Token);

/// <summary>
/// Authorization codes: 60 s, once. A second use revokes the tokens of the first (RFC 6749 §4.1.2); a wrong verifier burns the code.
/// </summary>
internal sealed class AuthorizationCodes(NpgsqlDataSource database, SessionStore sessions, TokenIssuer issuer, TimeProvider time)
{
    public const int LifeSeconds = 60;

    public async Task<string> IssueAsync(AuthorizeRequest request, Session session, ScopeSet granted, CancellationToken cancel)
    {
        var code = Secret.New();
        await database.ExecuteAsync(
            """
            INSERT INTO authorization_codes (code_hash, client_id, redirect_uri, session_id, scope, nonce, code_challenge, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            cancel, Secret.HashOf(code), request.ClientId, request.RedirectUri, session.SessionId, granted.ToString(), request.Nonce, request.CodeChallenge,
            time.GetUtcNow().AddSeconds(LifeSeconds));
        return code;
    }

    /// <summary>One transaction: of two uses at once, one gets the tokens and the other revokes them.</summary>
    public async Task<(CodeGrant? Grant, OAuthError? Error)> RedeemAsync(
        Client client, string code, string redirectUri, string? verifier, CancellationToken cancel)
    {
        var hash = Secret.HashOf(code);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var row = await connection.ReadOneAsync(
            """
            SELECT client_id, redirect_uri, session_id, scope, nonce, code_challenge, expires_at, redeemed_at IS NOT NULL
            FROM authorization_codes WHERE code_hash = $1 FOR UPDATE
            """,
            CodeRow.Read, cancel, hash);
        if (row is null || row.ClientId != client.ClientId)
        {
            return (null, OAuthErrors.CodeInvalid);
        }
        if (row.IsRedeemed)
        {
            await connection.ExecuteAsync("UPDATE issued_tokens SET revoked_at = $2 WHERE code_hash = $1 AND revoked_at IS NULL", cancel, hash, time.GetUtcNow());
            await transaction.CommitAsync(cancel);
            return (null, OAuthErrors.CodeReused);
        }
        await connection.ExecuteAsync("UPDATE authorization_codes SET redeemed_at = $2 WHERE code_hash = $1", cancel, hash, time.GetUtcNow());
        var error = Check(row, redirectUri, verifier);
        var session = error is null ? await sessions.FindAsync(row.SessionId, cancel) : null;
        if (session is null)
        {
            await transaction.CommitAsync(cancel);
            return (null, error ?? OAuthErrors.SessionEnded);
        }
        var scope = ScopeSet.Parse(row.Scope);
        var token = await issuer.AccessForPersonAsync(session, client.ClientId, scope, cancel);
        await connection.ExecuteAsync(
            "INSERT INTO issued_tokens (token_hash, session_id, code_hash, expires_at) VALUES ($1, $2, $3, $4)",
            cancel, Secret.HashOf(token.TokenId), session.SessionId, hash, token.ExpiresAt);
        await transaction.CommitAsync(cancel);
        return (new CodeGrant(session, scope, row.Nonce, token), null);
    }

    /// <summary>True while the token was issued by a code, not revoked, not over.</summary>
    public async Task<bool> IsLiveAsync(string tokenId, CancellationToken cancel) => await database.ReadOneAsync(
        "SELECT 1 FROM issued_tokens WHERE token_hash = $1 AND revoked_at IS NULL AND expires_at > $2", _ => "", cancel, Secret.HashOf(tokenId), time.GetUtcNow()) is not null;

    private OAuthError? Check(CodeRow row, string redirectUri, string? verifier) => row switch
    {
        _ when row.ExpiresAt <= time.GetUtcNow() => OAuthErrors.CodeExpired,
        _ when row.RedirectUri != redirectUri => OAuthErrors.CodeInvalid,
        _ when !Pkce.Answers(verifier, row.CodeChallenge) => OAuthErrors.PkceFailed,
        _ => null,
    };

    private sealed record CodeRow(
        string ClientId, string RedirectUri, Guid SessionId, string Scope, string? Nonce, string CodeChallenge, DateTimeOffset ExpiresAt, bool IsRedeemed)
    {
        public static CodeRow Read(NpgsqlDataReader reader) => new(
            reader.GetString(0), reader.GetString(1), reader.GetGuid(2), reader.GetString(3), reader.TextOrNull(4), reader.GetString(5), reader.Instant(6), reader.GetBoolean(7));
    }
}
