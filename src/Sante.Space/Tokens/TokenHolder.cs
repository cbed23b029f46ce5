using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Sante.Kernel;

namespace Sante.Space.Tokens;

/// <summary>Who calls, by a checked access token. Reached by <see cref="TokenHolders.Holder"/>.</summary>
/// <param name="Actor">The actor, with <see cref="Actor.Client"/> set to the token's client.</param>
/// <param name="ClientId">The registered client through which the actor acts.</param>
/// <param name="Scopes">The granted scopes.</param>
/// <param name="IdpeSystem">For an editor: system of its patient pseudonyms.</param>
/// <param name="ExpiresAt">End of the token, on the security clock.</param>
public sealed record TokenHolder(Actor Actor, string ClientId, SmartScopes Scopes, string? IdpeSystem, DateTimeOffset ExpiresAt)
{
    public override string ToString() => $"{Actor} via {ClientId}";
}

/// <summary>The principal of a request with a checked token: carries the holder, no personal claim.</summary>
internal sealed class TokenIdentity(TokenHolder holder) : ClaimsIdentity("Bearer")
{
    public TokenHolder Holder { get; } = holder;
}

/// <summary>From a request to its holder and actor.</summary>
public static class TokenHolders
{
    /// <summary>The holder, or null when the request carries no valid token.</summary>
    public static TokenHolder? FindHolder(this HttpContext context) => (context.User.Identity as TokenIdentity)?.Holder;

    /// <summary>The holder. Throws <see cref="InvalidOperationException"/> on an endpoint without a policy of <see cref="TokenPolicies"/>: a bug.</summary>
    public static TokenHolder Holder(this HttpContext context) =>
        context.FindHolder() ?? throw new InvalidOperationException("The endpoint requires no token policy.");

    /// <summary>The actor of <see cref="Holder"/>.</summary>
    public static Actor Actor(this HttpContext context) => context.Holder().Actor;
}
