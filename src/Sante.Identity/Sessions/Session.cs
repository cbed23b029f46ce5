using Sante.Kernel;

namespace Sante.Identity.Sessions;

/// <summary>A person signed in, in one browser.</summary>
/// <param name="SessionId">Claim <c>sid</c>.</param>
/// <param name="AccountId">Claim <c>sub</c>: random, stable for one person at one provider.</param>
/// <param name="Provider">Key of the identity provider.</param>
/// <param name="Acr">Level that the provider asserted.</param>
/// <param name="Actor">As whom the person acts; sealed at rest.</param>
/// <param name="AuthenticatedAt">When the provider's answer came.</param>
/// <param name="ExpiresAt">End, not prolonged by use.</param>
internal sealed record Session(
    Guid SessionId, Guid AccountId, string Provider, string Acr, ActorClaim Actor, DateTimeOffset AuthenticatedAt, DateTimeOffset ExpiresAt);
