using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using Sante.Kernel;
using Sante.Space.Tokens;
using Sante.Testing;

namespace Sante.Identity.Tests;

/// <summary>The API's check of access tokens, over HTTP, against an issuer whose keys turn.</summary>
public sealed class AccessTokenTests : IAsyncLifetime
{
    private static readonly Actor Doctor = new(
        ActorKind.Professional, new ActorIdentifier("https://rpps.esante.gouv.fr", "10100000017"), "Dr Anne Martin",
        new ActorStructure(new ActorIdentifier("https://finess.esante.gouv.fr", "750000001"), "Hôpital d'essai"), new Situation("10", "SM26", true));
    private static readonly Actor Mother = new(
        ActorKind.Citizen, new ActorIdentifier(ActorIdentifier.PatientSystem, "12-abcdefghijklmnopqrstuvwxyz"), "Claire Durand");
    private static readonly Actor Scale = new(ActorKind.App, new ActorIdentifier(ActorIdentifier.ClientSystem, "scale"), "Balance");

    private TestTokens tokens = null!;
    private WebApplication api = null!;
    private HttpClient http = null!;

    public async ValueTask InitializeAsync()
    {
        tokens = await TestTokens.StartAsync();
        (api, http) = await StartApiAsync(tokens.Url);
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await api.DisposeAsync();
        await tokens.DisposeAsync();
    }

