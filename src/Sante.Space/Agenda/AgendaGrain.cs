using Orleans;
using Sante.Kernel;
using Sante.Ledger;

namespace Sante.Space;

/// <summary>The appointments to show, and the permit of the line that says so.</summary>
[GenerateSerializer]
public sealed record AgendaDisclosed(IReadOnlyList<ShownAppointment> Appointments, DisclosePermit Permit)
{
    public override string ToString() => $"Agenda of {Appointments.Count}";
}

/// <summary>The shared agenda of this space.</summary>
public interface IAgendaGrain : IGrainWithGuidKey
{
    /// <summary>
    /// A platform tells an appointment. Idempotent by (platform, identifier). Refusals: those of <see cref="Agendas"/> and of the access decision
    /// (<c>access-not-authorised</c> also when the space is not open).
    /// </summary>
    Task<Outcome<AgendaEntry>> PushAsync(PushAppointment command);

    /// <summary>Everything that is shown to the holder's side, each appointment once. The line is durable when it answers.</summary>
    Task<Outcome<AgendaDisclosed>> ShowAsync(Actor by);
}

public sealed partial class SpaceGrain : IAgendaGrain
{
    /// <summary>The agenda is folded with the access streams, of one snapshot: so its numbers and the fence agree.</summary>
    private static readonly string[] AgendaAndAccess = [.. SpaceStreams.OfAccess, SpaceStreams.Agenda];

    public async Task<Outcome<AgendaEntry>> PushAsync(PushAppointment command)
    {
        for (var attempt = 1; attempt <= MostAttempts; attempt++)
        {
            if (!(await ledger.LoadAsync(Space, AgendaAndAccess)).TryGet(out var snapshot, out var unavailable))
                return unavailable;
            var present = Held.From(snapshot);
            var request = Asked(new AccessRequest(command.By, AccessAction.Feed, AccessMode.Normal, Categories.Agenda, Purposes.FollowUp, default, [], false));
            var access = Access.Decide(present.State.Access, request);
            if (!access.Allowed)
            {
                if (await RefuseAsync(present, request, access) is { } told)
                    return told;
                continue;
            }
            var agenda = AgendaOf(snapshot);
            var decided = Agendas.Decide(agenda, command, request.Now);
            var isNothing = !decided.TryGet(out var events, out var refusal) || events.Count == 0;
            var written = await ledger.CommitAsync(isNothing ? Confirmation(present) : Appending(present, events!, access));
            if (!written.TryGet(out var verdict, out var lost))
                return lost;
            if (!verdict.IsAccepted)
                continue;
            return refusal is not null ? refusal
                : (events ?? []).Cast<AgendaEvent>().Aggregate(agenda, Agendas.Evolve).Entries[command.Source.Key];
        }
        return Contended;
    }

    public async Task<Outcome<AgendaDisclosed>> ShowAsync(Actor by)
    {
        for (var attempt = 1; attempt <= MostAttempts; attempt++)
        {
            var asked = new AccessRequest(by, AccessAction.Search, AccessMode.Normal, Categories.Agenda, Purposes.None, default, [], false);
            if (!(await EvaluateAsync(asked)).TryGet(out var evaluation, out var refusal))
                return refusal;
            if (!(await ledger.LoadAsync(Space, [SpaceStreams.Agenda])).TryGet(out var snapshot, out var unavailable))
                return unavailable;
            var shown = Agendas.Shown(AgendaOf(snapshot));
            if (!(await DiscloseAsync(evaluation, new Disclosure([], shown.Count, "agenda"))).TryGet(out var permit, out var lost))
                return lost;
            if (permit is not null)
                return new AgendaDisclosed(shown, permit);
        }
        return Contended;
    }

    private static AgendaState AgendaOf(SpaceSnapshot snapshot) => snapshot.Events
        .Where(recorded => recorded.Stream == SpaceStreams.Agenda)
        .Select(recorded => (AgendaEvent)SpaceJson.ReadEvent(recorded.Body))
        .Aggregate(AgendaState.Zero, Agendas.Evolve);
}
