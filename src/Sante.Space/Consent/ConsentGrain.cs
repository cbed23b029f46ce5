using Orleans;
using Sante.Kernel;

namespace Sante.Space;

/// <summary>Whom the citizen lets in, and whom he blocks. Every act is durable when it answers; requests sent after the answer are decided on it.</summary>
public interface IConsentGrain : IGrainWithGuidKey
{
    /// <summary>Grants, narrows, revokes, blocks or unblocks. Refusals: those of <see cref="Consents"/> and of the access decision.</summary>
    Task<Outcome<Acted>> ActAsync(ConsentCommand command);
}

public sealed partial class SpaceGrain : IConsentGrain
{
    public Task<Outcome<Acted>> ActAsync(ConsentCommand command) =>
        GovernAsync(command.By, (state, acting, now) => Consents.Decide(state.Consent, command with { By = acting }, now));
}
