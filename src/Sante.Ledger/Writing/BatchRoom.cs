using Sante.Kernel;

namespace Sante.Ledger.Writing;

/// <summary>
/// What still fits into one batch. Per space either plain requests only or one exclusive request; a resource, and the name of a guard, once: a second write
/// of it must see what the first one made. What did not fit keeps its place: later requests of its spaces wait behind it.
/// </summary>
internal sealed class BatchRoom
{
    public const int MostRequests = 128;
    private const int MostWeightBytes = 1 << 20;

    private readonly Dictionary<SpaceId, bool> taken = [];   // space → its request here is exclusive
    private readonly HashSet<SpaceId> blocked = [];
    private readonly HashSet<Guid> written = [];
    private readonly HashSet<long> guarded = [];
    private int count;
    private int weightBytes;

    public bool IsFull => count >= MostRequests || weightBytes >= MostWeightBytes;

    /// <summary>Takes the requests of one caller together, or none of them.</summary>
    public bool TryTake(SealedRequest[] requests)
    {
        if (!requests.All(Fits))
        {
            Block(requests);
            return false;
        }
        foreach (var request in requests)
        {
            taken[request.Plain.Space] = request.Plain.IsExclusive;
            foreach (var resource in request.Plain.Resources)
                written.Add(resource.Id);
            foreach (var guard in request.Guards)
                guarded.Add(guard.Lock);
            count++;
            weightBytes += request.WeightBytes;
        }
        return true;
    }

    public void Block(SealedRequest[] requests)
    {
        foreach (var request in requests)
            blocked.Add(request.Plain.Space);
    }

    private bool Fits(SealedRequest request)
    {
        var space = request.Plain.Space;
        if (blocked.Contains(space) || (taken.TryGetValue(space, out var hasExclusive) && (hasExclusive || request.Plain.IsExclusive)))
            return false;
        foreach (var resource in request.Plain.Resources)
            if (written.Contains(resource.Id))
                return false;
        foreach (var guard in request.Guards)
            if (guarded.Contains(guard.Lock))
                return false;
        return true;
    }
}
