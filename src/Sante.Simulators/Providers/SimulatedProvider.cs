using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Sante.Simulators.Providers;

/// <summary>
/// A stand-in OpenID provider with synthetic persons: no password, a page (or <c>login_hint</c>) says who signs in. It has no register of
/// partners: any client_id with any secret, redirecting to loopback. Keys and grants live in memory, as long as the process.
/// </summary>
internal sealed class SimulatedProvider : IDisposable
{
    private static readonly TimeSpan CodeLife = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(5);

    private readonly ProviderFace face;
    private readonly PersonaDirectory personas;
    private readonly IConfiguration configuration;
    private readonly IServer server;
    private readonly TimeProvider time;
    private readonly AsymmetricAlgorithm key;
    private readonly SecurityKey signingKey;
    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly ConcurrentDictionary<string, Grant> codes = new();
    private readonly ConcurrentDictionary<string, Grant> tokens = new();

    public SimulatedProvider(ProviderFace face, PersonaDirectory personas, IConfiguration configuration, IServer server, TimeProvider time)
    {
        (this.face, this.personas, this.configuration, this.server, this.time) = (face, personas, configuration, server, time);
        var keyId = NewSecret()[..16];
        (key, signingKey) = face.Algorithm == "RS256" ? Rsa(keyId) : Ec(keyId);
    }

