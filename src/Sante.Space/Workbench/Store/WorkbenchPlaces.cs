using System.Collections.Concurrent;
using Sante.Kernel;
using Sante.Ledger.Workbenches;

namespace Sante.Space.Workbench;

/// <summary>
/// Where resources live, remembered: a resource never leaves the space that it was born in (record 0007), so what is remembered stays true until the
/// workbench is wiped, and then the fence says that the space is unknown. Two generations bound it.
/// </summary>
internal sealed class WorkbenchPlaces(WorkbenchRows rows)
{
    private const int Capacity = 100_000;
    private volatile Generations generations = new([], []);

    public SpaceId? Known(Guid row)
    {
        var (young, old) = generations;
        if (young.TryGetValue(row, out var space))
            return space;
        if (!old.TryGetValue(row, out space))
            return null;
        Keep(row, space);
        return space;
    }

    public void Keep(Guid row, SpaceId space)
    {
        var now = generations;
        if (now.Young.Count >= Capacity)
            generations = now = new Generations([], now.Young);
        now.Young[row] = space;
    }

    public void Forget(Guid row)
    {
        var (young, old) = generations;
        young.TryRemove(row, out _);
        old.TryRemove(row, out _);
    }

    /// <summary>The space, remembered or looked up; null when there is no such resource.</summary>
    public async ValueTask<SpaceId?> FindAsync(Guid row, CancellationToken cancel) =>
        Known(row) ?? ((await FindAllAsync([row], cancel)).TryGetValue(row, out var place) ? place.Space : null);

    /// <summary>Looks these up, versions included.</summary>
    public async Task<IReadOnlyDictionary<Guid, RowPlace>> FindAllAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancel)
    {
        if (ids.Count == 0)
            return new Dictionary<Guid, RowPlace>();
        var places = await rows.FindAsync(ids, cancel);
        foreach (var (row, place) in places)
            Keep(row, place.Space);
        return places;
    }

    private sealed record Generations(ConcurrentDictionary<Guid, SpaceId> Young, ConcurrentDictionary<Guid, SpaceId> Old);
}
