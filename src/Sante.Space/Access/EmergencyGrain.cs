using Orleans;
using Sante.Kernel;

namespace Sante.Space;

/// <summary>A bris de glace that runs, and the Patient.id it opens.</summary>
[GenerateSerializer]
public sealed record EmergencyBegun(Emergency Emergency, string PatientId)
{
    public override string ToString() => Emergency.ToString();
}

/// <summary>Bris de glace, and what the citizen opposes in advance.</summary>
public interface IEmergencyGrain : IGrainWithGuidKey
{
    /// <summary>
    /// Breaks the glass; holder, representatives and médecin traitant are told in the same transaction. While one of the same professional runs, that one.
    /// Refusals: <c>emergency-reason-missing</c>, <c>emergency-place-missing</c>, and <c>access-not-authorised</c> for everything else.
    /// </summary>
    Task<Outcome<EmergencyBegun>> BreakAsync(BreakGlass command);

    /// <summary>Ends one: the professional his own, the holder's side any.</summary>
    Task<Outcome<Acted>> CloseAsync(CloseEmergency command);

    /// <summary>The holder's side says what it opposes.</summary>
    Task<Outcome<Acted>> OpposeAsync(SetEmergencyOpposition command);
}

public sealed partial class SpaceGrain : IEmergencyGrain
{
    public async Task<Outcome<EmergencyBegun>> BreakAsync(BreakGlass command)
    {
        // Before any state: what is wrong with the words must tell nothing of the space.
        if (Emergencies.Check(command.Reason, command.Place) is { } wrong)
            return wrong;
        var request = new AccessRequest(command.By, AccessAction.BreakGlass, AccessMode.BrisDeGlace, Categories.None, Purposes.Care, default, [], false);
        var acted = await HandleAsync(request, (state, acting, now) => Emergencies.Decide(state.Emergency, command with { By = acting }, now));
        return acted.Then<EmergencyBegun>(after => after.State.Emergency.ByProfessional.TryGetValue(Grantee.KeyOf(command.By.Identifier), out var begun)
            ? new EmergencyBegun(begun, after.State.Account.Holder!.Value)
            : AccessRefusals.NotAuthorised);
    }

    public Task<Outcome<Acted>> CloseAsync(CloseEmergency command)
    {
        var isCitizen = command.By.Identifier.System == ActorIdentifier.PatientSystem;
        var request = isCitizen
            ? AskToGovern(command.By)
            : new AccessRequest(command.By, AccessAction.LeaveEmergency, AccessMode.BrisDeGlace, Categories.None, Purposes.Care, default, [], false);
        return HandleAsync(request, (state, acting, now) => Emergencies.Decide(state.Emergency, command with { By = acting }, now));
    }

    public Task<Outcome<Acted>> OpposeAsync(SetEmergencyOpposition command) =>
        GovernAsync(command.By, (state, acting, now) => Emergencies.Decide(state.Emergency, command with { By = acting }, now));
}
