using Orleans;
using Sante.Kernel;

namespace Sante.Space;

/// <summary>Pairs across spaces: an idPE leads to one space only, and a tie that was cut frees it.</summary>
public sealed class SpacePairings(PairingView ties, IGrainFactory grains)
{
    private static readonly Refusal Elsewhere = new("pairing-elsewhere", RefusalKind.Conflict, "Cet utilisateur de l'éditeur est déjà relié à un autre espace.");

    /// <summary>
    /// Pairs. Refusals: <c>pairing-elsewhere</c>, those of <see cref="Pairings"/> and of the access decision, which comes first: who may not govern the space
    /// learns and claims nothing.
    /// </summary>
    public async Task<Outcome<Acted>> PairAsync(SpaceId space, Pair command, CancellationToken cancel = default)
    {
        var mayGovern = await grains.GetGrain<IAccountGrain>(space.Value).MayGovernAsync(command.By);
        if (mayGovern.Refusal is { } refusal)
        {
            return refusal;
        }

        var holder = await ties.ClaimAsync(command.IdPeSystem, command.IdPe, space, cancel);
        if (holder != space)
        {
            var isInForce = await grains.GetGrain<IPairingGrain>(holder.Value).HoldsAsync(command.IdPeSystem, command.IdPe);
            if (!isInForce.TryGet(out var held, out var lost))
            {
                return lost;
            }

            if (held || !await ties.TakeOverAsync(command.IdPeSystem, command.IdPe, holder, space, cancel))
            {
                return Elsewhere;
            }
        }

        return await grains.GetGrain<IPairingGrain>(space.Value).ActAsync(command);
    }
}
