using System.Collections.Immutable;
using System.Text.Json;
using Orleans;
using Sante.Kernel;
using Sante.Ledger;

namespace Sante.Space;

/// <summary>What stands after an act: the state, and the access version from which every later request is decided.</summary>
public sealed record Acted(AccessState State, long AccessVersion)
{
    public override string ToString() => $"{State} at {AccessVersion}";
}

/// <summary>
/// The one actor of a citizen's space; its facets are in the slices' <c>XGrain.cs</c>. It holds no truth: <see cref="held"/> is a cache
/// that the fence at the trace proves right or stale, so a second activation costs a retry and never a wrong release.
/// </summary>
public sealed partial class SpaceGrain(Ledger.Ledger ledger) : Grain
{
    /// <summary>Stale that often in a row means a space that changes faster than we decide.</summary>
    private const int MostAttempts = 20;
    private static readonly Refusal Contended = new("space-contended", RefusalKind.Unavailable, "Cet espace est très sollicité. Réessayez dans quelques secondes.");
    private readonly Lock loadingGate = new();
    private volatile Held? held;
    private Task<Outcome<Held>>? loading;

    /// <summary>A slice's decision over the present state, as the acting person and at the platform time that the ledger gives.</summary>
    internal delegate Outcome<IReadOnlyList<SpaceEvent>> Decision(AccessState state, Actor acting, DateTimeOffset now);

    private SpaceId Space => new(this.GetPrimaryKey());

    /// <summary>
    /// The template of every act: fold, decide access, decide the slice, append (events, due work, notices and lines in one transaction),
    /// new state. A refusal too is answered only once the fence has confirmed the state that it was decided on.
    /// </summary>
    private async Task<Outcome<Acted>> HandleAsync(AccessRequest request, Decision decide)
    {
        for (var (attempt, present) = (1, default(Held)); attempt <= MostAttempts; attempt++)
        {
            if (!(await HeldAsync(stale: present)).TryGet(out present, out var unavailable))
                return unavailable;
            var asked = Asked(request);
            var access = Access.Decide(present.State.Access, asked);
            if (!access.Allowed)
            {
                if (await RefuseAsync(present, asked, access) is { } told)
                    return told;
                continue;
            }
            var decided = decide(present.State.Access, present.State.Access.Acting(asked.Actor, asked.Now), asked.Now);
            var nothing = !decided.TryGet(out var events, out var refusal) || events.Count == 0;
            var written = await ledger.CommitAsync(nothing ? Confirmation(present) : Appending(present, events!, access));
            if (!written.TryGet(out var verdict, out var lost))
                return lost;
            if (!verdict.IsAccepted)
                continue;
            if (nothing)
                return refusal is null ? new Acted(present.State.Access, present.AccessVersion) : refusal;
            var after = present.After(events!, verdict);
            held = after;
            return new Acted(after.State.Access, after.AccessVersion);
        }
        return Contended;
    }

    /// <summary>An act of the holder's side (or of the platform for due work) on the space itself.</summary>
    private Task<Outcome<Acted>> GovernAsync(Actor by, Decision decide) => HandleAsync(AskToGovern(by), decide);

    private static AccessRequest AskToGovern(Actor by) =>
        new(by, AccessAction.Govern, AccessMode.Normal, Categories.None, Purposes.None, default, [], false);

    /// <summary>The request at the platform time and with the facts outside this space, as this host has heard them.</summary>
    private AccessRequest Asked(AccessRequest request) =>
        request with { Now = ledger.World.PlatformNow, Bar = WorldFacts.BarOf(request.Actor, ledger.World.Holds) };

    /// <summary>
    /// Writes the refusal's line through the fence, shared with equal ones of the minute; the public refusal when it stands, null when the
    /// state was stale: decide again.
    /// </summary>
    private async Task<Refusal?> RefuseAsync(Held present, AccessRequest request, AccessDecision decision)
    {
        var line = TraceLines.Of(present.State.Access, request, decision, [], 0);
        var written = await ledger.CommitAsync(new WriteRequest(Space, present.AccessVersion)
        {
            Lines = [Json(line)],
            ShareKey = $"{Grantee.KeyOf(request.Actor.Identifier)}|{request.Actor.Structure?.Identifier.Value}|{decision.Rule}|{request.Action}|{request.Mode}|{(int)request.Categories}|{(int)request.Purpose}",
        });
        return written.TryGet(out var verdict, out var lost)
            ? verdict.Kind is VerdictKind.Accepted or VerdictKind.Shared ? decision.Public : null
            : lost;
    }

