using System.Reflection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Sante.Foundations;
using Sante.Ledger.Keys;
using Sante.Testing;

namespace Sante.Space.Tests.FhirApi;

/// <summary>One API process's worth of services, on Kestrel at a free port: real HTTP in front, real PostgreSQL behind. Several on one database are several front-ends.</summary>
public sealed class ApiHost : IAsyncDisposable
{
    private readonly WebApplicationFactory<Program> factory;

    private ApiHost(WebApplicationFactory<Program> factory, HttpClient http) => (this.factory, Http) = (factory, http);

    public static Assembly[] Assemblies { get; } = [typeof(Ledger.Ledger).Assembly, typeof(IInsLookup).Assembly, typeof(SpaceGrain).Assembly];

    public HttpClient Http { get; }

    public Ledger.Ledger Ledger => factory.Services.GetRequiredService<Ledger.Ledger>();

    public IServiceProvider Services => factory.Services;

    /// <param name="database">Where.</param>
    /// <param name="tokens">Whose tokens are believed.</param>
    /// <param name="main">Another way to the main database: through a proxy that cuts it.</param>
    /// <param name="settings">Further configuration.</param>
    public static ApiHost Start(TestDatabase database, TestTokens tokens, string? main = null, params (string Key, string Value)[] settings)
    {
        var factory = new WebApplicationFactory<Program>().WithWebHostBuilder(host =>
        {
            foreach (var (key, value) in database.Configuration)
                host.UseSetting(key, value);
            host.UseUrls("http://127.0.0.1:0");
            host.UseSetting("ConnectionStrings:sante", main ?? database.Main);
            host.UseSetting("urls", "http://127.0.0.1:0");
            host.UseSetting("Sante:IdentityUrl", tokens.Url);
            host.UseSetting("Sante:MasterKeyFile", MasterKey.Path);
            foreach (var (key, value) in settings)
                host.UseSetting(key, value);
        });
        factory.UseKestrel();
        factory.StartServer();
        var address = factory.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new ApiHost(factory, new HttpClient { BaseAddress = new Uri(address.Replace("[::]", "127.0.0.1", StringComparison.Ordinal)) });
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await factory.DisposeAsync();
    }

    /// <summary>The master key of all hosts of this process.</summary>
    private static class MasterKey
    {
        public static string Path { get; } = Create();

        private static string Create()
        {
            var path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"sante-space-test-{Environment.ProcessId}.key");
            File.Delete(path);
            FileMasterKey.CreateIfMissing(path);
            AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(path);
            return path;
        }
    }
}

/// <summary>One database and one front-end for a test class; each test makes its own space.</summary>
public class ApiFixture : IAsyncLifetime
{
    public TestDatabase Database { get; private set; } = null!;
    public TestTokens Tokens { get; private set; } = null!;
    public ApiHost Api { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await TestDatabase.CreateAsync(ApiHost.Assemblies);
        Tokens = await TestTokens.StartAsync();
        Api = ApiHost.Start(Database, Tokens);
    }

    /// <summary>How many lines the actor's own log has.</summary>
    public async Task<long> LinesOfAsync(Sante.Kernel.Actor actor) =>
        (await Api.Ledger.LoadAsync(await Api.Ledger.ActorSpaceAsync(actor.Identifier), [])).Value.Lines;

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        await Tokens.DisposeAsync();
        await Database.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
