using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Sante.Kernel;

namespace Sante.Testing;

/// <summary>
/// A stand-in issuer for tests of the API: own ES256 key, its JWKS served over HTTP on loopback. Start one per test class, give its
/// <see cref="Url"/> to the API as <c>Sante:IdentityUrl</c> (environment: <c>Sante__IdentityUrl</c>), then send <see cref="For"/> as Bearer.
/// </summary>
public sealed class TestTokens : IAsyncDisposable
{
    private readonly WebApplication server;
    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };
    private volatile ECDsaSecurityKey[] keys;

    private TestTokens(WebApplication server)
    {
        this.server = server;
        keys = [NewKey()];
        server.MapGet("/.well-known/jwks.json", () => Results.Text(KeySetJson, "application/json"));
    }

    /// <summary>The issuer: <c>http://127.0.0.1:port</c>.</summary>
    public string Url => server.Urls.First().TrimEnd('/');

    /// <summary>The published key set.</summary>
    public string KeySetJson => JsonSerializer.Serialize(new { keys = keys.Select(PublicJwk) });

    /// <summary>Starts the issuer on a free port.</summary>
    public static async Task<TestTokens> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var tokens = new TestTokens(builder.Build());
        await tokens.server.StartAsync();
        return tokens;
    }

    /// <summary>An access token of the real form for this actor. <paramref name="scopes"/>: words separated by spaces.</summary>
    /// <param name="actor">Any actor but a delegate.</param>
    /// <param name="scopes">For example <c>user/*.cruds</c>.</param>
    /// <param name="client">The registered client; <see cref="Actor.Client"/> when null, else "tests".</param>
    /// <param name="idpeSystem">For an editor.</param>
    /// <param name="endsInSeconds">Negative for an expired token.</param>
    /// <param name="change">A last change of the claims.</param>
    public string For(
        Actor actor, string scopes, string? client = null, string? idpeSystem = null, int endsInSeconds = 300, Action<Dictionary<string, object>>? change = null)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = Url,
            ["aud"] = "urn:sante:api",
            ["sub"] = "test-" + actor.Identifier.Value,
            ["client_id"] = client ?? actor.Client ?? "tests",
            ["scope"] = scopes,
            ["iat"] = now + Math.Min(0, endsInSeconds - 300),
            ["exp"] = now + endsInSeconds,
            ["jti"] = Guid.NewGuid().ToString("N"),
            [ActorClaim.Name] = JsonDocument.Parse(new ActorClaim(actor, idpeSystem).ToUtf8Json()).RootElement,
        };
        change?.Invoke(claims);
        return handler.CreateToken(new SecurityTokenDescriptor
        {
            Claims = claims,
            TokenType = "at+jwt",
            SigningCredentials = new SigningCredentials(keys[0], SecurityAlgorithms.EcdsaSha256),
        });
    }

    /// <summary>Signs with a new key from now on; the old one stays published unless <paramref name="withdrawOld"/>.</summary>
    public void Rotate(bool withdrawOld = false) => keys = withdrawOld ? [NewKey()] : [NewKey(), .. keys];

    public async ValueTask DisposeAsync() => await server.DisposeAsync();

    private static ECDsaSecurityKey NewKey() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = Guid.NewGuid().ToString("N") };

    private static object PublicJwk(ECDsaSecurityKey key)
    {
        var point = key.ECDsa.ExportParameters(includePrivateParameters: false).Q;
        return new
        {
            kty = "EC",
            crv = "P-256",
            x = Base64UrlEncoder.Encode(point.X),
            y = Base64UrlEncoder.Encode(point.Y),
            kid = key.KeyId,
            use = "sig",
            alg = "ES256",
        };
    }
}
