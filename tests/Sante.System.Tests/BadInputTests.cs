using System.Net;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using Sante.AppHost.Embedded.Postgres;
using Sante.Simulators.Story;

namespace Sante.System.Tests;

/// <summary>Wrong input over HTTP: refused with a stable code, and nothing changes; then PostgreSQL away.</summary>
[UnsupportedOSPlatform("windows")]
[Collection(nameof(StoryPlatform))]
public sealed class BadInputTests(StoryRun story)
{
    private const int TooDeep = 20_000;
    private const int TooManyBytes = 17 * 1024 * 1024;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("broken-json", 400)]
    [InlineData("depth-bomb", 400)]
    [InlineData("duplicate-keys", 400)]
    [InlineData("oversized", 413)]
    [InlineData("wrong-profile", 422)]
    [InlineData("unknown-patient", 422)]
    [InlineData("wrong-ins-key", 422)]
    [InlineData("two-citizens", 422)]
    [InlineData("no-json", 415)]
    public async Task WrongFeed_IsRefusedWithACode_AndChangesNothing(string input, int status)
    {
        using var hospital = Hospital.Of(story.Run);
        var (body, mediaType) = BodyOf(input, hospital);
        for (var frontEnd = 1; frontEnd <= hospital.Platform.FrontEnds; frontEnd++)
        {
            var before = await ContentAsync();

            var answer = await hospital.SendAsync(hospital.Caller, new Call(HttpMethod.Post, "/fhir")
            {
                Content = () => new StringContent(body, Encoding.UTF8, mediaType), FrontEnd = frontEnd,
            });

            Assert.Equal(status, (int)answer.Status);
            Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", answer.Code);
            Assert.DoesNotContain(hospital.Patient.Matricule, Encoding.UTF8.GetString(answer.Body), StringComparison.Ordinal);
            Assert.Equal(before, await ContentAsync());
        }
    }

    [Fact]
    public async Task ForgedToken_Is401_AndChangesNothing()
    {
        using var hospital = Hospital.Of(story.Run);
        var token = await hospital.Caller.Token();
        var forged = new Caller("faussaire", () => Task.FromResult(token[..^8] + "AAAAAAAA"));
        var before = await ContentAsync();

        var answer = await hospital.SendAsync(forged, Feeds.Transaction(hospital.Document("forged").ToBundle(hospital.Patient)));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
        Assert.Equal("token-invalid", answer.Code);
        Assert.Equal(before, await ContentAsync());
    }

    [Fact]
    public async Task SomeoneElsesDocument_IsNotFound_AsOneThatIsNotThere()
    {
        using var hospital = Hospital.Of(story.Run);
        var fed = await hospital.SendAsync(hospital.Caller, Feeds.Transaction(hospital.Document("someone else's").ToBundle(hospital.Patient)));
        var id = Feeds.LocationsOf(fed)[1].Split('/')[1];
        var mother = new Caller("mère", () => new Simulators.Story.SignIn(story.Endpoints.Identity, story.Cast.CitizenApp).SignInAsync(story.Cast.Mother, cancel: Cancel));

        var foreign = await hospital.SendAsync(mother, Stage.Read($"/fhir/DocumentReference/{id}"));
        var absent = await hospital.SendAsync(mother, Stage.Read($"/fhir/DocumentReference/{id[..^4]}aaaa"));
        var space = await hospital.SendAsync(mother, new Call(HttpMethod.Get, $"/api/spaces/{hospital.Patient.PatientId}"));

        Assert.Equal("404 not-found", foreign.Told);
        Assert.Equal(foreign.Told, absent.Told);
        Assert.Equal(404, (int)space.Status);
    }

    [Fact]
    public async Task PostgresAway_Is503WithRetryAfter_AndServiceResumesByItself()
    {
        Assert.SkipWhen(story.Endpoints.Control is null, "SANTE_POSTGRES is not ours to stop.");
        using var hospital = Hospital.Of(story.Run);
        var feed = Feeds.Transaction(hospital.Document("before").ToBundle(hospital.Patient));
        Assert.Equal(200, (int)(await hospital.SendAsync(hospital.Caller, feed)).Status);
        var pid = (await story.Run.ReadyAsync()).GetProperty("pids").GetProperty("postgres").GetInt32();

        // With its children: a backend outlives its postmaster for a moment, and still answers.
        await ProcessMark.Read(pid)!.EndAsync(withChildren: true, TimeSpan.FromSeconds(10));

        for (var frontEnd = 1; frontEnd <= hospital.Platform.FrontEnds; frontEnd++)
        {
            var away = await hospital.Platform.SendAsync(hospital.Caller, Feeds.Transaction(hospital.Document($"away/{frontEnd}").ToBundle(hospital.Patient)) with { FrontEnd = frontEnd });
            Assert.Equal("503 database-unavailable", away.Told);
            Assert.NotNull(away.RetryAfter);
        }

        using var restart = new HttpRequestMessage(HttpMethod.Post, new Uri(story.Endpoints.Control!, "/postgres/restart?how=kill"));
        restart.Headers.Add("X-Sante-Control", "1");
        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await http.SendAsync(restart, Cancel)).StatusCode);
        for (var frontEnd = 1; frontEnd <= hospital.Platform.FrontEnds; frontEnd++)
        {
            Assert.Equal(200, (int)(await hospital.SendAsync(hospital.Caller, feed with { FrontEnd = frontEnd })).Status);
        }
    }

    private static (string Body, string MediaType) BodyOf(string input, Hospital hospital)
    {
        const string fhir = "application/fhir+json";
        var bundle = hospital.Document(input).ToBundle(hospital.Patient);
        var text = bundle.ToJsonString();
        switch (input)
        {
            case "broken-json":
                return (text[..(text.Length / 2)], fhir);
            case "depth-bomb":
                return ("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":" + new string('[', TooDeep) + new string(']', TooDeep) + "}", fhir);
            case "duplicate-keys":
                return ("{\"type\":\"transaction\"," + text[1..], fhir);
            case "oversized":
                return (new string(' ', TooManyBytes) + text, fhir);
            case "wrong-profile":
                Resource(bundle, 1)["meta"]!["profile"]![0] = "https://example.org/StructureDefinition/unknown";
                return (bundle.ToJsonString(), fhir);
            case "unknown-patient":
                return (text.Replace(hospital.Patient.PatientId, hospital.Patient.PatientId[..^4] + "aaaa", StringComparison.Ordinal), fhir);
            case "wrong-ins-key":
                var key = int.Parse(hospital.Patient.Matricule[13..], global::System.Globalization.CultureInfo.InvariantCulture);
                return (text.Replace(hospital.Patient.Matricule, $"{hospital.Patient.Matricule[..13]}{key % 97 + 1:00}", StringComparison.Ordinal), fhir);
            case "two-citizens":
                Resource(bundle, 0)["subject"]!["reference"] = $"Patient/{hospital.Cast.Mother.PatientId}";
                return (bundle.ToJsonString(), fhir);
            default:
                return (text, "text/plain");
        }
    }

    private static JsonNode Resource(JsonObject bundle, int entry) => bundle["entry"]![entry]!["resource"]!;

    /// <summary>Everything that a feed could change.</summary>
    private async Task<string> ContentAsync()
    {
        await using var database = NpgsqlDataSource.Create(story.Endpoints.Postgres);
        await using var command = database.CreateCommand(
            "SELECT concat_ws('/', (SELECT count(*) FROM ledger.resource_version), (SELECT count(*) FROM ledger.event), (SELECT count(*) FROM ledger.idempotency))");
        return (string)(await command.ExecuteScalarAsync(Cancel))!;
    }
}
