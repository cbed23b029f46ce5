using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Npgsql;
using Sante.Simulators;
using Sante.Simulators.Story;

namespace Sante.Bench;

/// <summary>What the rounds met. <paramref name="PassedAfterAnswer"/>, <paramref name="Unexpected"/>, <paramref name="StaleLines"/> and <paramref name="WrongNumbers"/> must be 0.</summary>
/// <param name="Rounds">Consents granted and revoked.</param>
/// <param name="Read">Reads answered while the consent was in force.</param>
/// <param name="Refused">Reads refused.</param>
/// <param name="RefusedAfterAnswer">Of those, sent after the revocation's answer had arrived; per front-end.</param>
/// <param name="PassedAfterAnswer">Reads sent after the revocation's answer that were answered all the same.</param>
/// <param name="Unexpected">Answers that are neither: 5xx, 401…</param>
/// <param name="StaleLines">Lines of a space that carry an older access version than a line before them.</param>
/// <param name="WrongNumbers">Spaces in which a number is missing or double.</param>
public sealed record HttpRoundsResult(
    int Rounds, long Read, long Refused, IReadOnlyList<long> RefusedAfterAnswer, long PassedAfterAnswer, long Unexpected, long StaleLines, long WrongNumbers)
{
    /// <summary>One line for people.</summary>
    public string Told => string.Create(CultureInfo.InvariantCulture,
        $"{Rounds} rounds; read {Read}; refused {Refused}, of which sent after the answer {string.Join(" + ", RefusedAfterAnswer)}; passed after the answer {PassedAfterAnswer}; unexpected answers {Unexpected}; lines on an older version {StaleLines}; spaces with wrong numbers {WrongNumbers}");
}

/// <summary>
/// Many readers on all front-ends, one revoker, by HTTP on a running platform: a citizen's father lets a doctor in on one front-end and revokes on
/// the next, while the doctor's software reads on all of them. Each reader ends a round with the first request that it sent after the revocation's
/// answer had arrived. A citizen for every <see cref="RoundsPerCitizen"/> rounds. One source for the test (300 rounds) and the long run (10,000).
/// </summary>
/// <param name="platform">The running platform.</param>
/// <param name="cast">Its people and systems.</param>
/// <param name="postgres">Its database, as the role that only reads.</param>
/// <param name="searcherEvery">One reader in so many searches, the others read by id: a search opens every candidate and costs several reads.</param>
public sealed class HttpRounds(Platform platform, Cast cast, string postgres, int searcherEvery = 4) : IDisposable
{
    /// <summary>Rounds on one citizen before the next is born.</summary>
    public const int RoundsPerCitizen = 20;

    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(3);
    private readonly RoundsCitizens citizens = new(platform, cast);
    private readonly long[] refusedAfter = new long[platform.FrontEnds];
    private long read, refused, passed, unexpected;

    private SandboxPersona Reader => cast.EmergencyDoctor;

    /// <param name="rounds">How many.</param>
    /// <param name="readers">In parallel, by turns on the front-ends.</param>
    /// <param name="reportEvery">Rounds between two reports; 0: none.</param>
    /// <param name="report">What was met so far, the database asked too.</param>
    public async Task<HttpRoundsResult> RunAsync(int rounds, int readers, int reportEvery = 0, Action<HttpRoundsResult>? report = null)
    {
        var parent = Fresh("père", () => new SignIn(platform.Endpoints.Identity, cast.CitizenApp).SignInAsync(cast.Father));
        var doctor = Fresh("médecin", () => new SignIn(platform.Endpoints.Identity, cast.CareSoftware).SignInAsync(Reader, Cast.PracticeOf(Reader)));
        RoundsCitizen? citizen = null;
        for (var round = 0; round < rounds; round++)
        {
            if (round % RoundsPerCitizen == 0 || citizen is null)
            {
                citizen = await citizens.NextAsync(parent);
            }

            await PlayAsync(round, readers, citizen, parent, doctor);
            if (reportEvery > 0 && (round + 1) % reportEvery == 0 && round + 1 < rounds)
            {
                report?.Invoke(await ResultAsync(round + 1));
            }
        }

        return await ResultAsync(rounds);
    }

    public void Dispose() => citizens.Dispose();

