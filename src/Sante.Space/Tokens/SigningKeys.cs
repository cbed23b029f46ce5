using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Sante.Space.Tokens;

/// <summary>Where the keys come from by which access tokens are checked. Thread-safe.</summary>
internal interface ISigningKeys
{
    /// <summary>The keys in force, or null when they cannot be known now.</summary>
    ValueTask<KeySet?> GetAsync(CancellationToken cancel);

    /// <summary>The keys after <paramref name="known"/> proved not to hold a key id; the same set when there are no newer ones.</summary>
    ValueTask<KeySet?> GetNewerAsync(KeySet known, CancellationToken cancel);
}

/// <summary>Keys that stay as they are for the life of the process.</summary>
internal sealed class FixedKeys(IReadOnlyList<SecurityKey> keys) : ISigningKeys
{
    private readonly KeySet set = new(keys, 0);

    /// <summary>The one public key of a PEM file; without a file no key, so that every token is refused.</summary>
    public static FixedKeys OfFile(string? path)
    {
        if (string.IsNullOrEmpty(path))
            return new FixedKeys([]);
        var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(path));
        return new FixedKeys([new ECDsaSecurityKey(key) { KeyId = IdOf(key) }]);
    }

    /// <summary>The id of a key: from its public half, so that both sides name it alike.</summary>
    public static string IdOf(ECDsa key) => Base64UrlEncoder.Encode(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));

    public ValueTask<KeySet?> GetAsync(CancellationToken cancel) => new(set);

    public ValueTask<KeySet?> GetNewerAsync(KeySet known, CancellationToken cancel) => new(set);
}
