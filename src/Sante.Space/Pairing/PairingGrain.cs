using Orleans;
using Sante.Kernel;

namespace Sante.Space;

/// <summary>The ties between editors' users and this space. That an idPE leads to one space only is <see cref="PairingView"/>'s.</summary>
public interface IPairingGrain : IGrainWithGuidKey
{
    /// <summary>Pairs or ends. Refusals: those of <see cref="Pairings"/> and of the access decision.</summary>
    Task<Outcome<Acted>> ActAsync(PairingCommand command);

    /// <summary>Whether that editor's user is tied to this space at present. Leaves no line; for the index of ties, never for an answer.</summary>
    Task<Outcome<bool>> HoldsAsync(string idPeSystem, string idPe);
}

public sealed partial class SpaceGrain : IPairingGrain
{
    public Task<Outcome<Acted>> ActAsync(PairingCommand command) =>
        GovernAsync(command.By, (state, acting, now) => Pairings.Decide(state.Pairing, command with { By = acting }, now));

    public async Task<Outcome<bool>> HoldsAsync(string idPeSystem, string idPe) =>
        (await FreshAsync()).Then<bool>(present =>
            present.State.Access.Pairing.ByEditor.Values.Any(p => p.IdPeSystem == idPeSystem && p.IdPe == idPe));
}
