using Microsoft.IdentityModel.Tokens;

namespace Sante.Simulators.Providers;

/// <summary>What an authorization request at a simulated provider asked for.</summary>
internal sealed record ProviderRequest(string ClientId, string RedirectUri, string Scope, string State, string Nonce, string Acr);

/// <summary>How one provider looks from outside: its paths, its rules, its claims. The mechanics of OpenID Connect are in <see cref="SimulatedProvider"/>.</summary>
internal abstract class ProviderFace
{
    /// <summary>Shown on the page that offers personas.</summary>
    public abstract string Name { get; }

    /// <summary>Path of the issuer on this host.</summary>
    public abstract string IssuerPath { get; }

    /// <summary>Path of the discovery document below the issuer.</summary>
    public abstract string MetadataPath { get; }

    /// <summary>Paths below the issuer: authorize, token, userinfo, end of session, key set.</summary>
    public abstract (string Authorize, string Token, string Userinfo, string EndSession, string KeySet) Paths { get; }

    /// <summary>ES256 or RS256.</summary>
    public abstract string Algorithm { get; }

    /// <summary>Userinfo is answered as a signed JWT.</summary>
    public abstract bool IsUserinfoSigned { get; }

    public abstract IReadOnlyList<string> AcrValues { get; }

    public abstract bool Knows(SandboxPersona persona);

    /// <summary>What the provider would refuse in this request, as an error of its own; null when it is well formed.</summary>
    public abstract string? Refuse(ProviderRequest request);

    public abstract string SubjectOf(SandboxPersona persona, string clientId);

    /// <summary>Claims of userinfo, <c>sub</c> apart.</summary>
    public abstract IReadOnlyDictionary<string, object> ClaimsOf(SandboxPersona persona, ProviderRequest request);

    /// <summary>Claims of the id_token beyond those of the protocol.</summary>
    public virtual IReadOnlyDictionary<string, object> IdTokenClaimsOf(SandboxPersona persona) => new Dictionary<string, object>();

    public static bool HasScope(string scope, string word) => scope.Split(' ').Contains(word);

    public string SigningAlgorithm => Algorithm == "RS256" ? SecurityAlgorithms.RsaSha256 : SecurityAlgorithms.EcdsaSha256;
}
