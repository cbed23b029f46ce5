using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sante.Kernel;

namespace Sante.Bench.Citizen;

/// <summary>
/// Stands where the authorization server stands: publishes its key at <c>/.well-known/jwks.json</c> and signs access tokens of five minutes with it
/// (ES256, RFC 9068). The API checks them as it checks any.
/// </summary>
internal sealed class BenchIdentity : IAsyncDisposable
{
    private const int TokenSeconds = 290;
    private const string KeyId = "bench";
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly WebApplication server;

    private BenchIdentity()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        server = builder.Build();
        server.MapGet("/.well-known/jwks.json", () => Results.Text(Published(), "application/json"));
    }

    /// <summary>The issuer's address.</summary>
    public string Url { get; private set; } = "";

    public static async Task<BenchIdentity> StartAsync()
    {
        var identity = new BenchIdentity();
        await identity.server.StartAsync();
        identity.Url = identity.server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return identity;
    }

    /// <summary>A token of this actor with these scopes, good for <see cref="TokenSeconds"/>.</summary>
    public string TokenOf(Actor actor, string scope)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claim = Encoding.UTF8.GetString(new ActorClaim(actor).ToUtf8Json());
        var head = Encoded($$"""{"alg":"ES256","typ":"at+jwt","kid":"{{KeyId}}"}""");
        var payload = Encoded(string.Create(CultureInfo.InvariantCulture,
            $$"""{"iss":"{{Url}}","aud":"urn:sante:api","sub":"{{actor.Identifier.Value}}","client_id":"{{actor.Client}}","scope":"{{scope}}","iat":{{now}},"exp":{{now + TokenSeconds}},"jti":"{{Guid.NewGuid():N}}","actor":{{claim}}}"""));
        var signature = key.SignData(Encoding.ASCII.GetBytes($"{head}.{payload}"), HashAlgorithmName.SHA256);
        return $"{head}.{payload}.{Base64Url.EncodeToString(signature)}";
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        key.Dispose();
    }

    private string Published()
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return $$"""{"keys":[{"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":"{{KeyId}}","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}]}""";
    }

    private static string Encoded(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
