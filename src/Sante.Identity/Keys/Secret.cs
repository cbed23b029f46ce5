using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace Sante.Identity.Keys;

/// <summary>A random value given to a browser or client, of which the database holds only the SHA-256.</summary>
internal static class Secret
{
    /// <summary>256 random bits, base64url: 43 characters.</summary>
    public static string New() => Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(32));

    /// <summary>What the database keeps. Looked up by equality of the hash, so no comparison of secrets leaks time.</summary>
    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
