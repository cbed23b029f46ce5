using System.Text;
using Sante.Kernel;

namespace Sante.Ledger;

/// <summary>What the rounds met. <paramref name="PassedAfterAnswer"/> must be 0.</summary>
/// <param name="Rounds">Grants and revocations played.</param>
/// <param name="Accepted">Reads recorded while the grant was in force.</param>
/// <param name="Refused">Reads that the fence or the reload refused.</param>
/// <param name="PassedAfterAnswer">Reads sent after the revocation's answer that were recorded all the same.</param>
public sealed record RevocationResult(int Rounds, long Accepted, long Refused, long PassedAfterAnswer);

/// <summary>
/// Many readers on several front-ends, one revoker: each reader decides on the state that its own front-end last loaded (a cache, as stale as
/// caches get) and traces; the revoker grants and revokes by turns. One source for the test (300 rounds) and the long run (10,000).
/// </summary>
public static class RevocationRounds
{
    private static readonly byte[] Line = "read"u8.ToArray();

    public static async Task<RevocationResult> RunAsync(Ledger[] frontEnds, SpaceId space, int rounds, int readers)
    {
        var caches = new SpaceSnapshot[frontEnds.Length];
        long accepted = 0, refused = 0, passed = 0;
        // A reader ends with its first attempt that it sent after the revocation's answer had arrived: that one must be refused.
        async Task ReadAsync(int place, Func<bool> answered)
        {
            for (var sentAfterAnswer = false; !sentAfterAnswer;)
            {
                sentAfterAnswer = answered();
                var state = Volatile.Read(ref caches[place]);
                var permit = IsGranted(state)
                    ? (await frontEnds[place].TraceAsync(Permits.Evaluate(space, state.AccessVersion, null, "rounds"), Line)).Value.Permit
                    : null;
                if (permit is null)
                {
                    Interlocked.Increment(ref refused);
                    Volatile.Write(ref caches[place], await LoadAsync(frontEnds[place], space));
                }
                else
                {
                    Interlocked.Increment(ref sentAfterAnswer ? ref passed : ref accepted);
                }
            }
        }

        for (var round = 0; round < rounds; round++)
        {
            await ActAsync(frontEnds[round % frontEnds.Length], space, "granted");
            for (var i = 0; i < frontEnds.Length; i++)
                caches[i] = await LoadAsync(frontEnds[i], space);
            var answered = false;
            var reading = Enumerable.Range(0, readers).Select(r => Task.Run(() => ReadAsync(r % frontEnds.Length, () => Volatile.Read(ref answered)))).ToArray();
            await ActAsync(frontEnds[(round + 1) % frontEnds.Length], space, "revoked");
            Volatile.Write(ref answered, true);
            await Task.WhenAll(reading);
        }
        return new RevocationResult(rounds, accepted, refused, passed);
    }

    private static bool IsGranted(SpaceSnapshot state) => state.Events.Count > 0 && Encoding.UTF8.GetString(state.Events[^1].Body) == "granted";

    private static async Task<SpaceSnapshot> LoadAsync(Ledger ledger, SpaceId space) => (await ledger.LoadAsync(space, ["consent"])).Value;

    private static async Task ActAsync(Ledger ledger, SpaceId space, string act)
    {
        while (true)
        {
            var now = await LoadAsync(ledger, space);
            var verdict = await ledger.CommitAsync(new WriteRequest(space, now.AccessVersion)
            {
                StateVersion = now.StateVersion,
                RaisesAccess = true,
                Events = [new NewEvent("consent", now.Events.Count + 1, Encoding.UTF8.GetBytes(act))],
                Lines = [Encoding.UTF8.GetBytes(act)],
            });
            if (verdict.Value.IsAccepted)
                return;
        }
    }
}
