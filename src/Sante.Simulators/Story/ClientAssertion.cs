using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Sante.Simulators.Story;

/// <summary>A client's proof of itself (<c>private_key_jwt</c>, RFC 7523): one per request, one minute.</summary>
public static class ClientAssertion
{
    public const string Type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// <param name="client">A client with a private key.</param>
    /// <param name="audience">The token endpoint or the issuer.</param>
    /// <param name="change">A last change of the claims, for requests meant to be refused.</param>
    /// <exception cref="InvalidOperationException">The client has no key.</exception>
    public static string Create(SandboxClient client, string audience, Action<Dictionary<string, object>>? change = null)
    {
        var key = new JsonWebKey(client.PrivateJwk ?? throw new InvalidOperationException($"Client {client.ClientId} has no key."));
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = client.ClientId,
            ["sub"] = client.ClientId,
            ["aud"] = audience,
            ["iat"] = now,
            ["exp"] = now + 60,
            ["jti"] = Guid.NewGuid().ToString("N"),
        };
        change?.Invoke(claims);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor { Claims = claims, SigningCredentials = new SigningCredentials(key, AlgorithmOf(key)) });
    }

    private static string AlgorithmOf(JsonWebKey key) => key switch
    {
        { Alg.Length: > 0 } => key.Alg,
        { Kty: "RSA" } => SecurityAlgorithms.RsaSha384,
        { Crv: "P-384" } => SecurityAlgorithms.EcdsaSha384,
        _ => SecurityAlgorithms.EcdsaSha256,
    };
}