    /// <summary>Nothing to write, but the answer rests on this state: the fence says whether it still stands.</summary>
    private WriteRequest Confirmation(Held present) => new(Space, present.AccessVersion) { StateVersion = present.StateVersion };

    private WriteRequest Appending(Held present, IReadOnlyList<SpaceEvent> events, AccessDecision access)
    {
        var after = present.State;
        var notices = new List<Notice>();
        foreach (var happened in events)
        {
            after = SpaceState.Evolve(after, happened);
            notices.AddRange(Notices.Of(after.Access, happened));
        }
        return new WriteRequest(Space, present.AccessVersion)
        {
            StateVersion = present.StateVersion,
            Until = access.Until,
            RaisesAccess = events.Any(SpaceEvents.RaisesAccessVersion),
            Events = present.Number(events),
            Lines = [.. events.Select(e => Json(TraceLines.Of(e, access)))],
            Due = [.. events.SelectMany(SpaceEvents.DueOf).Select(d => new DueChange($"{d.Kind}/{d.Key}", d.At, Json(d)))],
            Outbox = [.. notices.Select(Json)],
        };
    }

    /// <summary>
    /// The state in memory unless it is the one found stale, else loaded; callers who need it at the same time share one load, which after a
    /// change that shut many out is one in place of many. Refusals: <c>space-unknown</c>, <c>database-unavailable</c>.
    /// </summary>
    private async Task<Outcome<Held>> HeldAsync(Held? stale = null)
    {
        if (held is { } known && !ReferenceEquals(known, stale))
            return known;
        Task<Outcome<Held>> shared;
        lock (loadingGate)
            shared = loading is { IsCompleted: false } underWay ? underWay : loading = FreshAsync();
        return await shared;
    }

    /// <summary>The state as it stands now, whatever is in memory.</summary>
    private async Task<Outcome<Held>> FreshAsync()
    {
        if (!(await ledger.LoadAsync(Space, SpaceStreams.OfAccess)).TryGet(out var snapshot, out var refusal))
            return refusal;
        var loaded = Held.From(snapshot);
        held = loaded;
        return loaded;
    }

    internal static ReadOnlyMemory<byte> Json<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, SpaceJson.Options);

    /// <summary>A space in memory: state, versions, and how far each stream has come.</summary>
    internal sealed record Held(SpaceState State, long AccessVersion, long StateVersion, ImmutableDictionary<string, int> Streams, bool Erased)
    {
        public static Held From(SpaceSnapshot snapshot)
        {
            var streams = ImmutableDictionary.CreateBuilder<string, int>();
            var state = SpaceState.Zero;
            foreach (var recorded in snapshot.Events)
            {
                state = SpaceState.Evolve(state, SpaceJson.ReadEvent(recorded.Body));
                streams[recorded.Stream] = recorded.Version;
            }
            return new Held(state, snapshot.AccessVersion, snapshot.StateVersion, streams.ToImmutable(), snapshot.Erased);
        }

        /// <summary>The events as the ledger takes them, each with the next number of its stream.</summary>
        public IReadOnlyList<NewEvent> Number(IReadOnlyList<SpaceEvent> events)
        {
            var next = Streams.ToBuilder();
            return [.. events.Select(e =>
            {
                var stream = SpaceEvents.StreamOf(e);
                return new NewEvent(stream, next[stream] = next.GetValueOrDefault(stream) + 1, SpaceJson.Write(e));
            })];
        }

        public Held After(IReadOnlyList<SpaceEvent> events, Verdict verdict)
        {
            var streams = Streams.ToBuilder();
            foreach (var numbered in Number(events))
                streams[numbered.Stream] = numbered.Version;
            return new Held(events.Aggregate(State, SpaceState.Evolve), verdict.AccessVersion, verdict.StateVersion, streams.ToImmutable(), Erased);
        }
    }
}
