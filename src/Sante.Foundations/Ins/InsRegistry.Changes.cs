using Sante.Kernel;

namespace Sante.Foundations.Identities;

/// <summary>Changes of an identity: status, matricule, local identifiers, duplicates.</summary>
public sealed partial class InsRegistry
{
    /// <summary>
    /// Decides a command on the identity of a space and keeps what happened, tokens included. Refusals: those of <see cref="IdentityLife.Decide"/>,
    /// <c>identity-exists</c> (the matricule is another's), <c>identity-local-taken</c>, <c>identity-changed-meanwhile</c>.
    /// </summary>
    public async Task<Outcome<IdentityState>> ChangeAsync(SpaceId space, IdentityCommand command, CancellationToken cancel = default)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await store.LoadAsync([space], cancel) is not [var stored])
            {
                return IdentityRefusals.Unknown;
            }

            if (!IdentityLife.Decide(stored.State, command, ledger.World.PlatformNow).TryGet(out var events, out var refusal))
            {
                return refusal;
            }

            if (events.Count == 0)
            {
                return stored.State;
            }

            var after = events.Aggregate(stored.State, IdentityLife.Evolve);
            var (done, taken) = await store.UpdateAsync([Change(stored, events, after)], cancel);
            if (done)
            {
                return after;
            }

            if (taken is { } kind)
            {
                return kind == TokenKind.Local ? IdentityRefusals.LocalTaken : IdentityRefusals.Exists;
            }
        }

        return IdentityRefusals.Moved;
    }

    /// <summary>
    /// Ties an establishment's number to the person of a matricule, with a line in that space; a miss leaves one in the caller's own log. Refusals:
    /// <c>identity-unknown</c>, those of <see cref="ChangeAsync"/> and of a search.
    /// </summary>
    public async Task<Outcome<IdentityState>> LinkLocalAsync(Ins ins, LocalIdentifier local, Actor by, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(by);
        if (await FindSpaceAsync(ins, cancel) is not { } space)
        {
            var own = await ledger.ActorSpaceAsync(by.Identifier, cancel);
            return await WriteLineAsync(own, by, RegistryAct.NotFound, cancel) ?? IdentityRefusals.Unknown;
        }

        var linked = await ChangeAsync(space, new LinkLocal(local, by.Identifier), cancel);
        return linked.Refusal is null && await WriteLineAsync(space, by, RegistryAct.LocalLinked, cancel) is { } refusal ? refusal : linked;
    }

    /// <summary>The living identities that may be the same person as this one, with how near they are.</summary>
    public async Task<IReadOnlyList<(SpaceId Space, Resemblance Resemblance)>> DuplicatesOfAsync(SpaceId space, CancellationToken cancel = default)
    {
        if (await store.LoadAsync([space], cancel) is not [{ State: { Traits: { } traits, MergedInto: null } }])
        {
            return [];
        }

        return [.. (await NearAsync(traits, cancel))
            .Where(other => other.Space != space)
            .Select(other => (other.Space, Duplicates.Compare(traits, other.State.Traits!)))
            .Where(pair => pair.Item2 != Resemblance.None)
            .OrderByDescending(pair => pair.Item2)];
    }

    /// <summary>
    /// Merges a duplicate: its matricules become history of the survivor and lead there, its local identifiers too; a line in both spaces.
    /// Content of the duplicate's space is not moved. Idempotent. Refusals: <c>identity-unknown</c>, <c>identity-merged</c>, <c>identity-changed-meanwhile</c>.
    /// </summary>
    public async Task<Refusal?> MergeAsync(SpaceId survivor, SpaceId duplicate, Actor by, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(by);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var both = await store.LoadAsync([survivor, duplicate], cancel);
            if (both.FirstOrDefault(one => one.Space == survivor) is not { } kept || both.FirstOrDefault(one => one.Space == duplicate) is not { } gone || survivor == duplicate)
            {
                return IdentityRefusals.Unknown;
            }

            if (gone.State.MergedInto == survivor.Value)
            {
                return null;
            }

            var now = ledger.World.PlatformNow;
            if (!IdentityLife.Decide(kept.State, new AbsorbDuplicate(duplicate.Value, gone.State, by.Identifier), now).TryGet(out var absorbed, out var refusal)
                || !IdentityLife.Decide(gone.State, new BecomeDuplicate(survivor.Value, by.Identifier), now).TryGet(out var merged, out refusal))
            {
                return refusal;
            }

            var (done, taken) = await store.UpdateAsync(
                [
                    Change(gone, merged, merged.Aggregate(gone.State, IdentityLife.Evolve)),
                    Change(kept, absorbed, absorbed.Aggregate(kept.State, IdentityLife.Evolve)),
                ],
                cancel);
            if (done)
            {
                return await WriteLineAsync(survivor, by, RegistryAct.Merged, cancel) ?? await WriteLineAsync(duplicate, by, RegistryAct.Merged, cancel);
            }

            if (taken is not null)
            {
                return IdentityRefusals.Exists;
            }
        }

        return IdentityRefusals.Moved;
    }

    private (StoredIdentity, IReadOnlyList<IdentityEvent>, IReadOnlyList<RegistryToken>, IReadOnlyList<RegistryToken>) Change(
        StoredIdentity stored, IReadOnlyList<IdentityEvent> events, IdentityState after)
    {
        var (before, next) = (RegistryTokens.Of(store, stored.State), RegistryTokens.Of(store, after));
        return (stored, events, [.. next.Except(before)], [.. before.Except(next)]);
    }
}
