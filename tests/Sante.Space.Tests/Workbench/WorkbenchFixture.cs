using System.Net.Http.Headers;
using System.Text;
using Sante.Space.Tests.FhirApi;
using Sante.Space.Tokens;
using Sante.Testing;

namespace Sante.Space.Tests.Workbench;

/// <summary>One database, two front-ends that know the public half of one workbench key, and its token; each test makes its own workbench or shares the first.</summary>
public sealed class WorkbenchFixture : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("sante-workbench-").FullName;

    public TestDatabase Database { get; private set; } = null!;

    public TestTokens Tokens { get; private set; } = null!;

    public ApiHost Api { get; private set; } = null!;

    public string Token { get; private set; } = null!;

    /// <summary>Where hosts find the public half of the key.</summary>
    public string KeyFile => Path.Combine(folder, "workbench.pub");

    public async ValueTask InitializeAsync()
    {
        Assert.Equal(0, WorkbenchTokens.Issue(["workbench-token", Path.Combine(folder, "token"), KeyFile], TimeProvider.System));
        Token = await File.ReadAllTextAsync(Path.Combine(folder, "token"));
        Database = await TestDatabase.CreateAsync(ApiHost.Assemblies);
        Tokens = await TestTokens.StartAsync();
        Api = Start();
    }

    /// <summary>One more front-end on the same database.</summary>
    public ApiHost Start() => ApiHost.Start(Database, Tokens, null, ("Sante:WorkbenchKeyFile", KeyFile));

    /// <summary>A new, empty workbench, spoken to through <see cref="Api"/>.</summary>
    internal async Task<WorkbenchClient> NewAsync()
    {
        var name = $"t-{Guid.NewGuid():N}";
        var client = new WorkbenchClient(Api, Token, name);
        Assert.Equal(global::System.Net.HttpStatusCode.Created, (await client.SendAsync(HttpMethod.Put, $"/workbench/{name}", null)).Status);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        await Tokens.DisposeAsync();
        await Database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>An integrator's software on one workbench, over real HTTP. Paths are relative to the service.</summary>
internal sealed class WorkbenchClient(ApiHost api, string? token, string name)
{
    public const string PatchJson = "application/json-patch+json";

    public string Name => name;

    public string Base => $"{api.Http.BaseAddress!.ToString().TrimEnd('/')}/workbench/{name}/fhir";

    /// <summary>The same workbench through another host, or with another token.</summary>
    public WorkbenchClient Through(ApiHost other, string? with = null) => new(other, with ?? token, name);

    public WorkbenchClient WithToken(string? other) => new(api, other, name);

    public Task<FhirReply> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public Task<FhirReply> PostAsync(string path, string body, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Post, path, body, headers);

    public Task<FhirReply> PutAsync(string path, string body, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Put, path, body, headers);

    public Task<FhirReply> PatchAsync(string path, string body, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Patch, path, body, headers);

    public Task<FhirReply> DeleteAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Delete, path, null, headers);

    /// <summary>Creates, and gives the id.</summary>
    public async Task<string> MakeAsync(string type, string members)
    {
        var reply = await PostAsync(type, $$"""{"resourceType":"{{type}}"{{(members.Length == 0 ? "" : "," + members)}}}""");
        Assert.True(reply.Status == global::System.Net.HttpStatusCode.Created, reply.Text);
        return reply.Json["id"]!.GetValue<string>();
    }

    /// <summary>An address that begins with a slash is one of the host, with a scheme it is whole; all else is under the service.</summary>
    public async Task<FhirReply> SendAsync(HttpMethod method, string path, string? body, params (string Name, string Value)[] headers)
    {
        var url = path.StartsWith("http", StringComparison.Ordinal) ? path
            : path.StartsWith("/workbench", StringComparison.Ordinal) || path.StartsWith("/fhir", StringComparison.Ordinal) || path.StartsWith("/api", StringComparison.Ordinal) ? path
            : $"/workbench/{name}/fhir{(path is "" or ['?', ..] ? "" : "/")}{path}";
        using var request = new HttpRequestMessage(method, url);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", headers.FirstOrDefault(h => h.Name == "Content-Type").Value ?? "application/fhir+json");
        }

        foreach (var (header, value) in headers.Where(header => header.Name != "Content-Type"))
            request.Headers.TryAddWithoutValidation(header, value);
        var answer = await api.Http.SendAsync(request);
        return new FhirReply(answer.StatusCode, answer, await answer.Content.ReadAsStringAsync());
    }
}