    [Fact]
    public async Task Call_WithValidToken_KnowsActorClientAndScopes()
    {
        var answer = await GetAsync("/professional", tokens.For(Doctor, "openid user/*.rs", client: "lgc"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var seen = await ReadAsync(answer);
        Assert.Equal("Professional|10100000017|lgc|750000001|SM26|True", seen.GetProperty("actor").GetString());
        Assert.True(seen.GetProperty("reads").GetBoolean());
        Assert.False(seen.GetProperty("writes").GetBoolean());
    }

    [Theory]
    [InlineData("/any")]
    [InlineData("/citizen")]
    [InlineData("/professional")]
    [InlineData("/feeder")]
    [InlineData("/identity")]
    public async Task Call_WithoutToken_IsRefusedAsMissing(string path)
    {
        var answer = await http.GetAsync(path, TestContext.Current.CancellationToken);
        await AssertRefusedAsync(answer, HttpStatusCode.Unauthorized, "token-missing");
        Assert.Equal("Bearer realm=\"sante\"", answer.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task Call_WithExpiredToken_IsRefusedAsExpired()
    {
        var answer = await GetAsync("/any", tokens.For(Doctor, "user/*.rs", endsInSeconds: -60));
        await AssertRefusedAsync(answer, HttpStatusCode.Unauthorized, "token-expired");
        Assert.Contains("invalid_token", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("iss", "https://elsewhere.example")]
    [InlineData("aud", "urn:other:api")]
    [InlineData("nbf", 4102444800L)]
    [InlineData("actor", "professional")]
    [InlineData("scope", null)]
    [InlineData("client_id", null)]
    [InlineData("exp", null)]
    public async Task Call_WithOneClaimWrong_IsRefusedAsInvalid(string claim, object? value)
    {
        var token = tokens.For(Doctor, "user/*.rs", change: claims =>
        {
            claims.Remove(claim);
            if (value is not null)
            {
                claims[claim] = value;
            }
        });
        await AssertRefusedAsync(await GetAsync("/any", token), HttpStatusCode.Unauthorized, "token-invalid");
    }

    [Fact]
    public async Task Call_WithTokenOfAnotherIssuersKey_IsRefusedAsInvalid()
    {
        await using var other = await TestTokens.StartAsync();
        var token = other.For(Doctor, "user/*.rs", change: claims => claims["iss"] = tokens.Url);
        await AssertRefusedAsync(await GetAsync("/any", token), HttpStatusCode.Unauthorized, "token-invalid");
    }

    [Theory]
    [InlineData("{\"alg\":\"none\",\"typ\":\"at+jwt\"}")]
    [InlineData("{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}")]
    [InlineData("{\"alg\":\"ES256\",\"typ\":\"JWT\"}")]
    public async Task Call_WithAnotherHeader_IsRefusedAsInvalid(string header)
    {
        var parts = tokens.For(Doctor, "user/*.rs").Split('.');
        var forged = $"{Base64UrlEncoder.Encode(header)}.{parts[1]}.{(header.Contains("none", StringComparison.Ordinal) ? "" : parts[2])}";
        await AssertRefusedAsync(await GetAsync("/any", forged), HttpStatusCode.Unauthorized, "token-invalid");
    }

    [Fact]
    public async Task Call_WithChangedPayload_IsRefusedEvenAfterTheTrueTokenWasAccepted()
    {
        var token = tokens.For(Doctor, "user/*.rs");
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/any", token)).StatusCode);
        var parts = token.Split('.');
        var payload = Base64UrlEncoder.Decode(parts[1]).Replace("10100000017", "10100000025", StringComparison.Ordinal);
        await AssertRefusedAsync(
            await GetAsync("/any", $"{parts[0]}.{Base64UrlEncoder.Encode(payload)}.{parts[2]}"), HttpStatusCode.Unauthorized, "token-invalid");
    }

    [Fact]
    public async Task Call_WithOversizedToken_IsRefusedAsInvalid() =>
        await AssertRefusedAsync(await GetAsync("/any", new string('a', AccessTokens.LongestTokenCharacters + 1)), HttpStatusCode.Unauthorized, "token-invalid");

    [Theory]
    [InlineData("/citizen", "user/*.rs")]
    [InlineData("/feeder", "user/*.rs")]
    [InlineData("/identity", "system/identity.match")]
    [InlineData("/professional", "openid profile")]
    public async Task Call_OutsideKindOrScope_IsForbidden(string path, string scopes) =>
        await AssertRefusedAsync(await GetAsync(path, tokens.For(Doctor, scopes)), HttpStatusCode.Forbidden, "scope-insufficient");

    [Fact]
    public async Task Call_ByEachKind_PassesItsOwnPolicy()
    {
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/citizen", tokens.For(Mother, "space/*.cruds"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync("/citizen", tokens.For(Mother, "patient/*.rs"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/feeder", tokens.For(Scale, "system/*.c", idpeSystem: "urn:oid:1.2.3"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/identity", tokens.For(Actor.Platform, "system/identity.match", client: "identity"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync("/identity", tokens.For(Actor.Platform, "system/identity.match", client: "other"))).StatusCode);
    }

    [Fact]
    public async Task Call_BelowFhir_IsRefusedWithAnOperationOutcome()
    {
        var answer = await http.GetAsync("/fhir/Observation", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("application/fhir+json", answer.Content.Headers.ContentType?.MediaType);
        var issue = (await ReadAsync(answer)).GetProperty("issue")[0];
        Assert.Equal("login", issue.GetProperty("code").GetString());
        Assert.Equal("token-missing", issue.GetProperty("details").GetProperty("coding")[0].GetProperty("code").GetString());
    }

    [Fact]
    public async Task Call_WhenIdentityIsAway_Is503WithRetryAfter()
    {
        var (lonely, client) = await StartApiAsync("http://127.0.0.1:1");
        await using (lonely)
        using (client)
        {
            var answer = await GetAsync("/any", tokens.For(Doctor, "user/*.rs"), client);
            await AssertRefusedAsync(answer, HttpStatusCode.ServiceUnavailable, "identity-unavailable");
            Assert.NotNull(answer.Headers.RetryAfter);
        }
    }

    private static async Task<(WebApplication Api, HttpClient Http)> StartApiAsync(string identityUrl)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration["Sante:IdentityUrl"] = identityUrl;
        builder.Services.AddSanteTokens();
        var app = builder.Build();
        app.MapGet("/any", Describe).RequireAuthorization(TokenPolicies.AnyActor);
        app.MapGet("/citizen", Describe).RequireAuthorization("citizen");
        app.MapGet("/professional", Describe).RequireAuthorization("professional");
        app.MapGet("/feeder", Describe).RequireAuthorization("feeder");
        app.MapGet("/identity", Describe).RequireAuthorization("identity");
        app.MapGet("/fhir/Observation", Describe).RequireAuthorization("any-actor");
        await app.StartAsync(TestContext.Current.CancellationToken);
        return (app, new HttpClient { BaseAddress = new Uri(app.Urls.First()) });
    }

    private static IResult Describe(HttpContext context)
    {
        var actor = context.Actor();
        var scopes = context.Holder().Scopes;
        return Results.Json(new
        {
            actor = $"{actor.Kind}|{actor.Identifier.Value}|{actor.Client}|{actor.Structure?.Identifier.Value}|{actor.Situation?.Specialty}|{actor.Situation?.MedicalRegulation}",
            reads = scopes.Allows("Observation", 'r'),
            writes = scopes.Allows("Observation", 'c'),
        });
    }

    private Task<HttpResponseMessage> GetAsync(string path, string token) => GetAsync(path, token, http);

    private static Task<HttpResponseMessage> GetAsync(string path, string token, HttpClient client)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new("Bearer", token);
        return client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer) =>
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;

    private static async Task AssertRefusedAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(code, (await ReadAsync(answer)).GetProperty("code").GetString());
    }
}
