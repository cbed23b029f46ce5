using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sante.Space.Tokens;

/// <summary>Wires token checking into a host.</summary>
public static class TokenServices
{
    /// <summary>
    /// Adds the scheme "Bearer" and the policies of <see cref="TokenPolicies"/>. Reads <c>Sante:IdentityUrl</c> (the issuer; its keys are at
    /// <c>/.well-known/jwks.json</c>). Throws <see cref="InvalidOperationException"/> at the first request when it is not configured.
    /// </summary>
    public static IServiceCollection AddSanteTokens(this IServiceCollection services)
    {
        // Sessions and tokens live on the security clock, which nobody moves (house, idea 8).
        services.AddSingleton(provider => new IdentityKeys(
            new HttpClient { Timeout = TimeSpan.FromSeconds(3), MaxResponseContentBufferSize = 64 * 1024 },
            new Uri(Issuer(provider) + "/.well-known/jwks.json"), TimeProvider.System, provider.GetRequiredService<ILogger<IdentityKeys>>()));
        services.AddSingleton(provider => new AccessTokens(provider.GetRequiredService<IdentityKeys>(), Issuer(provider), AccessTokens.Audience, TimeProvider.System));
        services.AddSingleton(provider => new WorkbenchAccess(new AccessTokens(
            FixedKeys.OfFile(provider.GetRequiredService<IConfiguration>()["Sante:WorkbenchKeyFile"]), WorkbenchTokens.Issuer, WorkbenchTokens.Audience, TimeProvider.System)));
        // A token is asked of the one issuer that may open the address: neither ever sees the other's.
        services.AddAuthentication(BearerHandler.Scheme)
            .AddScheme<AuthenticationSchemeOptions, BearerHandler>(BearerHandler.Scheme, options =>
                options.ForwardDefaultSelector = context => IsWorkbench(context.Request.Path) ? WorkbenchTokens.Scheme : null)
            .AddScheme<AuthenticationSchemeOptions, WorkbenchBearerHandler>(WorkbenchTokens.Scheme, null);
        services.AddAuthorization(TokenPolicies.Register);
        return services;
    }

    internal static bool IsWorkbench(PathString path) => path.StartsWithSegments("/workbench");

    private static string Issuer(IServiceProvider provider) =>
        provider.GetRequiredService<IConfiguration>()["Sante:IdentityUrl"]?.TrimEnd('/') is { Length: > 0 } url
            ? url
            : throw new InvalidOperationException("Sante:IdentityUrl is not configured.");
}
