using Orleans;
using Sante.Kernel;

namespace Sante.Space;

/// <summary>A citizen for whom someone may act.</summary>
[GenerateSerializer]
public sealed record Represented(string PatientId, string Name)
{
    public override string ToString() => "Represented";
}

/// <summary>The people around the citizen.</summary>
public interface IEntourageGrain : IGrainWithGuidKey
{
    /// <summary>Declares, adds or removes. Refusals: those of <see cref="Entourages"/> and of the access decision.</summary>
    Task<Outcome<Acted>> ActAsync(EntourageCommand command);

    /// <summary>
    /// The holder, when this citizen is a representative in office at present; null otherwise. Leaves no line: it tells a person only of its own powers.
    /// </summary>
    Task<Outcome<Represented?>> RepresentedByAsync(ActorIdentifier person);
}

public sealed partial class SpaceGrain : IEntourageGrain
{
    public Task<Outcome<Acted>> ActAsync(EntourageCommand command) =>
        GovernAsync(command.By, (state, acting, now) => Entourages.Decide(state.Entourage, command with { By = acting }, now));

    public async Task<Outcome<Represented?>> RepresentedByAsync(ActorIdentifier person)
    {
        if (!(await FreshAsync()).TryGet(out var present, out var refusal))
            return refusal;
        var state = present.State.Access;
        var isInOffice = state.RepresentativesAt(ledger.World.PlatformNow).Any(r => r.Person == person);
        return Outcome.Of(isInOffice && state.Account.Holder is { } holder ? new Represented(holder.Value, state.Account.HolderName) : null);
    }
}
