using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Sante.Identity;

/// <summary>What the process is told by its environment (<c>Sante__…</c>).</summary>
internal sealed class IdentitySettings(IConfiguration configuration, IServer server)
{
    /// <summary>The issuer, without a trailing slash: <c>Sante:IdentityUrl</c>, else the first address listened on. Never taken from a request.</summary>
    public string Issuer => field ??= Url("Sante:IdentityUrl")
        ?? server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()?.TrimEnd('/')
        ?? throw new InvalidOperationException("Sante:IdentityUrl is not configured and the server listens on no address.");

    /// <summary>The API, asked for INS matching.</summary>
    public string ApiUrl => Url("Sante:ApiUrl") ?? throw new InvalidOperationException("Sante:ApiUrl is not configured.");

    /// <summary>Issuer of FranceConnect; by default the simulator.</summary>
    public string FranceConnectUrl => Url("Sante:FranceConnectUrl") ?? SimulatorsUrl + "/franceconnect/api/v2";

    /// <summary>Issuer (realm) of Pro Santé Connect; by default the simulator.</summary>
    public string ProSanteConnectUrl => Url("Sante:ProSanteConnectUrl") ?? SimulatorsUrl + "/psc/auth/realms/esante-wallet";

    /// <summary>File of demo clients and personas, read in Development on loopback only; null when there is none.</summary>
    public string? SandboxFile => configuration["Sante:SandboxFile"];

    /// <summary>File with the 32 bytes (base64) that seal keys and sessions at rest.</summary>
    public string KeyFile => configuration["Sante:IdentityKeyFile"]
        ?? throw new InvalidOperationException("Sante:IdentityKeyFile is not configured.");

    /// <summary>Client credentials at a provider: <c>Sante:FranceConnect:ClientId</c>, <c>…:ClientSecret</c> and the same for ProSanteConnect.</summary>
    public (string ClientId, string? Secret) ClientAt(string provider) =>
        (configuration[$"Sante:{provider}:ClientId"] ?? "sante", configuration[$"Sante:{provider}:ClientSecret"]);

    private string SimulatorsUrl => Url("Sante:SimulatorsUrl") ?? throw new InvalidOperationException("Sante:SimulatorsUrl is not configured.");

    private string? Url(string name) => configuration[name]?.TrimEnd('/') is { Length: > 0 } url ? url : null;
}