    private string Issuer => (configuration["Sante:SimulatorsUrl"]?.TrimEnd('/') is { Length: > 0 } url ? url
        : server.Features.Get<IServerAddressesFeature>()!.Addresses.First().TrimEnd('/')) + face.IssuerPath;

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(face.IssuerPath).AllowAnonymous();
        group.MapGet(face.MetadataPath, Metadata);
        group.MapGet(face.Paths.KeySet, () => Results.Json(new { keys = (object[])[PublicJwk()] }));
        group.MapGet(face.Paths.Authorize, Authorize);
        group.MapPost(face.Paths.Token, (Delegate)TokenAsync);
        group.MapMethods(face.Paths.Userinfo, ["GET", "POST"], Userinfo);
        group.MapGet(face.Paths.EndSession, EndSession);
    }

    public void Dispose() => key.Dispose();

    private IResult Metadata() => Results.Json(new Dictionary<string, object>
    {
        ["issuer"] = Issuer,
        ["authorization_endpoint"] = Issuer + face.Paths.Authorize,
        ["token_endpoint"] = Issuer + face.Paths.Token,
        ["userinfo_endpoint"] = Issuer + face.Paths.Userinfo,
        ["end_session_endpoint"] = Issuer + face.Paths.EndSession,
        ["jwks_uri"] = Issuer + face.Paths.KeySet,
        ["response_types_supported"] = (string[])["code"],
        ["grant_types_supported"] = (string[])["authorization_code"],
        ["subject_types_supported"] = (string[])[face.IsUserinfoSigned ? "pairwise" : "public"],
        ["id_token_signing_alg_values_supported"] = (string[])[face.Algorithm],
        ["token_endpoint_auth_methods_supported"] = (string[])["client_secret_post"],
        ["acr_values_supported"] = face.AcrValues,
    });

    private IResult Authorize(HttpContext context)
    {
        var query = context.Request.Query;
        string Value(string name) => query[name].Count == 1 ? query[name].ToString() : "";
        var request = new ProviderRequest(Value("client_id"), Value("redirect_uri"), Value("scope"), Value("state"), Value("nonce"), Value("acr_values").Split(' ')[0]);
        if (request.ClientId.Length == 0 || !Uri.TryCreate(request.RedirectUri, UriKind.Absolute, out var target) || !target.IsLoopback)
        {
            return PersonaPage.Refused(face.Name, "invalid_client");
        }
        var error = Value("response_type") == "code" ? face.Refuse(request) : "unsupported_response_type";
        if (error is not null)
        {
            return Results.Redirect(QueryHelpers.AddQueryString(
                request.RedirectUri, new Dictionary<string, string?> { ["error"] = error, ["state"] = request.State, ["iss"] = Issuer }));
        }
        var known = personas.All().Where(face.Knows).ToArray();
        if (Array.Find(known, persona => persona.Id == Value("login_hint")) is not { } persona)
        {
            return PersonaPage.Choose(face.Name, known, context.Request);
        }
        var code = Keep(codes, new Grant(request, persona, time.GetUtcNow() + CodeLife));
        return Results.Redirect(QueryHelpers.AddQueryString(
            request.RedirectUri, new Dictionary<string, string?> { ["code"] = code, ["state"] = request.State, ["iss"] = Issuer }));
    }

    private async Task<IResult> TokenAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType)
        {
            return Error("invalid_request", StatusCodes.Status400BadRequest);
        }
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (form["grant_type"] != "authorization_code")
        {
            return Error("unsupported_grant_type", StatusCodes.Status400BadRequest);
        }
        if (string.IsNullOrEmpty(form["client_secret"]))
        {
            return Error("invalid_client", StatusCodes.Status401Unauthorized);
        }
        if (!codes.TryRemove(form["code"].ToString(), out var grant) || grant.EndsAt <= time.GetUtcNow()
            || grant.Request.ClientId != form["client_id"] || grant.Request.RedirectUri != form["redirect_uri"])
        {
            return Error("invalid_grant", StatusCodes.Status400BadRequest);
        }
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(new Dictionary<string, object>
        {
            ["access_token"] = Keep(tokens, grant with { EndsAt = time.GetUtcNow() + TokenLife }),
            ["token_type"] = "Bearer",
            ["expires_in"] = (int)TokenLife.TotalSeconds,
            ["id_token"] = IdToken(grant),
        });
    }

    private IResult Userinfo(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            || !tokens.TryGetValue(header["Bearer ".Length..], out var grant) || grant.EndsAt <= time.GetUtcNow())
        {
            return Error("invalid_token", StatusCodes.Status401Unauthorized);
        }
        context.Response.Headers.CacheControl = "no-store";
        var claims = new Dictionary<string, object>(face.ClaimsOf(grant.Persona, grant.Request)) { ["sub"] = face.SubjectOf(grant.Persona, grant.Request.ClientId) };
        return face.IsUserinfoSigned ? Results.Text(Sign(claims, grant), "application/jwt") : Results.Json(claims);
    }

    private static IResult EndSession(HttpContext context)
    {
        var (target, state) = (context.Request.Query["post_logout_redirect_uri"].ToString(), context.Request.Query["state"].ToString());
        return Uri.TryCreate(target, UriKind.Absolute, out var uri) && uri.IsLoopback
            ? Results.Redirect(state.Length > 0 ? QueryHelpers.AddQueryString(target, "state", state) : target)
            : Error("invalid_request", StatusCodes.Status400BadRequest);
    }

    private string IdToken(Grant grant)
    {
        var claims = new Dictionary<string, object>(face.IdTokenClaimsOf(grant.Persona))
        {
            ["sub"] = face.SubjectOf(grant.Persona, grant.Request.ClientId),
            ["acr"] = grant.Request.Acr,
            ["auth_time"] = time.GetUtcNow().ToUnixTimeSeconds(),
        };
        if (grant.Request.Nonce.Length > 0)
        {
            claims["nonce"] = grant.Request.Nonce;
        }
        return Sign(claims, grant);
    }

    private string Sign(Dictionary<string, object> claims, Grant grant)
    {
        claims["iss"] = Issuer;
        claims["aud"] = grant.Request.ClientId;
        claims["iat"] = time.GetUtcNow().ToUnixTimeSeconds();
        claims["exp"] = (time.GetUtcNow() + TokenLife).ToUnixTimeSeconds();
        return handler.CreateToken(new SecurityTokenDescriptor { Claims = claims, SigningCredentials = new SigningCredentials(signingKey, face.SigningAlgorithm) });
    }

    private string Keep(ConcurrentDictionary<string, Grant> store, Grant grant)
    {
        foreach (var (old, _) in store.Where(entry => entry.Value.EndsAt <= time.GetUtcNow()))
        {
            store.TryRemove(old, out _);
        }
        var secret = NewSecret();
        store[secret] = grant;
        return secret;
    }

    private Dictionary<string, object> PublicJwk()
    {
        var jwk = new Dictionary<string, object> { ["kid"] = signingKey.KeyId, ["use"] = "sig", ["alg"] = face.Algorithm };
        if (key is ECDsa ec)
        {
            var point = ec.ExportParameters(includePrivateParameters: false).Q;
            (jwk["kty"], jwk["crv"], jwk["x"], jwk["y"]) = ("EC", "P-256", Base64UrlEncoder.Encode(point.X), Base64UrlEncoder.Encode(point.Y));
        }
        else
        {
            var numbers = ((RSA)key).ExportParameters(includePrivateParameters: false);
            (jwk["kty"], jwk["n"], jwk["e"]) = ("RSA", Base64UrlEncoder.Encode(numbers.Modulus), Base64UrlEncoder.Encode(numbers.Exponent));
        }
        return jwk;
    }

    private static (AsymmetricAlgorithm, SecurityKey) Ec(string keyId)
    {
        var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return (ec, new ECDsaSecurityKey(ec) { KeyId = keyId });
    }

    private static (AsymmetricAlgorithm, SecurityKey) Rsa(string keyId)
    {
        var rsa = RSA.Create(2048);
        return (rsa, new RsaSecurityKey(rsa) { KeyId = keyId });
    }

    private static IResult Error(string error, int status) => Results.Json(new { error }, statusCode: status);

    private static string NewSecret() => Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(32));

    private sealed record Grant(ProviderRequest Request, SandboxPersona Persona, DateTimeOffset EndsAt);
}
