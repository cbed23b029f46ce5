using System.Reflection;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Sante.Identity.Clients;
using Sante.Identity.Development;
using Sante.Identity.Federation;
using Sante.Identity.Keys;
using Sante.Identity.Pages;
using Sante.Identity.Protocol;
using Sante.Identity.Sessions;
using Sante.ServiceDefaults.Migrations;
using Sante.ServiceDefaults.Web;

namespace Sante.Identity;

/// <summary>Wires the authorization server into a host. Its protocol engine is the folder <c>Protocol</c>; pages, claims and clients are not part of it.</summary>
public static class IdentityServer
{
    /// <summary>No request of the protocol is longer.</summary>
    private const long LongestBodyBytes = 64 * 1024;

    /// <summary>Registers the parts. The clock is the system's unless the host registered one before: platform time never reaches a session.</summary>
    public static void AddSanteIdentity(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IdentitySettings>();
        services.AddSingleton(_ => NpgsqlDataSource.Create(builder.Configuration.GetConnectionString("sante_identity")
            ?? throw new InvalidOperationException("ConnectionStrings:sante_identity is not configured.")));
        services.AddSingleton(provider => SealingKey.FromFile(provider.GetRequiredService<IdentitySettings>().KeyFile, builder.Environment.IsDevelopment()));
        services.AddSingleton<SigningKeys>().AddSingleton<ClientStore>().AddSingleton<SessionStore>().AddSingleton<BrowserCookies>();
        services.AddSingleton<TokenIssuer>().AddSingleton<AuthorizationCodes>().AddSingleton<ClientAssertions>();
        services.AddSingleton<AuthorizeEndpoint>().AddSingleton<TokenEndpoint>().AddSingleton<UserinfoEndpoint>().AddSingleton<LogoutEndpoint>();
        services.AddSingleton(_ => new HttpClient { Timeout = TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = 1024 * 1024 });
        services.AddSingleton<SignIns>().AddSingleton<CitizenMatch>().AddSingleton<FederationEndpoints>();
        AddProvider(services, IdentityProviders.FranceConnect, settings => settings.FranceConnectUrl);
        AddProvider(services, IdentityProviders.ProSanteConnect, settings => settings.ProSanteConnectUrl);
        services.AddSingleton<Sweeper>().AddHostedService(provider => provider.GetRequiredService<Sweeper>());
        services.AddSingleton<SandboxClients>().AddHostedService(provider => provider.GetRequiredService<SandboxClients>());
        services.AddSingleton<DevSignIn>();
        services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = LongestBodyBytes);
        services.AddHealthChecks().AddPostgres("identity-database", provider => provider.GetRequiredService<NpgsqlDataSource>());
    }

    /// <summary>Maps the endpoints. All are open: each checks client, person or browser itself, by the protocol.</summary>
    /// <exception cref="InvalidOperationException">The key file is missing or unreadable: better at the start than at the first sign-in.</exception>
    public static void MapSanteIdentity(this WebApplication app)
    {
        app.Services.GetRequiredService<SealingKey>();
        var open = app.MapGroup("").AllowAnonymous();
        open.MapGet("/.well-known/openid-configuration", (IdentitySettings settings) => Discovery.Metadata(settings));
        open.MapGet("/.well-known/jwks.json", Discovery.KeySetAsync);
        open.MapMethods("/connect/authorize", ["GET", "POST"], (AuthorizeEndpoint endpoint, HttpContext context) => endpoint.HandleAsync(context));
        open.MapPost("/connect/token", (TokenEndpoint endpoint, HttpContext context) => endpoint.HandleAsync(context));
        open.MapMethods("/connect/userinfo", ["GET", "POST"], (UserinfoEndpoint endpoint, HttpContext context) => endpoint.HandleAsync(context));
        open.MapMethods("/connect/logout", ["GET", "POST"], (LogoutEndpoint endpoint, HttpContext context) => endpoint.HandleAsync(context));
        open.MapGet("/federation/{provider}/start",
            (FederationEndpoints endpoint, HttpContext context, string provider, string? demande) => endpoint.StartAsync(context, provider, demande));
        open.MapGet("/federation/{provider}/callback", (FederationEndpoints endpoint, HttpContext context, string provider) => endpoint.CallbackAsync(context, provider));
        open.MapPost("/federation/situation", (FederationEndpoints endpoint, HttpContext context) => endpoint.ChooseAsync(context));
        open.MapGet(Page.StylePath, () => Results.Text(Page.Style, "text/css; charset=utf-8"));
        app.MapDevelopment("/dev", MapDevelopmentEndpoints);
    }

    /// <summary>Brings the identity database up to date, as its migrator. Gives how many files ran.</summary>
    public static Task<int> MigrateAsync(IConfiguration configuration, CancellationToken cancel = default)
    {
        var migrator = Required(configuration, "sante_identity_migrator");
        var roles = new MigrationRoles { Identity = new NpgsqlConnectionStringBuilder(Required(configuration, "sante_identity")).Username! };
        return SqlMigrations.RunAsync(migrator, SqlMigrations.Identity, [Assembly.GetExecutingAssembly()], roles, cancel);
    }

    /// <summary>Turns the signing keys: the next one signs, a new next one is published.</summary>
    public static Task RotateKeysAsync(IServiceProvider services, CancellationToken cancel = default) =>
        services.GetRequiredService<SigningKeys>().RotateAsync(cancel);

    private static void MapDevelopmentEndpoints(RouteGroupBuilder dev)
    {
        dev.MapGet("/sign-in/{persona}", (DevSignIn endpoint, HttpContext context, string persona) => endpoint.Start(context, persona)).AllowAnonymous();
        dev.MapGet("/signed-in", (DevSignIn endpoint, HttpContext context, string? code, string? error_description) =>
            endpoint.FinishAsync(context, code, error_description)).AllowAnonymous();
        dev.MapPost("/token", (DevSignIn endpoint, HttpContext context) => endpoint.TokenAsync(context)).AllowAnonymous();
        dev.MapPost("/clients", async (SandboxClients sandbox, HttpContext context) =>
            await sandbox.ReloadAsync(context.RequestAborted) is { } count
                ? Results.Json(new { clients = count })
                : new Problem(StatusCodes.Status409Conflict, "sandbox-unreadable", "Le fichier sandbox.json ne peut pas être lu.").ToResult()).AllowAnonymous();
    }

    private static void AddProvider(IServiceCollection services, ProviderProfile profile, Func<IdentitySettings, string> issuer) =>
        services.AddSingleton(provider =>
        {
            var settings = provider.GetRequiredService<IdentitySettings>();
            return new IdentityProvider(profile, issuer(settings), settings, provider.GetRequiredService<HttpClient>(), provider.GetRequiredService<TimeProvider>());
        });

    private static string Required(IConfiguration configuration, string name) =>
        configuration.GetConnectionString(name) ?? throw new InvalidOperationException($"ConnectionStrings:{name} is not configured.");
}
