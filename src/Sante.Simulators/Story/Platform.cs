using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sante.Simulators.Story;

/// <summary>Who calls: a name for the console and where its access token comes from (empty: none).</summary>
public sealed record Caller(string Name, Func<Task<string>> Token)
{
    public override string ToString() => Name;
}

/// <summary>One HTTP call to be made.</summary>
public sealed record Call(HttpMethod Method, string Path)
{
    /// <summary>JSON of the API, or FHIR below <c>/fhir</c>.</summary>
    public JsonNode? Body { get; init; }

    /// <summary>A body of another kind.</summary>
    public Func<HttpContent>? Content { get; init; }

    public string? Accept { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>From 1; by turns when null.</summary>
    public int? FrontEnd { get; init; }

    /// <summary>Not told on the console.</summary>
    public bool IsQuiet { get; init; }

    /// <summary>The line that matters of the answer.</summary>
    public Func<Answer, string>? Essence { get; init; }
}

/// <summary>The platform as its users see it: HTTP on its front-ends, by turns. Thread-safe.</summary>
public sealed class Platform(Endpoints endpoints, Narration narration) : IDisposable
{
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private int turn;

    public Endpoints Endpoints => endpoints;

    public int FrontEnds => endpoints.Apis.Count;

    /// <summary>The front-end that comes after this one.</summary>
    public int Other(int frontEnd) => frontEnd % FrontEnds + 1;

    public Task<Answer> GetAsync(Caller who, string path, Func<Answer, string>? essence = null, int? frontEnd = null) =>
        SendAsync(who, new Call(HttpMethod.Get, path) { Essence = essence, FrontEnd = frontEnd });

    /// <exception cref="HttpRequestException">No answer.</exception>
    public async Task<Answer> SendAsync(Caller who, Call call)
    {
        var frontEnd = call.FrontEnd ?? (int)((uint)Interlocked.Increment(ref turn) % (uint)FrontEnds) + 1;
        using var request = new HttpRequestMessage(call.Method, new Uri(endpoints.Apis[frontEnd - 1], call.Path));
        if (await who.Token() is { Length: > 0 } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        request.Content = call.Content?.Invoke() ?? (call.Body is { } body ? ContentOf(call.Path, body) : null);
        if (call.Accept is { } accept)
        {
            request.Headers.Accept.ParseAdd(accept);
        }

        foreach (var (name, value) in call.Headers)
        {
            request.Headers.Add(name, value);
        }

        var watch = Stopwatch.StartNew();
        using var response = await http.SendAsync(request);
        var answer = new Answer(response.StatusCode, frontEnd, response.Content.Headers.ContentType?.MediaType ?? "",
            await response.Content.ReadAsByteArrayAsync(), response.Headers.RetryAfter?.Delta, TimeProvider.System.GetUtcNow());
        if (!call.IsQuiet)
        {
            narration.Call(who.Name, frontEnd, call.Method.Method, call.Path, (int)answer.Status, watch.Elapsed, EssenceOf(call, answer));
        }

        return answer;
    }

    public void Dispose() => http.Dispose();

    private static StringContent ContentOf(string path, JsonNode body) =>
        new(body.ToJsonString(), Encoding.UTF8, path.StartsWith("/fhir", StringComparison.Ordinal) ? "application/fhir+json" : "application/json");

    private static string EssenceOf(Call call, Answer answer)
    {
        if (answer.IsSuccess)
        {
            return call.Essence?.Invoke(answer) ?? "";
        }

        return $"{answer.Code} {TextOf(answer)}".Trim() + (answer.RetryAfter is { } wait ? string.Create(CultureInfo.InvariantCulture, $" (Retry-After {wait.TotalSeconds:0})") : "");
    }

    private static string TextOf(Answer answer)
    {
        if (answer.Code is null)
        {
            return "";
        }

        return answer.Json.TryGetProperty("title", out var title) ? $"« {title.GetString()} »"
            : answer.Json.TryGetProperty("issue", out var issues) && issues[0].TryGetProperty("details", out var details) && details.TryGetProperty("text", out var text)
                ? $"« {text.GetString()} »" : "";
    }
}
