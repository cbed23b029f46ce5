using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.Versioning;
using Sante.Simulators;
using Sante.Simulators.Story;

namespace Sante.System.Tests;

/// <summary>SIGTERM while hospitals feed: the platform drains in time and keeps every promise it made.</summary>
[UnsupportedOSPlatform("windows")]
[Collection(nameof(WholePlatform))]
public sealed class StopUnderLoadTests
{
    private const int Feeders = 8;
    private const int EnoughAcknowledged = 40;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(8);

    [Fact]
    public async Task SignalUnderLoad_EndsEverythingIn8Seconds_AndNoAcknowledgedWriteIsLost()
    {
        var (first, _) = await AppHostRun.StartReadyAsync(null, "--apis", "2");
        await using var stopped = first;
        var processes = first.Processes();
        var acknowledged = new ConcurrentDictionary<string, string>();
        using (var hospital = Hospital.Of(first))
        {
            var feeding = Enumerable.Range(0, Feeders).Select(feeder => Task.Run(() => FeedAsync(hospital, feeder, acknowledged))).ToArray();
            while (acknowledged.Count < EnoughAcknowledged)
            {
                Assert.DoesNotContain(feeding, task => task.IsFaulted);
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }

            var watch = Stopwatch.StartNew();
            first.Signal(AppHostRun.SigTerm);
            Assert.Equal(0, await first.EndedAsync());
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, StopLimit);
            await Task.WhenAll(feeding);
        }

        Assert.All(processes.Values, process => Assert.False(process.IsAlive));
        var (second, _) = await AppHostRun.StartReadyAsync(first.Folder);
        await using var again = second;
        using var rereading = Hospital.Of(second);
        foreach (var (unique, id) in acknowledged)
        {
            var answer = await rereading.SendAsync(rereading.Caller, Stage.Read($"/fhir/DocumentReference/{id}"));
            Assert.True(answer.IsSuccess, answer.Told);
            Assert.Equal(unique, answer.Json.GetProperty("masterIdentifier").GetProperty("value").GetString());
        }
    }

    /// <summary>Feeds until the platform is gone; notes what it acknowledged.</summary>
    private static async Task FeedAsync(Hospital hospital, int feeder, ConcurrentDictionary<string, string> acknowledged)
    {
        for (var number = 0; ; number++)
        {
            var document = hospital.Document($"{feeder}/{number}");
            try
            {
                var answer = await hospital.Platform.SendAsync(hospital.Caller, Feeds.Transaction(document.ToBundle(hospital.Patient)) with { IsQuiet = true });
                if (!answer.IsSuccess)
                {
                    // Draining: refused is not acknowledged.
                    Assert.Equal(503, (int)answer.Status);
                    return;
                }

                acknowledged[document.MasterIdentifier] = Feeds.LocationsOf(answer)[1].Split('/')[1];
            }
            catch (HttpRequestException)
            {
                return;
            }
        }
    }
}

/// <summary>The hospital of the sandbox, feeding the father's record.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class Hospital : IDisposable
{
    private static readonly TimeSpan Resume = TimeSpan.FromSeconds(20);
    private readonly HttpClient http = new();
    private readonly BackendClient system;
    private readonly Guid run = Guid.NewGuid();

    private Hospital(Endpoints endpoints, Cast cast)
    {
        (Platform, Cast) = (new Platform(endpoints, new Narration(TextWriter.Null)), cast);
        system = new BackendClient(endpoints.Identity, cast.Hospital, http);
        Caller = new Caller("hôpital", () => system.TokenAsync());
        var (father, traits) = (cast.Father, cast.Father.Traits!);
        Patient = new Newborn(traits.FamilyName, traits.GivenNames[0], DateOnly.Parse(traits.BirthDate, global::System.Globalization.CultureInfo.InvariantCulture),
            father.Ins!, $"urn:oid:{father.InsOid}", father.PatientId!);
    }

    public Platform Platform { get; }

    public Cast Cast { get; }

    public Caller Caller { get; }

    public Newborn Patient { get; }

    public static Hospital Of(AppHostRun run) =>
        new(Endpoints.Read(Path.Combine(run.Folder, "endpoints.json")), new Cast(Sandbox.Read(Path.Combine(run.Folder, "sandbox.json"))));

    /// <summary>Sends again while the platform says "later" (503), as software does: another test may have restarted PostgreSQL just before.</summary>
    public async Task<Answer> SendAsync(Caller who, Call call)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await Platform.SendAsync(who, call);
            if ((int)answer.Status != 503 || answer.RetryAfter is not { } wait || TimeProvider.System.GetElapsedTime(since) > Resume)
            {
                return answer;
            }

            await Task.Delay(wait, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>A document; the same name is the same document.</summary>
    public ProvidedDocument Document(string name) => new(
        StableId.Of($"{run}/{name}"), DocumentType.LaboratoryReport, "Résultat", Pdf.Page("Résultat", name), new DateTimeOffset(2026, 11, 20, 9, 0, 0, TimeSpan.FromHours(1)),
        Feeds.AuthorOf(Cast.Hospital, "SA01", "ETABLISSEMENT"));

    public void Dispose()
    {
        system.Dispose();
        Platform.Dispose();
        http.Dispose();
    }
}
