using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Sante.Space.Tokens;

/// <summary>
/// The authorization server's published signing keys. Read at the first token, again every <see cref="RefreshSeconds"/>, and at an unknown
/// key id, but never twice within <see cref="BackOffSeconds"/>. Keys older than <see cref="StaleSeconds"/> are not used. Thread-safe.
/// Own code rather than ConfigurationManager: that one refreshes in the background, so the first token of a new key would be refused.
/// </summary>
internal sealed partial class IdentityKeys(HttpClient http, Uri keysUrl, TimeProvider time, ILogger<IdentityKeys> log) : ISigningKeys, IDisposable
{
    public const int RefreshSeconds = 30;
    public const int BackOffSeconds = 2;
    public const int StaleSeconds = 300;

    private readonly SemaphoreSlim gate = new(1, 1);
    private volatile KeySet? current;
    private long triedAt = long.MinValue;

    /// <summary>The keys in force, or null when the authorization server cannot be heard.</summary>
    public async ValueTask<KeySet?> GetAsync(CancellationToken cancel)
    {
        var known = current;
        return known is not null && Age(known) < TimeSpan.FromSeconds(RefreshSeconds) ? known : await ReadAsync(known, cancel);
    }

    /// <summary>The keys after <paramref name="known"/> proved not to hold a key id; the same set when the back-off forbids to ask again.</summary>
    public ValueTask<KeySet?> GetNewerAsync(KeySet known, CancellationToken cancel) => ReadAsync(known, cancel);

    public void Dispose()
    {
        gate.Dispose();
        http.Dispose();
    }

    private async ValueTask<KeySet?> ReadAsync(KeySet? known, CancellationToken cancel)
    {
        await gate.WaitAsync(cancel);
        try
        {
            if (!ReferenceEquals(current, known))
            {
                return current;
            }
            if (triedAt == long.MinValue || time.GetElapsedTime(triedAt) >= TimeSpan.FromSeconds(BackOffSeconds))
            {
                triedAt = time.GetTimestamp();
                await FetchAsync(cancel);
            }
            return current is { } keys && Age(keys) < TimeSpan.FromSeconds(StaleSeconds) ? keys : null;
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task FetchAsync(CancellationToken cancel)
    {
        try
        {
            var set = new JsonWebKeySet(await http.GetStringAsync(keysUrl, cancel));
            current = new KeySet([.. set.GetSigningKeys()], time.GetTimestamp());
        }
        catch (Exception failure) when (failure is HttpRequestException or ArgumentException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            KeysNotRead(log, failure.GetType().Name);
        }
    }

    private TimeSpan Age(KeySet keys) => time.GetElapsedTime(keys.ReadAt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The signing keys of the authorization server could not be read: {Failure}")]
    private static partial void KeysNotRead(ILogger logger, string failure);
}

/// <summary>One reading of the published keys. <paramref name="ReadAt"/> is a timestamp of the security clock.</summary>
internal sealed record KeySet(IReadOnlyList<SecurityKey> Keys, long ReadAt)
{
    public bool Holds(string keyId) => Keys.Any(key => key.KeyId == keyId);
}
