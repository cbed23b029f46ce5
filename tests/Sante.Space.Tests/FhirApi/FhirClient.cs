using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Sante.Kernel;
using Sante.Testing;

namespace Sante.Space.Tests.FhirApi;

/// <summary>An answer of <c>/fhir</c>, body read.</summary>
internal sealed record FhirReply(HttpStatusCode Status, HttpResponseMessage Message, string Text)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    /// <summary>The stable code of an OperationOutcome.</summary>
    public string? Code => Json["issue"]?[0]?["details"]?["coding"]?[0]?["code"]?.GetValue<string>();

    public IReadOnlyList<JsonNode> Entries => [.. (Json["entry"]?.AsArray() ?? []).Select(entry => entry!)];

    public IReadOnlyList<string> Ids => [.. Entries.Select(entry => entry["resource"]!["id"]!.GetValue<string>())];

    /// <summary>Ids by type, of the locations of a transaction-response.</summary>
    public string Created(string type) => Entries.Select(entry => entry["response"]!["location"]!.GetValue<string>())
        .First(location => location.StartsWith(type + "/", StringComparison.Ordinal)).Split('/')[1];

    public string LocatedId => Message.Headers.Location!.ToString().Split('/')[^3];
}

/// <summary>One actor with a token, speaking FHIR over real HTTP.</summary>
internal sealed class FhirClient(ApiHost api, TestTokens tokens, Actor actor, string? idpeSystem = null)
{
    public Actor Actor => actor;

    public string Token { get; init; } = tokens.For(actor, Scopes(actor), idpeSystem: idpeSystem);

    public Task<FhirReply> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public Task<FhirReply> PostAsync(string path, string body, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Post, path, body, headers);

    public Task<FhirReply> PutAsync(string path, string body, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Put, path, body, headers);

    public async Task<FhirReply> SendAsync(HttpMethod method, string path, string? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, "/fhir" + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", headers.FirstOrDefault(h => h.Name == "Content-Type").Value ?? "application/fhir+json");
        }

        foreach (var (name, value) in headers.Where(header => header.Name != "Content-Type"))
            request.Headers.TryAddWithoutValidation(name, value);
        var answer = await api.Http.SendAsync(request);
        return new FhirReply(answer.StatusCode, answer, await answer.Content.ReadAsStringAsync());
    }

    private static string Scopes(Actor actor) => actor.Kind switch
    {
        ActorKind.Citizen => "patient/*.cruds",
        ActorKind.Professional or ActorKind.StructureStaff => "user/*.cruds",
        _ => "system/*.cruds",
    };
}
