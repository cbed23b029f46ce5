using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Sante.Kernel;

namespace Sante.Space.Tokens;

/// <summary>
/// Checks access tokens: ES256 JWT of type <c>at+jwt</c> (RFC 9068) by one issuer, for one audience (<see cref="Audience"/> for the platform itself),
/// 5 s of clock skew. A token is checked once and remembered by its hash until it ends or its key is withdrawn.
/// </summary>
internal sealed class AccessTokens(ISigningKeys keys, string issuer, string audience, TimeProvider time)
{
    /// <summary>The audience of every access token of the authorization server.</summary>
    public const string Audience = "urn:sante:api";
    /// <summary>Longest token read, in characters.</summary>
    public const int LongestTokenCharacters = 8192;

    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(5);
    private readonly CheckedTokens remembered = new(capacity: 10_000);
    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = LongestTokenCharacters };

    /// <summary>The holder. Refusals: <c>token-expired</c>, <c>token-invalid</c>, <c>identity-unavailable</c>.</summary>
    public async ValueTask<Outcome<TokenHolder>> CheckAsync(string token, CancellationToken cancel)
    {
        if (token.Length > LongestTokenCharacters)
        {
            return TokenRefusals.Invalid;
        }
        if (await keys.GetAsync(cancel) is not { } set)
        {
            return TokenRefusals.IdentityUnavailable;
        }
        var key = CheckedTokens.KeyOf(token);
        if (remembered.Find(key) is { } known && set.Holds(known.KeyId))
        {
            return IsOver(known.Holder.ExpiresAt) ? TokenRefusals.Expired : known.Holder;
        }
        return await CheckFirstTimeAsync(token, key, set, cancel);
    }

    private async ValueTask<Outcome<TokenHolder>> CheckFirstTimeAsync(string token, string key, KeySet set, CancellationToken cancel)
    {
        var result = await ValidateAsync(token, set);
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException
            && await keys.GetNewerAsync(set, cancel) is { } newer && !ReferenceEquals(newer, set))
        {
            result = await ValidateAsync(token, newer);
        }
        if (!result.IsValid)
        {
            return result.Exception is SecurityTokenExpiredException ? TokenRefusals.Expired : TokenRefusals.Invalid;
        }
        if (Read((JsonWebToken)result.SecurityToken) is not { } holder)
        {
            return TokenRefusals.Invalid;
        }
        remembered.Keep(key, new CheckedTokens.Entry(holder, result.SecurityToken.SigningKey.KeyId));
        return holder;
    }

    private Task<TokenValidationResult> ValidateAsync(string token, KeySet set) => handler.ValidateTokenAsync(token, new TokenValidationParameters
    {
        ValidIssuer = issuer,
        ValidAudience = audience,
        ValidTypes = ["at+jwt"],
        ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
        IssuerSigningKeys = set.Keys,
        TryAllIssuerSigningKeys = false,
        LifetimeValidator = (from, until, _, _) => IsNow(from, until),
    });

    private bool IsNow(DateTime? from, DateTime? until)
    {
        if (until is null)
        {
            return false;
        }
        if (IsOver(until.Value))
        {
            throw new SecurityTokenExpiredException();
        }
        return from is null || time.GetUtcNow() + Skew >= from;
    }

    private bool IsOver(DateTimeOffset end) => time.GetUtcNow() >= end + Skew;

    private static TokenHolder? Read(JsonWebToken token)
    {
        if (!token.TryGetPayloadValue<JsonElement>(ActorClaim.Name, out var actor)
            || !token.TryGetPayloadValue<string>("client_id", out var client)
            || !token.TryGetPayloadValue<string>("scope", out var scope)
            || !ActorClaim.Read(actor).TryGet(out var claim, out _))
        {
            return null;
        }
        return new TokenHolder(claim.Actor with { Client = client }, client, new SmartScopes(scope), claim.IdpeSystem, token.ValidTo);
    }
}

/// <summary>Why a caller is not known.</summary>
internal static class TokenRefusals
{
    public static Refusal Missing { get; } = new("token-missing", RefusalKind.Forbidden, "Un jeton d'accès est demandé.");
    public static Refusal Expired { get; } = new("token-expired", RefusalKind.Forbidden, "Le jeton d'accès a expiré.");
    public static Refusal Invalid { get; } = new("token-invalid", RefusalKind.Forbidden, "Le jeton d'accès n'est pas valable.");
    public static Refusal ScopeInsufficient { get; } = new("scope-insufficient", RefusalKind.Forbidden, "Le jeton d'accès ne permet pas cet appel.");
    public static Refusal IdentityUnavailable { get; } = new("identity-unavailable", RefusalKind.Unavailable, "Le serveur d'autorisation ne répond pas.");
}