    private async Task PlayAsync(int round, int readers, RoundsCitizen citizen, Caller parent, Caller doctor)
    {
        var consent = $"/api/spaces/{citizen.Person.PatientId}/consents/rpps:{Reader.Rpps}";
        await doctor.Token();
        await platform.MustAsync(parent, new Call(HttpMethod.Put, consent) { Body = Grant(), FrontEnd = At(round), IsQuiet = true });
        var answered = false;
        var reading = Enumerable.Range(0, readers)
            .Select(number => Task.Run(() => ReadAsync(doctor, number, citizen, () => Volatile.Read(ref answered)))).ToArray();
        await platform.MustAsync(parent, new Call(HttpMethod.Delete, consent) { FrontEnd = At(round + 1), IsQuiet = true });
        Volatile.Write(ref answered, true);
        await Task.WhenAll(reading);
    }

    private int At(int number) => number % platform.FrontEnds + 1;

    private async Task ReadAsync(Caller doctor, int number, RoundsCitizen citizen, Func<bool> answered)
    {
        var frontEnd = At(number);
        var call = number / platform.FrontEnds % searcherEvery == searcherEvery - 1 ? Search(citizen.Person, frontEnd) : Read(citizen.DocumentId, frontEnd);
        for (var sentAfterAnswer = false; !sentAfterAnswer;)
        {
            sentAfterAnswer = answered();
            Count((await platform.SendAsync(doctor, call)).Status, sentAfterAnswer, frontEnd);
        }
    }

    private void Count(HttpStatusCode status, bool sentAfterAnswer, int frontEnd)
    {
        switch (status)
        {
            case HttpStatusCode.OK:
                Interlocked.Increment(ref sentAfterAnswer ? ref passed : ref read);
                break;
            case HttpStatusCode.Forbidden or HttpStatusCode.NotFound:
                Interlocked.Increment(ref refused);
                if (sentAfterAnswer)
                {
                    Interlocked.Increment(ref refusedAfter[frontEnd - 1]);
                }

                break;
            default:
                Interlocked.Increment(ref unexpected);
                break;
        }
    }

    private static Call Read(string document, int frontEnd) => new(HttpMethod.Get, $"/fhir/DocumentReference/{document}") { FrontEnd = frontEnd, IsQuiet = true };

    private static Call Search(Newborn person, int frontEnd) => new(HttpMethod.Post, "/fhir/DocumentReference/_search")
    {
        Content = () => new FormUrlEncodedContent([new("patient.identifier", $"{person.InsSystem}|{person.Matricule}"), new("status", "current"), new("_count", "5")]),
        FrontEnd = frontEnd,
        IsQuiet = true,
    };

    private JsonObject Grant() => new()
    {
        ["name"] = Cast.NameOf(Reader), ["read"] = new JsonArray("documents"), ["write"] = new JsonArray(), ["purposes"] = new JsonArray("care"),
    };

    private async Task<HttpRoundsResult> ResultAsync(int rounds) =>
        new(rounds, read, refused, [.. refusedAfter], passed, unexpected, await CountAsync(StaleLines), await CountAsync(WrongNumbers));

    /// <summary>A person who signs in again before the token ends; between rounds, never during one.</summary>
    private static Caller Fresh(string name, Func<Task<string>> signIn)
    {
        (string Token, long Since)? held = null;
        return new Caller(name, async () =>
        {
            if (held is not { } known || TimeProvider.System.GetElapsedTime(known.Since) > TokenLife)
            {
                held = known = (await signIn(), TimeProvider.System.GetTimestamp());
            }

            return known.Token;
        });
    }

    private const string StaleLines = """
        SELECT count(*) FROM (SELECT access_version, max(access_version) OVER (PARTITION BY space_id ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
                              FROM ledger.trace) t
        WHERE access_version < before
        """;

    private const string WrongNumbers = """
        SELECT count(*) FROM ledger.space s
        LEFT JOIN (SELECT space_id, count(*) AS n, count(DISTINCT seq) AS d, max(seq) AS high FROM ledger.trace GROUP BY space_id) t USING (space_id)
        WHERE s.trace_seq <> coalesce(t.n, 0) OR t.d <> t.n OR t.high <> t.n
        """;

    private async Task<long> CountAsync(string query)
    {
        await using var database = NpgsqlDataSource.Create(postgres);
        await using var command = database.CreateCommand(query);
        command.CommandTimeout = 600;
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
