using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sante.ServiceDefaults;
using Sante.ServiceDefaults.Web;
using Sante.Simulators;
using Sante.Space.Tokens;
using Sante.Testing;

namespace Sante.Identity.Tests;

/// <summary>
/// The authorization server on real HTTP and PostgreSQL, the simulators, and the one endpoint of the API that it calls, as agreed in
/// <c>CitizenMatch</c>: traits of the personas are found, "DOUBLON" is several people,
/// "ILLISIBLE" is not a name, anyone else is nobody.
/// </summary>
public sealed class IdentityRig : IAsyncLifetime
{
    private readonly List<WebApplication> hosts = [];
    private readonly string folder = Directory.CreateTempSubdirectory("sante-identity-").FullName;
    private TestDatabase database = null!;
    private string apiUrl = "";
    private Func<string, string> through = connection => connection;

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public HandClock Clock { get; } = new();

    public ConcurrentQueue<string> Logs { get; } = new();

    public string Issuer { get; private set; } = "";

    public string SimulatorsUrl { get; private set; } = "";

    public TestDatabase Database => database;

    public string SandboxPath => Path.Combine(folder, "sandbox.json");

    public Sandbox Sandbox => Sandbox.Read(SandboxPath);

    /// <summary>A client without cookies and without redirects.</summary>
    public HttpClient Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(typeof(IdentityServer).Assembly);
        await File.WriteAllTextAsync(SandboxPath, TestSandbox.Json, Cancel);
        SimulatorsUrl = await StartSimulatorsAsync();
        var api = await StartApiAsync();
        Issuer = await StartIdentityAsync();
        // The API checks tokens by the issuer's keys, and learns its address before the first of them.
        api.Configuration["Sante:IdentityUrl"] = Issuer;
    }

    /// <summary>Another instance on the same database, key file and issuer; or the first after a restart. Gives its address.</summary>
    public Task<string> StartAnotherAsync(string environment = "Development") => StartIdentityAsync(environment);

    /// <summary>Another instance, which reaches its database through a proxy.</summary>
    public async Task<string> StartBehindAsync(CuttingProxy proxy)
    {
        through = proxy.Through;
        return await StartIdentityAsync();
    }

    public Task StopIdentityAsync() => StopAsync(hosts[^1]);

    public Task StopApiAsync() => StopAsync(hosts.First(host => host.Urls.Contains(apiUrl)));

    public Task StopSimulatorsAsync() => StopAsync(hosts.First(host => host.Urls.Contains(SimulatorsUrl)));

    /// <summary>Again at the same address, with other keys.</summary>
    public Task RestartSimulatorsAsync() => StartSimulatorsAsync(SimulatorsUrl);

    public T Service<T>()
        where T : notnull => hosts[^1].Services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        foreach (var host in hosts)
        {
            await host.DisposeAsync();
        }
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task<string> StartIdentityAsync(string environment = "Development")
    {
        var builder = Builder(environment);
        builder.Configuration.AddInMemoryCollection(database.Configuration);
        builder.Configuration["ConnectionStrings:sante_identity"] = through(database.Identity);
        builder.Configuration["Sante:IdentityUrl"] = Issuer;
        builder.Configuration["Sante:ApiUrl"] = apiUrl;
        builder.Configuration["Sante:SimulatorsUrl"] = SimulatorsUrl;
        builder.Configuration["Sante:SandboxFile"] = SandboxPath;
        builder.Configuration["Sante:IdentityKeyFile"] = Path.Combine(folder, "identity.key");
        builder.AddSanteIdentity();
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapDefaultEndpoints();
        app.MapSanteIdentity();
        return await RunAsync(app);
    }

    private async Task StopAsync(WebApplication host)
    {
        hosts.Remove(host);
        await host.DisposeAsync();
    }

    private async Task<string> StartSimulatorsAsync(string url = "http://127.0.0.1:0")
    {
        var builder = Builder("Development");
        builder.WebHost.UseUrls(url);
        builder.Configuration["Sante:SandboxFile"] = SandboxPath;
        builder.AddSanteSimulators();
        var app = builder.Build();
        app.UseServiceDefaults();
        app.RequireDevelopmentLoopback();
        app.MapSanteSimulators();
        return await RunAsync(app);
    }

    private async Task<WebApplication> StartApiAsync()
    {
        var builder = Builder("Development");
        builder.Services.AddSanteTokens();
        var api = builder.Build();
        api.MapPost("/internal/citizens/match", (Delegate)MatchAsync).RequireAuthorization(TokenPolicies.Identity);
        apiUrl = await RunAsync(api);
        return api;
    }

    private static async Task<IResult> MatchAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var asked = body.RootElement;
        var familyName = asked.GetProperty("familyName").GetString();
        var isClaire = familyName == TestSandbox.SentinelName && asked.GetProperty("givenNames")[0].GetString() == "Claire"
            && asked.GetProperty("birthDate").GetString() == "1990-05-17" && asked.GetProperty("sex").GetString() == "F"
            && asked.GetProperty("birthPlaceCode").GetString() == "75101" && asked.GetProperty("birthCountryCode").GetString() == "99100";
        return familyName == "DOUBLON" ? Results.Conflict()
            : familyName == "ILLISIBLE" ? Results.UnprocessableEntity()
            : isClaire ? Results.Json(new { patientId = TestSandbox.ClairePatientId, name = $"Claire {TestSandbox.SentinelName}" })
            : Results.NotFound();
    }

    private WebApplicationBuilder Builder(string environment)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.AddServiceDefaults("tests");
        builder.Logging.AddProvider(new QueueLoggers(Logs));
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder;
    }

    private async Task<string> RunAsync(WebApplication app)
    {
        await app.StartAsync(Cancel);
        hosts.Add(app);
        return app.Urls.First().TrimEnd('/');
    }

    /// <summary>Keeps every line that the hosts would print.</summary>
    private sealed class QueueLoggers(ConcurrentQueue<string> lines) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new QueueLogger(lines, categoryName);

        public void Dispose()
        {
        }

        private sealed class QueueLogger(ConcurrentQueue<string> lines, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                lines.Enqueue($"{category}: {formatter(state, exception)} {exception}");
        }
    }
}
