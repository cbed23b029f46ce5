using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Sante.Identity.Clients;

/// <summary>A client's public keys: RSA of 2048 bits or more, P-256 or P-384; nothing else is taken.</summary>
internal sealed class ClientKeys
{
    private static readonly string[] PublicMembers = ["kty", "crv", "x", "y", "n", "e", "kid", "alg", "use"];
    private readonly JsonWebKey[] keys;

    private ClientKeys(JsonWebKey[] keys) => this.keys = keys;

    public static ClientKeys None { get; } = new([]);

    public int Count => keys.Length;

    /// <summary>Reads a stored JWK Set.</summary>
    public static ClientKeys FromSet(string json) => new([.. new JsonWebKeySet(json).Keys]);

    /// <summary>Takes the public members of one JWK, whatever else it holds. Null when it is not an allowed asymmetric key.</summary>
    public static ClientKeys? FromJwk(JsonElement jwk)
    {
        var members = jwk.EnumerateObject().Where(member => PublicMembers.Contains(member.Name)).ToDictionary(member => member.Name, member => member.Value);
        var key = new JsonWebKey(JsonSerializer.Serialize(members));
        return IsAllowed(key) ? new ClientKeys([key]) : null;
    }

    /// <summary>The keys that may check an assertion of this algorithm: by key id when it gives one, else the only one.</summary>
    public IReadOnlyList<SecurityKey> For(string algorithm, string? keyId) =>
        [.. keys.Where(key => Fits(key, algorithm) && (string.IsNullOrEmpty(keyId) ? keys.Length == 1 : key.Kid == keyId))];

    public string ToSet() => JsonSerializer.Serialize(new { keys = keys.Select(Members) });

    private static bool IsAllowed(JsonWebKey key) => key switch
    {
        { Kty: "RSA", N.Length: > 0, E.Length: > 0 } => key.KeySize >= 2048,
        { Kty: "EC", Crv: "P-256" or "P-384", X.Length: > 0, Y.Length: > 0 } => true,
        _ => false,
    };

    private static bool Fits(JsonWebKey key, string algorithm) => (string.IsNullOrEmpty(key.Alg) || key.Alg == algorithm) && algorithm switch
    {
        SecurityAlgorithms.RsaSha384 or SecurityAlgorithms.RsaSsaPssSha256 => key.Kty == "RSA",
        SecurityAlgorithms.EcdsaSha256 => key.Kty == "EC" && key.Crv == "P-256",
        SecurityAlgorithms.EcdsaSha384 => key.Kty == "EC" && key.Crv == "P-384",
        _ => false,
    };

    private static Dictionary<string, string> Members(JsonWebKey key)
    {
        (string Name, string? Value)[] all =
            [("kty", key.Kty), ("crv", key.Crv), ("x", key.X), ("y", key.Y), ("n", key.N), ("e", key.E), ("kid", key.Kid), ("alg", key.Alg), ("use", key.Use)];
        return all.Where(member => !string.IsNullOrEmpty(member.Value)).ToDictionary(member => member.Name, member => member.Value!);
    }
}
