using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sante.Simulators.Story;

/// <summary>What the hospital is asked to feed, given on its standard input: identities never stand on a command line.</summary>
/// <param name="Run">Names the feed: the same run makes the same documents again.</param>
/// <param name="Count">How many documents.</param>
/// <param name="At">When they were written.</param>
public sealed record HospitalFeed(Guid Run, int Count, DateTimeOffset At, Newborn Child)
{
    public override string ToString() => $"Feed {Run}";
}

/// <summary>
/// <c>Sante.Simulators hospital --endpoints FILE --sandbox FILE</c>, the feed on standard input: a hospital's system of its own process. It sends
/// the documents one after the other, waits when the platform says so (503, Retry-After), and prints <c>ack N ID</c> for each that was acknowledged.
/// </summary>
public static class HospitalSystem
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan NoAnswerWait = TimeSpan.FromMilliseconds(500);

    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        var feed = JsonSerializer.Deserialize<HospitalFeed>(await Console.In.ReadToEndAsync())!;
        var cast = new Cast(Sandbox.Read(StoryCommand.Option(args, "--sandbox")!));
        using var platform = new Platform(Endpoints.Read(StoryCommand.Option(args, "--endpoints")!), new Narration(TextWriter.Null));
        using var http = new HttpClient();
        using var system = new BackendClient(platform.Endpoints.Identity, cast.Hospital, http);
        var hospital = new Caller("hôpital", () => system.TokenAsync());
        for (var number = 1; number <= feed.Count; number++)
        {
            var answer = await SendAsync(platform, hospital, DocumentOf(feed, cast, number).ToBundle(feed.Child));
            if (!answer.IsSuccess)
            {
                await Console.Error.WriteLineAsync(answer.Told);
                return 1;
            }

            Console.WriteLine($"ack {number} {Feeds.LocationsOf(answer)[1].Split('/')[1]}");
            await Console.Out.FlushAsync();
        }

        return 0;
    }

    /// <summary>The n-th document of a feed, the same each time.</summary>
    internal static ProvidedDocument DocumentOf(HospitalFeed feed, Cast cast, int number) => new(
        StableId.Of($"{feed.Run}/{number}"), DocumentType.LaboratoryReport, $"Résultat de suivi n° {number}",
        Pdf.Page($"Résultat de suivi n° {number}", "Sans particularité."), feed.At.AddMinutes(number), Feeds.AuthorOf(cast.Hospital, "SA01", "ETABLISSEMENT"));

    /// <summary>Sends until there is an answer that is not "later".</summary>
    private static async Task<Answer> SendAsync(Platform platform, Caller hospital, JsonObject bundle)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var wait = NoAnswerWait;
            try
            {
                var answer = await platform.SendAsync(hospital, Feeds.Transaction(bundle));
                if (answer.Status != HttpStatusCode.ServiceUnavailable || TimeProvider.System.GetElapsedTime(since) > Patience)
                {
                    return answer;
                }

                wait = answer.RetryAfter ?? wait;
            }
            catch (HttpRequestException) when (TimeProvider.System.GetElapsedTime(since) < Patience)
            {
                // No answer: sent again, under the same identifiers.
            }

            await Task.Delay(wait);
        }
    }
}
