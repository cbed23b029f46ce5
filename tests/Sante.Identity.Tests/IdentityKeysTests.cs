using Microsoft.Extensions.Logging.Abstractions;
using Sante.Kernel;
using Sante.Space.Tokens;
using Sante.Testing;

namespace Sante.Identity.Tests;

/// <summary>How the API follows the authorization server's keys, on a clock of its own.</summary>
public sealed class IdentityKeysTests
{
    private static readonly Actor Someone = new(ActorKind.Citizen, new ActorIdentifier(ActorIdentifier.PatientSystem, "1-a"), "Claire Durand");

    [Fact]
    public async Task Check_WithTokenOfANewKey_AsksForTheKeysAgainOnceTheBackOffIsOver()
    {
        var clock = new StillClock(TimeProvider.System.GetUtcNow().UtcDateTime);
        await using var tokens = await TestTokens.StartAsync();
        using var keys = KeysOf(tokens, clock);
        var check = new AccessTokens(keys, tokens.Url, AccessTokens.Audience, clock);
        Assert.Null((await check.CheckAsync(tokens.For(Someone, "patient/*.rs"), Ended)).Refusal);
        tokens.Rotate();
        var token = tokens.For(Someone, "patient/*.rs");
        Assert.Equal("token-invalid", (await check.CheckAsync(token, Ended)).Refusal?.Code);
        clock.Advance(TimeSpan.FromSeconds(IdentityKeys.BackOffSeconds));
        Assert.Null((await check.CheckAsync(token, Ended)).Refusal);
    }

    [Fact]
    public async Task Check_OfARememberedToken_EndsWhenItsKeyIsWithdrawn()
    {
        var clock = new StillClock(TimeProvider.System.GetUtcNow().UtcDateTime);
        await using var tokens = await TestTokens.StartAsync();
        using var keys = KeysOf(tokens, clock);
        var check = new AccessTokens(keys, tokens.Url, AccessTokens.Audience, clock);
        var token = tokens.For(Someone, "patient/*.rs");
        Assert.Null((await check.CheckAsync(token, Ended)).Refusal);
        tokens.Rotate(withdrawOld: true);
        clock.Advance(TimeSpan.FromSeconds(IdentityKeys.RefreshSeconds));
        Assert.Equal("token-invalid", (await check.CheckAsync(token, Ended)).Refusal?.Code);
    }

    [Fact]
    public async Task Check_OfARememberedToken_EndsWithTheToken()
    {
        var clock = new StillClock(TimeProvider.System.GetUtcNow().UtcDateTime);
        await using var tokens = await TestTokens.StartAsync();
        using var keys = KeysOf(tokens, clock);
        var check = new AccessTokens(keys, tokens.Url, AccessTokens.Audience, clock);
        var token = tokens.For(Someone, "patient/*.rs");
        Assert.Null((await check.CheckAsync(token, Ended)).Refusal);
        clock.Advance(TimeSpan.FromSeconds(306));
        Assert.Equal("token-expired", (await check.CheckAsync(token, Ended)).Refusal?.Code);
    }

    [Theory]
    [InlineData(4, null)]
    [InlineData(5, "token-expired")]
    public async Task Check_AfterTheEnd_AllowsFiveSecondsOfSkew(int secondsAfterTheEnd, string? code)
    {
        await using var tokens = await TestTokens.StartAsync();
        var token = tokens.For(Someone, "patient/*.rs");
        var clock = new StillClock(new Microsoft.IdentityModel.JsonWebTokens.JsonWebToken(token).ValidTo.AddSeconds(secondsAfterTheEnd));
        using var keys = KeysOf(tokens, clock);
        Assert.Equal(code, (await new AccessTokens(keys, tokens.Url, AccessTokens.Audience, clock).CheckAsync(token, Ended)).Refusal?.Code);
    }

    [Fact]
    public async Task Check_WhenIdentityStaysAway_StopsWithStaleKeys()
    {
        var clock = new StillClock(TimeProvider.System.GetUtcNow().UtcDateTime);
        var tokens = await TestTokens.StartAsync();
        using var keys = KeysOf(tokens, clock);
        var check = new AccessTokens(keys, tokens.Url, AccessTokens.Audience, clock);
        var token = tokens.For(Someone, "patient/*.rs", endsInSeconds: 3600);
        Assert.Null((await check.CheckAsync(token, Ended)).Refusal);
        await tokens.DisposeAsync();
        clock.Advance(TimeSpan.FromSeconds(IdentityKeys.RefreshSeconds));
        Assert.Null((await check.CheckAsync(token, Ended)).Refusal);
        clock.Advance(TimeSpan.FromSeconds(IdentityKeys.StaleSeconds));
        Assert.Equal("identity-unavailable", (await check.CheckAsync(token, Ended)).Refusal?.Code);
    }

    /// <summary>Moves by hand alone: the back-off of two seconds must not pass by itself on a busy machine.</summary>
    private sealed class StillClock(DateTime start) : TimeProvider
    {
        private DateTime now = start;

        public void Advance(TimeSpan by) => now += by;

        public override DateTimeOffset GetUtcNow() => now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => now.Ticks;
    }

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    private static IdentityKeys KeysOf(TestTokens tokens, TimeProvider clock) =>
        new(new HttpClient(), new Uri(tokens.Url + "/.well-known/jwks.json"), clock, NullLogger<IdentityKeys>.Instance);
}
