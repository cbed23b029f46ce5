using Orleans;
using Sante.Kernel;
using Sante.Ledger;

namespace Sante.Space;

/// <summary>
/// A space to begin: the holder, the legal representatives that the registry names, and the row of the Patient resource, opaque here, by which
/// <c>Patient.id</c> leads to the space.
/// </summary>
[GenerateSerializer]
public sealed record SpaceBeginning(
    ActorIdentifier Holder, string HolderName, DateOnly BirthOn, IReadOnlyList<Representative> Representatives, NewResource Patient, Actor By)
{
    public override string ToString() => "Beginning of a space";
}

/// <summary>The life of this space.</summary>
public interface IAccountGrain : IGrainWithGuidKey
{
    /// <summary>
    /// Begins the space with its identity, pending: events, letter, due work and line in one transaction. Idempotent: again for the same holder
    /// changes nothing, so a crash between the registry and the space is healed by the repeat. Refusals: <c>account-exists</c>,
    /// <c>birth-date-future</c>, <c>database-unavailable</c>.
    /// </summary>
    Task<Outcome<Acted>> BeginAsync(SpaceBeginning beginning);

    /// <summary>An act of the holder's side, of the registry or of the platform on the account.</summary>
    Task<Outcome<Acted>> ActAsync(AccountCommand command);

    /// <summary>The state as it stands, to the holder's side, once the line that says so is durable. Refusals: those of the access decision.</summary>
    Task<Outcome<Acted>> LookAsync(Actor by);

    /// <summary>Whether this actor may act on the space: confirmed by the fence, tells nothing else, leaves no line unless it refuses.</summary>
    Task<Outcome<bool>> MayGovernAsync(Actor by);
}

public sealed partial class SpaceGrain : IAccountGrain
{
    private const string BirthRule = "acc-registry";

    public Task<Outcome<Acted>> ActAsync(AccountCommand command) =>
        GovernAsync(command.By, (state, acting, now) => Accounts.Decide(state.Account, command with { By = acting }, now));

    public async Task<Outcome<Acted>> LookAsync(Actor by)
    {
        for (var attempt = 1; attempt <= MostAttempts; attempt++)
        {
            if (!(await EvaluateAsync(AskForTrace(by))).TryGet(out var evaluation, out var refusal))
                return refusal;
            if (!(await DiscloseAsync(evaluation, Disclosure.Nothing("settings"))).TryGet(out var permit, out var lost))
                return lost;
            if (permit is not null)
                return new Acted(evaluation.State, permit.AccessVersion);
        }
        return Contended;
    }

    public async Task<Outcome<bool>> MayGovernAsync(Actor by) =>
        (await GovernAsync(by, (_, _, _) => Decided.Nothing)).Then<bool>(_ => true);

    public async Task<Outcome<Acted>> BeginAsync(SpaceBeginning beginning)
    {
        if (!Begin(beginning, ledger.World.PlatformNow).TryGet(out var events, out var refusal))
            return refusal;
        var nothing = new Held(SpaceState.Zero, 1, 0, System.Collections.Immutable.ImmutableDictionary<string, int>.Empty, false);
        var decision = Access.Allow(BirthRule, "Création de l'identité par l'état civil.", Capacity.Platform, null, null, VisibilityFilter.Nothing);
        var written = await ledger.CommitAsync(Appending(nothing, events, decision) with
        {
            BirthSlot = SlotMap.SlotOf(Space),
            StateVersion = 0,
            RaisesAccess = false,
            Resources = [beginning.Patient],
        });
        if (!written.TryGet(out var verdict, out var lost))
            return lost;
        if (verdict.IsAccepted)
        {
            var begun = nothing.After(events, verdict);
            held = begun;
            return new Acted(begun.State.Access, begun.AccessVersion);
        }
        if (!(await FreshAsync()).TryGet(out var present, out var unavailable))
            return unavailable;
        return Begin(beginning, ledger.World.PlatformNow, present.State.Access).Then<Acted>(_ => new Acted(present.State.Access, present.AccessVersion));
    }

    /// <summary>The first facts of a space, or none when it began before for the same holder.</summary>
    private static Outcome<IReadOnlyList<SpaceEvent>> Begin(SpaceBeginning beginning, DateTimeOffset now, AccessState? present = null)
    {
        var state = present ?? AccessState.Zero;
        var begin = new BeginAccount(beginning.Holder, beginning.HolderName, beginning.BirthOn, beginning.By);
        return Accounts.Decide(state.Account, begin, now).Then(account =>
        {
            var events = new List<SpaceEvent>();
            if (account.Count == 0)
                return Outcome.Of<IReadOnlyList<SpaceEvent>>(events);
            // Representatives before the letter: it is to them that it goes.
            events.Add(account[0]);
            foreach (var person in beginning.Representatives)
            {
                var declare = new DeclareRepresentative(person.Person, person.Name, person.Kind, beginning.By);
                if (!Entourages.Decide(state.Entourage, declare, now).TryGet(out var declared, out var wrong))
                    return wrong;
                events.AddRange(declared);
            }
            events.AddRange(account.Skip(1));
            return Outcome.Of<IReadOnlyList<SpaceEvent>>(events);
        });
    }
}
