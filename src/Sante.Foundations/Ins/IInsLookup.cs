using Sante.Kernel;

namespace Sante.Foundations;

/// <summary>The registry's answer to the only question that the record may ask of it: whose space is this? (house idea 1)</summary>
public interface IInsLookup
{
    /// <summary>
    /// The space of a matricule, a historical one included, or null. Discloses nothing by itself and leaves no line:
    /// the caller's own fenced access does. Throws on lost infrastructure.
    /// </summary>
    Task<SpaceId?> FindSpaceAsync(Ins ins, CancellationToken cancel = default);
}
