using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Sante.Space.Tokens;

/// <summary>
/// Tokens already checked, by the SHA-256 of the token. At most twice <paramref name="capacity"/>: two generations, the older one is
/// dropped when the younger is full. Thread-safe. Holds no token.
/// </summary>
internal sealed class CheckedTokens(int capacity)
{
    private volatile Generations generations = new([], []);

    public static string KeyOf(string token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(token), hash);
        return Convert.ToBase64String(hash);
    }

    public Entry? Find(string key)
    {
        var (young, old) = generations;
        if (young.TryGetValue(key, out var entry))
        {
            return entry;
        }
        if (old.TryGetValue(key, out entry))
        {
            Keep(key, entry);
        }
        return entry;
    }

    public void Keep(string key, Entry entry)
    {
        var known = generations;
        if (known.Young.Count >= capacity)
        {
            // A lost race drops one generation more than needed: a token is then checked once more.
            generations = new Generations([], known.Young);
        }
        generations.Young[key] = entry;
    }

    /// <summary>A checked token and the key that signed it: an entry whose key is withdrawn counts no more.</summary>
    public sealed record Entry(TokenHolder Holder, string KeyId);

    private sealed record Generations(ConcurrentDictionary<string, Entry> Young, ConcurrentDictionary<string, Entry> Old);
}
