using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Sante.ServiceDefaults;
using Sante.ServiceDefaults.Web;

namespace Sante.System.Tests;

/// <summary>What every host has in common, over real HTTP.</summary>
public sealed class ServiceDefaultsTests : IAsyncLifetime
{
    private const string Sentinel = "Zéphyrine-279";
    private readonly ConcurrentQueue<string> log = new();
    private readonly TaskCompletionSource entered = new();
    private readonly TaskCompletionSource finish = new();
    private WebApplication app = null!;
    private HttpClient http = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        builder.AddServiceDefaults("sante-test");
        builder.Services.AddApiDescription("Essai", "Un essai.");
        builder.Services.AddHealthChecks().AddPostgres("lost", _ => NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=u;Password=p"));
        builder.Logging.AddProvider(new QueueProvider(log));
        builder.WebHost.UseSetting("urls", "http://127.0.0.1:0");
        app = builder.Build();
        app.UseServiceDefaults();
        app.MapDefaultEndpoints();
        app.MapApiDescription();
        app.MapGet("/api/persons/{name}", (string name) => name.Length).AllowAnonymous();
        app.MapPost("/api/persons", (Body body) => body.Name.Length).AllowAnonymous();
        app.MapGet("/api/broken", void () => throw new InvalidOperationException(Sentinel)).AllowAnonymous();
        app.MapGet("/api/lost", async () =>
        {
            await using var connection = new NpgsqlConnection("Host=127.0.0.1;Port=1;Username=u;Password=p");
            await connection.OpenAsync(Cancel);
        }).AllowAnonymous();
        app.MapGet("/api/slow", async () =>
        {
            entered.SetResult();
            await finish.Task;
            return "done";
        }).AllowAnonymous();
        app.MapDevelopment("/dev", group => group.MapGet("/door", () => "open").AllowAnonymous());
        await app.StartAsync();
        http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public async ValueTask DisposeAsync()
    {
        finish.TrySetResult();
        http.Dispose();
        await app.DisposeAsync();
    }

    [Fact]
    public async Task UnknownAddress_Is404ProblemWithTheCallersTraceId()
    {
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        using var request = new HttpRequestMessage(HttpMethod.Get, "/nowhere");
        request.Headers.Add("traceparent", $"00-{Trace}-b7ad6b7169203331-01");

        var problem = await ReadAsync(await http.SendAsync(request, Cancel), HttpStatusCode.NotFound, "not-found");

        Assert.Equal(Trace, problem.GetProperty("traceId").GetString());
    }

    [Fact]
    public async Task WrongMethod_Is405ProblemThatNamesTheRightOne()
    {
        var response = await http.DeleteAsync("/api/broken", Cancel);

        await ReadAsync(response, HttpStatusCode.MethodNotAllowed, "method-not-allowed");
        Assert.Contains("GET", response.Content.Headers.Allow);
    }

    [Fact]
    public async Task WrongContentType_Is415Problem()
    {
        using var body = new StringContent("a", Encoding.UTF8, "text/plain");

        await ReadAsync(await http.PostAsync("/api/persons", body, Cancel), HttpStatusCode.UnsupportedMediaType, "unsupported-media-type");
    }

    [Fact]
    public async Task BrokenJson_Is400ProblemThatQuotesNothing()
    {
        using var body = new StringContent($"{{\"name\": {Sentinel}", Encoding.UTF8, "application/json");

        await ReadAsync(await http.PostAsync("/api/persons", body, Cancel), HttpStatusCode.BadRequest, "malformed-request");

        Assert.DoesNotContain(log, line => line.Contains(Sentinel, StringComparison.Ordinal));
    }

    [Fact]
    public async Task OversizedBody_Is413Problem()
    {
        using var body = JsonContent.Create(new Body(new string('a', 17 * 1024 * 1024)));
        await body.LoadIntoBufferAsync(Cancel);

        await ReadAsync(await http.PostAsync("/api/persons", body, Cancel), HttpStatusCode.RequestEntityTooLarge, "body-too-large");
    }

    [Fact]
    public async Task UnhandledException_Is500Problem_AndItsTextIsNeitherAnsweredNorLogged()
    {
        await ReadAsync(await http.GetAsync("/api/broken", Cancel), HttpStatusCode.InternalServerError, "internal-error");

        Assert.Contains(log, line => line.Contains("internal-error: InvalidOperationException", StringComparison.Ordinal));
        Assert.DoesNotContain(log, line => line.Contains(Sentinel, StringComparison.Ordinal));
    }

    [Fact]
    public async Task DatabaseAway_Is503WithRetryAfter()
    {
        var response = await http.GetAsync("/api/lost", Cancel);

        await ReadAsync(response, HttpStatusCode.ServiceUnavailable, "database-unavailable");
        Assert.Equal(TimeSpan.FromSeconds(2), response.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task AccessLine_HasTheRouteTemplate_NotTheAddress()
    {
        await http.GetAsync($"/api/persons/{Sentinel}?q={Sentinel}", Cancel);
        await app.StopAsync(Cancel);

        Assert.Contains(log, line => line.Contains("GET /api/persons/{name} 200", StringComparison.Ordinal));
        Assert.DoesNotContain(log, line => line.Contains(Sentinel, StringComparison.Ordinal) || line.Contains(Uri.EscapeDataString(Sentinel), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Health_WithoutDatabase_IsLiveAndNotReady()
    {
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/live", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/health/ready", Cancel)).StatusCode);
    }

    [Fact]
    public async Task OpenApi_Is31AndListsTheApi()
    {
        var document = await http.GetFromJsonAsync<JsonElement>(ApiDescription.DocumentPath, Cancel);

        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        Assert.True(document.GetProperty("paths").TryGetProperty("/api/persons/{name}", out _));
        Assert.False(document.GetProperty("paths").TryGetProperty("/dev/door", out _));
    }

    [Fact]
    public async Task DevelopmentDoor_OpensForLoopbackNamesOnly()
    {
        using var foreign = new HttpRequestMessage(HttpMethod.Get, "/dev/door");
        foreign.Headers.Host = "evil.example";

        Assert.Equal("open", await http.GetStringAsync("/dev/door", Cancel));
        await ReadAsync(await http.SendAsync(foreign, Cancel), HttpStatusCode.NotFound, "not-found");
    }

    [Theory]
    [InlineData("Production", "http://127.0.0.1:0")]
    [InlineData("Development", "http://0.0.0.0:0")]
    [InlineData("Development", "http://+:0")]
    public async Task DevelopmentHost_ElsewhereThanOnLoopbackInDevelopment_RefusesToStart(string environment, string url)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        await using var host = builder.Build();
        host.Urls.Add(url);

        Assert.Throws<InvalidOperationException>(host.RequireDevelopmentLoopback);
    }

    [Fact]
    public async Task Stop_LetsARunningRequestFinish()
    {
        var running = http.GetStringAsync("/api/slow", Cancel);
        await entered.Task;

        var stopping = app.StopAsync(Cancel);
        finish.SetResult();

        Assert.Equal("done", await running);
        await stopping;
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain(Sentinel, text, StringComparison.Ordinal);
        var problem = JsonDocument.Parse(text).RootElement;
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        return problem;
    }

    private sealed record Body(string Name);

    private sealed class QueueProvider(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue(formatter(state, exception) + exception);

        public void Dispose()
        {
        }
    }
}
