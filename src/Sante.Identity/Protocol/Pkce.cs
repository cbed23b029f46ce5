using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace Sante.Identity.Protocol;

/// <summary>Proof key for code exchange, S256 only (RFC 7636).</summary>
internal static class Pkce
{
    /// <summary>A challenge is the base64url of 32 bytes.</summary>
    public static bool IsChallenge(string challenge) => challenge.Length == 43 && challenge.All(IsBase64Url);

    /// <summary>The challenge that a verifier answers.</summary>
    public static string ChallengeOf(string verifier) => Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    /// <summary>True when the verifier (43 to 128 unreserved characters, §4.1) answers the challenge. Constant time.</summary>
    public static bool Answers(string? verifier, string challenge) =>
        verifier is { Length: >= 43 and <= 128 } && verifier.All(letter => IsBase64Url(letter) || letter is '.' or '~')
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(ChallengeOf(verifier)), Encoding.ASCII.GetBytes(challenge));

    private static bool IsBase64Url(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_';
}
