using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using Npgsql;

namespace Sante.Identity.Keys;

/// <summary>The signing keys in force: one signs, all are published.</summary>
internal sealed record SigningKeySet(ECDsaSecurityKey Active, IReadOnlyList<ECDsaSecurityKey> Published, long ReadAt)
{
    public SigningCredentials Credentials { get; } = new(Active, SecurityAlgorithms.EcdsaSha256);
}

/// <summary>
/// ES256 signing keys, in the database, sealed. Two are always published, the active and the next; the one before stays published while
/// tokens signed by it may live. Every instance reads them again each <see cref="RefreshSeconds"/>.
/// </summary>
internal sealed class SigningKeys(NpgsqlDataSource database, SealingKey sealing, TimeProvider time) : IDisposable
{
    public const int RefreshSeconds = 30;
    /// <summary>How long a replaced key stays published: the longest token (id_token, 5 min) plus the refresh of every reader.</summary>
    public const int RetiringMinutes = 15;

    // Serialises creation and rotation between instances.
    private const long LockNumber = 7_261_115_997_116_140;
    private readonly SemaphoreSlim gate = new(1, 1);
    private volatile SigningKeySet? current;

    /// <summary>The keys in force; made at the first call on an empty database.</summary>
    public async ValueTask<SigningKeySet> GetAsync(CancellationToken cancel)
    {
        if (current is { } known && time.GetElapsedTime(known.ReadAt) < TimeSpan.FromSeconds(RefreshSeconds))
        {
            return known;
        }
        await gate.WaitAsync(cancel);
        try
        {
            if (current is { } fresh && time.GetElapsedTime(fresh.ReadAt) < TimeSpan.FromSeconds(RefreshSeconds))
            {
                return fresh;
            }
            return current = await ReadAsync(cancel) ?? await ChangeAsync(rotate: false, cancel);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>The next key becomes active, the active one retires, a new next is made. Other instances follow within <see cref="RefreshSeconds"/>.</summary>
    public async Task RotateAsync(CancellationToken cancel)
    {
        await GetAsync(cancel);
        current = await ChangeAsync(rotate: true, cancel);
    }

    public void Dispose() => gate.Dispose();

    private async Task<SigningKeySet> ChangeAsync(bool rotate, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await connection.ExecuteAsync("SELECT pg_advisory_xact_lock($1)", cancel, LockNumber);
        if (rotate)
        {
            await connection.ExecuteAsync("DELETE FROM signing_keys WHERE retires_at <= $1", cancel, now);
            await connection.ExecuteAsync(
                "UPDATE signing_keys SET state = 'retiring', retires_at = $1 WHERE state = 'active'", cancel, now.AddMinutes(RetiringMinutes));
            await connection.ExecuteAsync("UPDATE signing_keys SET state = 'active' WHERE state = 'next'", cancel);
        }
        foreach (var state in (string[])["active", "next"])
        {
            var (keyId, box) = NewKey();
            await connection.ExecuteAsync(
                "INSERT INTO signing_keys (key_id, state, sealed, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (state) WHERE state <> 'retiring' DO NOTHING",
                cancel, keyId, state, box, now);
        }
        await transaction.CommitAsync(cancel);
        return await ReadAsync(cancel) ?? throw new InvalidOperationException("No signing key after they were made.");
    }

    private async Task<SigningKeySet?> ReadAsync(CancellationToken cancel)
    {
        var rows = await database.ReadAllAsync(
            "SELECT key_id, state, sealed FROM signing_keys WHERE retires_at IS NULL OR retires_at > $1 ORDER BY state",
            reader => (State: reader.GetString(1), Key: Open(reader.GetString(0), reader.GetFieldValue<byte[]>(2))), cancel, time.GetUtcNow());
        var active = rows.FirstOrDefault(row => row.State == "active").Key;
        return active is null ? null : new SigningKeySet(active, [.. rows.Select(row => row.Key)], time.GetTimestamp());
    }

    private (string KeyId, byte[] Box) NewKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var keyId = Secret.New()[..16];
        return (keyId, sealing.Seal(key.ExportPkcs8PrivateKey(), Place(keyId)));
    }

    private ECDsaSecurityKey Open(string keyId, byte[] box)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(sealing.Open(box, Place(keyId)), out _);
        return new ECDsaSecurityKey(key) { KeyId = keyId };
    }

    private static string Place(string keyId) => "signing_keys/" + keyId;

    /// <summary>The published form of a key (RFC 7517), public members only.</summary>
    public static JsonElement PublicJwk(ECDsaSecurityKey key)
    {
        var point = key.ECDsa.ExportParameters(includePrivateParameters: false).Q;
        return JsonSerializer.SerializeToElement(new
        {
            kty = "EC",
            crv = "P-256",
            x = Base64UrlEncoder.Encode(point.X),
            y = Base64UrlEncoder.Encode(point.Y),
            kid = key.KeyId,
            use = "sig",
            alg = "ES256",
        });
    }
}
