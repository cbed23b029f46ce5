using Sante.Identity.Protocol;
using Sante.Kernel;

namespace Sante.Identity.Clients;

/// <summary>A registered client.</summary>
/// <param name="ClientId">Stable name.</param>
/// <param name="Name">Shown to people.</param>
/// <param name="Kind">structure, editor, booking, web or native.</param>
/// <param name="Scopes">All that it may ask for.</param>
/// <param name="PublicKeys">JWK Set (RFC 7517) of its public keys; empty set for a public client.</param>
/// <param name="RedirectUris">Compared character by character.</param>
/// <param name="Actor">As whom it acts by client credentials; null when it may not.</param>
internal sealed record Client(
    string ClientId, string Name, string Kind, ScopeSet Scopes, ClientKeys PublicKeys, IReadOnlyList<string> RedirectUris, ActorClaim? Actor)
{
    /// <summary>A client with keys must authenticate by them, everywhere.</summary>
    public bool IsConfidential => PublicKeys.Count > 0;
}
