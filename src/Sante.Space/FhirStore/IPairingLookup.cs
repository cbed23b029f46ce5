using Sante.Kernel;

namespace Sante.Space;

/// <summary>From an editor's user to a space, over all spaces: the pairings in force (written with the facts of the pairing slice).</summary>
public interface IPairingLookup
{
    /// <summary>The space paired with this idPE, or null. Discloses nothing by itself: the access decision follows. Throws on lost infrastructure.</summary>
    Task<SpaceId?> FindSpaceAsync(string idpeSystem, string idPe, CancellationToken cancel = default);
}
