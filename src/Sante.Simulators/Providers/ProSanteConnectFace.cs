using System.Text.Json;

namespace Sante.Simulators.Providers;

/// <summary>
/// Pro Santé Connect: a Keycloak realm with its own discovery path, <c>acr_values=eidas1</c>, scope <c>openid scope_all</c>, userinfo as plain JSON
/// with the situations of exercise. Source: endpoints and claims published for partners, see <c>Providers/SOURCES.md</c>.
/// </summary>
internal sealed class ProSanteConnectFace : ProviderFace
{
    public override string Name => "Pro Santé Connect (simulateur)";

    public override string IssuerPath => "/psc/auth/realms/esante-wallet";

    public override string MetadataPath => "/.well-known/wallet-openid-configuration";

    public override (string Authorize, string Token, string Userinfo, string EndSession, string KeySet) Paths =>
        ("/protocol/openid-connect/auth", "/protocol/openid-connect/token", "/protocol/openid-connect/userinfo",
         "/protocol/openid-connect/logout", "/protocol/openid-connect/certs");

    public override string Algorithm => "RS256";

    public override bool IsUserinfoSigned => false;

    public override IReadOnlyList<string> AcrValues { get; } = ["eidas1"];

    public override bool Knows(SandboxPersona persona) => persona.ProSanteConnect is { ValueKind: JsonValueKind.Object };

    public override string? Refuse(ProviderRequest request) => request switch
    {
        _ when !HasScope(request.Scope, "openid") || !HasScope(request.Scope, "scope_all") => "invalid_scope",
        _ when request.Acr != "eidas1" => "invalid_request",
        _ => null,
    };

    public override string SubjectOf(SandboxPersona persona, string clientId) =>
        Text(persona, "sub") ?? $"f:550dc1c8-0000-4000-8000-000000000000:{Text(persona, "SubjectNameID") ?? persona.Id}";

    public override IReadOnlyDictionary<string, object> ClaimsOf(SandboxPersona persona, ProviderRequest request) =>
        persona.ProSanteConnect!.Value.EnumerateObject().Where(claim => claim.Name != "sub").ToDictionary(claim => claim.Name, claim => (object)claim.Value);

    public override IReadOnlyDictionary<string, object> IdTokenClaimsOf(SandboxPersona persona) =>
        ((string[])["preferred_username", "family_name", "given_name"])
            .Where(name => Text(persona, name) is not null).ToDictionary(name => name, name => (object)Text(persona, name)!);

    private static string? Text(SandboxPersona persona, string member) =>
        persona.ProSanteConnect!.Value.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
