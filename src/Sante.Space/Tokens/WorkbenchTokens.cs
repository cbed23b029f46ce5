using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Sante.Kernel;

namespace Sante.Space.Tokens;

/// <summary>
/// Tokens that open workbenches and nothing else (record 0035): own issuer, audience and key, checked and remembered as all others are. The key is made for
/// one token and forgotten; hosts know its public half from the file <c>Sante:WorkbenchKeyFile</c>, and without it refuse every token.
/// </summary>
public static class WorkbenchTokens
{
    /// <summary>The audience: <c>/fhir</c> and <c>/api</c> ask for another.</summary>
    public const string Audience = "urn:sante:workbench";

    /// <summary>The issuer.</summary>
    public const string Issuer = "urn:sante:workbench:development";

    /// <summary>Any interaction on any type.</summary>
    public const string Scopes = "system/*.cruds";

    /// <summary>The scheme by which workbench addresses are entered.</summary>
    internal const string Scheme = "Workbench";

    private const string Client = "workbench";
    private static readonly TimeSpan Life = TimeSpan.FromDays(7);

    /// <summary>True when the host should call <see cref="Issue"/> instead of serving: <c>workbench-token &lt;token file&gt; &lt;key file&gt;</c>.</summary>
    public static bool Knows(IReadOnlyList<string> args) => args is ["workbench-token", _, _];

    /// <summary>Writes a new token and the public half of its key, files of mode 0600. The private half is nowhere afterwards. Returns the exit code.</summary>
    public static int Issue(IReadOnlyList<string> args, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(time);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var token = Token(key, time.GetUtcNow());
        Write(args[2], key.ExportSubjectPublicKeyInfoPem());
        Write(args[1], token);
        return 0;
    }

    private static string Token(ECDsa key, DateTimeOffset now)
    {
        var actor = new ActorClaim(new Actor(ActorKind.App, new ActorIdentifier(ActorIdentifier.ClientSystem, Client), "Banc d'essai"));
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = "at+jwt",
            Claims = new Dictionary<string, object>
            {
                ["iss"] = Issuer,
                ["aud"] = Audience,
                ["sub"] = Client,
                ["client_id"] = Client,
                ["scope"] = Scopes,
                ["iat"] = now.ToUnixTimeSeconds(),
                ["exp"] = (now + Life).ToUnixTimeSeconds(),
                ["jti"] = Convert.ToHexString(RandomNumberGenerator.GetBytes(16)),
                [ActorClaim.Name] = JsonDocument.Parse(actor.ToUtf8Json()).RootElement,
            },
            SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = FixedKeys.IdOf(key) }, SecurityAlgorithms.EcdsaSha256)
            {
                // A cached signer would keep the key that is to be forgotten.
                CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
            },
        });
    }

    /// <summary>Readers see the old or the new file, never a part.</summary>
    private static void Write(string path, string text)
    {
        var next = path + ".next";
        File.Delete(next);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(next, options))
            writer.Write(text);
        File.Move(next, path, overwrite: true);
    }
}

/// <summary>The same check as everywhere, with the workbenches' own issuer, audience and key.</summary>
internal sealed class WorkbenchBearerHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory log, UrlEncoder encoder, WorkbenchAccess access)
    : BearerHandler(options, log, encoder, access.Tokens);

/// <summary>Holds the check of workbench tokens.</summary>
internal sealed record WorkbenchAccess(AccessTokens Tokens);
