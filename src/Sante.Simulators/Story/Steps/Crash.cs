using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text.Json;

namespace Sante.Simulators.Story;

/// <summary>
/// Step 10: the hospital's system, a process of its own, is killed in the middle of its feed and starts again; PostgreSQL is restarted in the middle
/// of that; everything acknowledged is there exactly once, and the whole feed sent once more creates nothing.
/// </summary>
internal static class Crash
{
    private const int Documents = 30;
    private const int KilledAfter = 10;
    private const int RestartedAfter = 20;
    private static readonly TimeSpan Resume = TimeSpan.FromSeconds(15);

    public static async Task PlayAsync(Stage stage)
    {
        var feed = new HospitalFeed(Guid.NewGuid(), Documents, stage.PlatformNow, stage.Child);
        var first = await FeedAsync(stage, feed, KilledAfter, process =>
        {
            process.Kill();
            stage.Narration.Say($"✗ kill -9 du système de l'hôpital après {KilledAfter} accusés de réception");
            return Task.CompletedTask;
        });
        stage.Checks.That("le système tué n'a pas fini", first.Count is >= KilledAfter and < Documents, () => $"{first.Count} accusés");
        var second = await FeedAsync(stage, feed, RestartedAfter, _ => RestartPostgresAsync(stage));
        stage.Checks.Equal("relancé, il renvoie tout et reçoit un accusé pour chaque document", Documents, second.Count);
        stage.Checks.That("ce qui était accusé avant la coupure l'est sous le même identifiant", first.All(ack => second[ack.Key] == ack.Value));
        await ExactlyOnceAsync(stage, feed, second);
        var third = await FeedAsync(stage, feed, null, null);
        stage.Checks.That("tout renvoyé une fois de plus : mêmes réponses", third.OrderBy(ack => ack.Key).SequenceEqual(second.OrderBy(ack => ack.Key)));
        await ExactlyOnceAsync(stage, feed, second);
        var numbers = (await stage.TraceAsync()).Select(line => line.GetProperty("number").GetInt64()).ToList();
        stage.Checks.That("la trace n'a ni trou ni doublon", numbers.Zip(numbers.Skip(1)).All(pair => pair.Second == pair.First + 1), () => string.Join(' ', numbers));
    }

    /// <summary>Runs the hospital's process; when so many are acknowledged, something happens to it. Answers what was acknowledged.</summary>
    private static async Task<IReadOnlyDictionary<int, string>> FeedAsync(Stage stage, HospitalFeed feed, int? after, Func<Process, Task>? happens)
    {
        var acknowledged = new ConcurrentDictionary<int, string>();
        using var process = Start(stage.Files!);
        try
        {
            await process.StandardInput.WriteAsync(JsonSerializer.Serialize(feed));
            process.StandardInput.Close();
            var happening = Task.CompletedTask;
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                var words = line.Split(' ');
                acknowledged[int.Parse(words[1], CultureInfo.InvariantCulture)] = words[2];
                if (acknowledged.Count == after && happens is not null)
                {
                    happening = happens(process);
                }
            }

            await happening;
            await process.WaitForExitAsync();
            stage.Narration.Say($"→ hôpital : {acknowledged.Count} documents déposés et accusés");
            return acknowledged;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    private static Process Start(StoryFiles files)
    {
        var (host, program) = (Environment.ProcessPath!, Assembly.GetExecutingAssembly().Location);
        string[] command = Path.GetFileNameWithoutExtension(host) == "dotnet" ? [program] : [];
        return Process.Start(new ProcessStartInfo(host, [.. command, "hospital", "--endpoints", files.Endpoints, "--sandbox", files.Sandbox])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    private static async Task RestartPostgresAsync(Stage stage)
    {
        if (stage.Platform.Endpoints.Control is not { } control)
        {
            stage.Narration.Say("– PostgreSQL n'est pas celui de ce lancement : son redémarrage est passé");
            return;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(control, "/postgres/restart?how=kill"));
        request.Headers.Add("X-Sante-Control", "1");
        using var answer = await stage.Http.SendAsync(request);
        stage.Narration.Say($"✗ kill -9 de PostgreSQL après {RestartedAfter} accusés, puis redémarrage : {(int)answer.StatusCode}");
        stage.Checks.That("PostgreSQL est reparti", answer.IsSuccessStatusCode, () => answer.StatusCode.ToString());
    }

    /// <summary>
    /// A front-end that could not hear the platform for five seconds shows nothing until it hears again: the caller is told to come back (503,
    /// Retry-After) and does.
    /// </summary>
    private static async Task<Answer> ReadWhenBackAsync(Stage stage, Call call)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await stage.Platform.SendAsync(stage.Hospital, call);
            if (answer.Status != HttpStatusCode.ServiceUnavailable || answer.RetryAfter is not { } wait || TimeProvider.System.GetElapsedTime(since) > Resume)
            {
                return answer;
            }

            await Task.Delay(wait);
        }
    }

    private static async Task ExactlyOnceAsync(Stage stage, HospitalFeed feed, IReadOnlyDictionary<int, string> acknowledged)
    {
        var list = await ReadWhenBackAsync(stage, stage.Search("DocumentReference", "status=current&_count=100"));
        stage.Checks.Equal("l'hôpital relit tout ce qu'il a déposé, et rien de plus", Documents + 1, list.IsSuccess ? list.Total : -1);
        var found = list.Entries.GroupBy(entry => entry.GetProperty("masterIdentifier").GetProperty("value").GetString()!)
            .ToDictionary(group => group.Key, group => group.Select(entry => entry.GetProperty("id").GetString()!).ToList());
        var wrong = Enumerable.Range(1, feed.Count).Where(number =>
            found.GetValueOrDefault(HospitalSystem.DocumentOf(feed, stage.Cast, number).MasterIdentifier) is not [var id] || id != acknowledged[number]).ToList();
        stage.Checks.That("chaque document accusé est là exactement une fois", wrong.Count == 0, () => $"documents {string.Join(' ', wrong)}");
    }
}
