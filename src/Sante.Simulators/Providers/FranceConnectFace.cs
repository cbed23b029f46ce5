using System.Security.Cryptography;
using System.Text;

namespace Sante.Simulators.Providers;

/// <summary>
/// FranceConnect v2: userinfo is a signed JWT, <c>sub</c> is 64 hexadecimal characters and <c>v1</c> and differs for each partner, state, nonce of
/// 64 hexadecimal characters and acr_values are required. Source: endpoints and claims published for partners, example in
/// <c>Providers/SOURCES.md</c>.
/// </summary>
internal sealed class FranceConnectFace : ProviderFace
{
    private const string France = "99100";

    // One scope per claim, and the groups that FranceConnect defines over them.
    private static readonly Dictionary<string, string[]> ClaimsOfScope = new()
    {
        ["given_name"] = ["given_name", "given_name_array"],
        ["family_name"] = ["family_name"],
        ["gender"] = ["gender"],
        ["birthdate"] = ["birthdate"],
        ["birthplace"] = ["birthplace"],
        ["birthcountry"] = ["birthcountry"],
        ["profile"] = ["given_name", "given_name_array", "family_name", "gender", "birthdate"],
        ["birth"] = ["birthplace", "birthcountry"],
        ["identite_pivot"] = ["given_name", "given_name_array", "family_name", "gender", "birthdate", "birthplace", "birthcountry"],
    };

    public override string Name => "FranceConnect (simulateur)";

    public override string IssuerPath => "/franceconnect/api/v2";

    public override string MetadataPath => "/.well-known/openid-configuration";

    public override (string Authorize, string Token, string Userinfo, string EndSession, string KeySet) Paths =>
        ("/authorize", "/token", "/userinfo", "/session/end", "/jwks");

    public override string Algorithm => "ES256";

    public override bool IsUserinfoSigned => true;

    public override IReadOnlyList<string> AcrValues { get; } = ["eidas1", "eidas2", "eidas3"];

    public override bool Knows(SandboxPersona persona) => persona.Traits is not null;

    public override string? Refuse(ProviderRequest request) => request switch
    {
        _ when !HasScope(request.Scope, "openid") => "invalid_scope",
        _ when request.State.Length == 0 => "invalid_request",
        _ when request.Nonce.Length != 64 || !request.Nonce.All(char.IsAsciiHexDigit) => "invalid_request",
        _ when !AcrValues.Contains(request.Acr) => "invalid_acr",
        _ => null,
    };

    public override string SubjectOf(SandboxPersona persona, string clientId) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"franceconnect\n{clientId}\n{persona.Id}"))) + "v1";

    public override IReadOnlyDictionary<string, object> ClaimsOf(SandboxPersona persona, ProviderRequest request)
    {
        var traits = persona.Traits!;
        var all = new Dictionary<string, object>
        {
            ["given_name"] = string.Join(' ', traits.GivenNames),
            ["given_name_array"] = traits.GivenNames,
            ["family_name"] = traits.FamilyName,
            ["gender"] = traits.Sex == "F" ? "female" : "male",
            ["birthdate"] = traits.BirthDate,
            // Empty for a birth abroad.
            ["birthplace"] = (traits.BirthCountryCode ?? France) == France ? traits.BirthPlaceCode ?? "" : "",
            ["birthcountry"] = traits.BirthCountryCode ?? France,
        };
        var asked = request.Scope.Split(' ').SelectMany(word => ClaimsOfScope.GetValueOrDefault(word, [])).ToHashSet();
        return all.Where(claim => asked.Contains(claim.Key)).ToDictionary();
    }
}
