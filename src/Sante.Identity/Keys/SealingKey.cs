using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace Sante.Identity.Keys;

/// <summary>
/// Seals what the database may not hold in clear: signing keys, the actor of a session, a sign-in under way. JWA A256CBC-HS512
/// (RFC 7518 §5.2.5) by Microsoft.IdentityModel; the place (table and row) is authenticated, so a value cannot be moved to another row.
/// </summary>
internal sealed class SealingKey : IDisposable
{
    /// <summary>Length of the key file's content, base64-decoded.</summary>
    public const int KeyBytes = 32;

    private const int VectorBytes = 16;
    private const int TagBytes = 32;
    private readonly AuthenticatedEncryptionProvider cipher;
    private readonly byte[] hashKey;

    /// <param name="root">32 random bytes.</param>
    public SealingKey(byte[] root)
    {
        if (root.Length != KeyBytes)
        {
            throw new ArgumentException($"The key file must hold {KeyBytes} bytes in base64.", nameof(root));
        }
        var sealing = HKDF.DeriveKey(HashAlgorithmName.SHA256, root, 64, info: "sante identity seal v1"u8.ToArray());
        hashKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, root, 32, info: "sante identity subject v1"u8.ToArray());
        cipher = new AuthenticatedEncryptionProvider(new SymmetricSecurityKey(sealing), SecurityAlgorithms.Aes256CbcHmacSha512);
    }

    /// <summary>Reads the key file. With <paramref name="create"/> (Development only) a missing one is made, mode 0600.</summary>
    /// <exception cref="InvalidOperationException">The file is missing, or does not hold 32 bytes in base64.</exception>
    public static SealingKey FromFile(string path, bool create)
    {
        if (!File.Exists(path) && create)
        {
            Create(path);
        }
        if (!File.Exists(path))
        {
            throw new InvalidOperationException("The file of Sante:IdentityKeyFile does not exist.");
        }
        var root = new byte[KeyBytes + 1];
        return Convert.TryFromBase64String(File.ReadAllText(path).Trim(), root, out var length) && length == KeyBytes
            ? new SealingKey(root[..KeyBytes])
            : throw new InvalidOperationException("The file of Sante:IdentityKeyFile does not hold 32 bytes in base64.");
    }

    /// <summary>Seals <paramref name="content"/> for one <paramref name="place"/>: initialization vector, tag, ciphertext.</summary>
    public byte[] Seal(byte[] content, string place)
    {
        var result = cipher.Encrypt(content, Encoding.UTF8.GetBytes(place));
        return [.. result.IV, .. result.AuthenticationTag, .. result.Ciphertext];
    }

    /// <summary>Opens what <see cref="Seal"/> gave for the same place.</summary>
    /// <exception cref="SecurityTokenDecryptionFailedException">Another key, another place, or changed content.</exception>
    public byte[] Open(byte[] box, string place) => cipher.Decrypt(
        box[(VectorBytes + TagBytes)..], Encoding.UTF8.GetBytes(place), box[..VectorBytes], box[VectorBytes..(VectorBytes + TagBytes)]);

    /// <summary>Keyed hash of a guessable identifier (a provider's <c>sub</c> may contain an RPPS number).</summary>
    public byte[] HashOf(string identifier) => HMACSHA256.HashData(hashKey, Encoding.UTF8.GetBytes(identifier));

    public void Dispose() => cipher.Dispose();

    private static void Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        // Written aside and moved, so that two processes starting together read one whole key.
        var draft = $"{path}.{Guid.NewGuid():N}";
        using (var writer = new StreamWriter(draft, options))
        {
            writer.Write(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)));
        }
        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }
}
