using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using Npgsql;
using Sante.Identity.Keys;
using Sante.Identity.Protocol;

namespace Sante.Identity.Federation;

/// <summary>A sign-in under way: what the client asked, then what was sent to the provider, then what is left to choose.</summary>
/// <param name="Request">The checked authorization request.</param>
/// <param name="Provider">Key of the provider gone to.</param>
/// <param name="ProviderNonce">Nonce sent to it.</param>
/// <param name="Answered">The provider's answer, while the person chooses a situation.</param>
internal sealed record SignIn(AuthorizeRequest Request, string? Provider = null, string? ProviderNonce = null, AnsweredSignIn? Answered = null);

/// <summary>Subject, level and possible actors (JSON of the claim) of an answered sign-in.</summary>
internal sealed record AnsweredSignIn(string Subject, string Acr, IReadOnlyList<string> Actors);

/// <summary>
/// Sign-ins under way, sealed, ten minutes. Each is bound to the browser in which it began; its handle is in our URLs, its state at the
/// provider, and both are random and stored as hashes.
/// </summary>
internal sealed class SignIns(NpgsqlDataSource database, SealingKey sealing, TimeProvider time)
{
    public const int LifeMinutes = 10;

    public async Task<string> BeginAsync(SignIn signIn, string browser, CancellationToken cancel)
    {
        var handle = Secret.New();
        var hash = Secret.HashOf(handle);
        await database.ExecuteAsync(
            "INSERT INTO sign_ins (handle_hash, browser_hash, sealed, expires_at) VALUES ($1, $2, $3, $4)",
            cancel, hash, Secret.HashOf(browser), Seal(signIn, hash), time.GetUtcNow().AddMinutes(LifeMinutes));
        return handle;
    }

    /// <summary>The sign-in of this handle in this browser, or null.</summary>
    public async Task<SignIn?> FindAsync(string handle, string browser, CancellationToken cancel) => await database.ReadOneAsync(
        "SELECT handle_hash, sealed FROM sign_ins WHERE handle_hash = $1 AND browser_hash = $2 AND expires_at > $3",
        Open, cancel, Secret.HashOf(handle), Secret.HashOf(browser), time.GetUtcNow());

    /// <summary>Notes that the person leaves for a provider; gives the state to send. Leaving again forgets the earlier state.</summary>
    public async Task<string> LeaveAsync(string handle, SignIn signIn, CancellationToken cancel)
    {
        var (state, hash) = (Secret.New(), Secret.HashOf(handle));
        await database.ExecuteAsync("UPDATE sign_ins SET state_hash = $2, sealed = $3 WHERE handle_hash = $1", cancel, hash, Secret.HashOf(state), Seal(signIn, hash));
        return state;
    }

    /// <summary>The sign-in that comes back with this state to this browser: once. Null for a foreign, forged, used or old state.</summary>
    public Task<SignIn?> TakeByStateAsync(string state, string browser, CancellationToken cancel) => database.ReadOneAsync(
        "DELETE FROM sign_ins WHERE state_hash = $1 AND browser_hash = $2 AND expires_at > $3 RETURNING handle_hash, sealed",
        Open, cancel, Secret.HashOf(state), Secret.HashOf(browser), time.GetUtcNow());

    /// <summary>Takes the sign-in of this handle: once.</summary>
    public Task<SignIn?> TakeAsync(string handle, string browser, CancellationToken cancel) => database.ReadOneAsync(
        "DELETE FROM sign_ins WHERE handle_hash = $1 AND browser_hash = $2 AND expires_at > $3 RETURNING handle_hash, sealed",
        Open, cancel, Secret.HashOf(handle), Secret.HashOf(browser), time.GetUtcNow());

    private byte[] Seal(SignIn signIn, byte[] handleHash) => sealing.Seal(JsonSerializer.SerializeToUtf8Bytes(signIn), Place(handleHash));

    private SignIn Open(NpgsqlDataReader reader) => JsonSerializer.Deserialize<SignIn>(
        sealing.Open(reader.GetFieldValue<byte[]>(1), Place(reader.GetFieldValue<byte[]>(0))))!;

    private static string Place(byte[] handleHash) => "sign_ins/" + Base64UrlEncoder.Encode(handleHash);
}
