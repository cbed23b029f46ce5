using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sante.DirectoryFiles;
using Sante.Foundations.Directories.Search;
using Sante.Foundations.FinessDirectory;
using Sante.Foundations.RppsDirectory;

namespace Sante.Foundations.Tests;

/// <summary>A synthetic nation behind the real endpoints, over HTTP; shared by the tests of one class, which only read.</summary>
public sealed class DirectoryServer : IAsyncLifetime
{
    private Nation nation = null!;
    private WebApplication app = null!;
    private HttpClient http = null!;

    internal SyntheticDirectory People { get; private set; } = null!;

    internal Nation Nation => nation;

    public async ValueTask InitializeAsync()
    {
        (nation, People) = await Nation.OfAsync(sites: 300, rows: 1200);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(new DirectorySearch(nation.Api));
        app = builder.Build();
        app.MapRpps();
        app.MapFiness();
        await app.StartAsync();
        http = new HttpClient { BaseAddress = new Uri(app.Urls.First() + "/directory/fhir/") };
    }

    /// <summary>GET, expecting 200.</summary>
    public async Task<JsonElement> GetAsync(string url)
    {
        using var answer = await http.GetAsync(new Uri(url, UriKind.RelativeOrAbsolute));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/fhir+json", answer.Content.Headers.ContentType?.MediaType);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
    }

    /// <summary>GET, with the status and the stable code of the OperationOutcome.</summary>
    public async Task<(HttpStatusCode Status, string? Code)> RefusedAsync(string url)
    {
        using var answer = await http.GetAsync(new Uri(url, UriKind.Relative));
        var outcome = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        return (answer.StatusCode, outcome.GetProperty("issue")[0].GetProperty("details").GetProperty("coding")[0].GetProperty("code").GetString());
    }

    public async Task<JsonElement> PostFormAsync(string url, Dictionary<string, string> form)
    {
        using var content = new FormUrlEncodedContent(form);
        using var answer = await http.PostAsync(new Uri(url, UriKind.Relative), content);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
    }

    /// <summary>The resources of a Bundle with this search mode.</summary>
    public static List<JsonElement> Entries(JsonElement bundle, string mode = "match") =>
        bundle.TryGetProperty("entry", out var entries)
            ? [.. entries.EnumerateArray().Where(e => e.GetProperty("search").GetProperty("mode").GetString() == mode).Select(e => e.GetProperty("resource"))]
            : [];

    public static string Id(JsonElement resource) => resource.GetProperty("id").GetString()!;

    /// <summary>The link "next", or null.</summary>
    public static string? Next(JsonElement bundle) => bundle.GetProperty("link").EnumerateArray()
        .Where(link => link.GetProperty("relation").GetString() == "next").Select(link => link.GetProperty("url").GetString()).FirstOrDefault();

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
        await nation.DisposeAsync();
    }
}
