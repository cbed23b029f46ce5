using Sante.Kernel;

namespace Sante.Foundations.Directories;

/// <summary>What other parts may ask of the national directories. Public data; throws on lost infrastructure.</summary>
public interface IDirectory
{
    /// <summary>The professional of an RPPS number, or null when never seen in the national file.</summary>
    Task<KnownPractitioner?> FindPractitionerAsync(Rpps rpps, CancellationToken cancel = default);

    /// <summary>The structure of a FINESS number, or null when never seen in a national file.</summary>
    Task<KnownStructure?> FindStructureAsync(Finess finess, CancellationToken cancel = default);
}

/// <summary>A professional as the directory knows him.</summary>
/// <param name="Rpps">His number.</param>
/// <param name="Name">As people write it: "Dr Zoé D'AËION".</param>
/// <param name="Professions">TRE_G15 codes (10 = médecin).</param>
/// <param name="Skills">Savoir-faire codes (SM54).</param>
/// <param name="IsActive">False when he is no longer in the national file: struck off, retired, dead.</param>
/// <param name="ChangedAt">When the directory last changed him; for an inactive one, when he left.</param>
public sealed record KnownPractitioner(Rpps Rpps, string Name, IReadOnlyList<string> Professions, IReadOnlyList<string> Skills, bool IsActive, DateTimeOffset ChangedAt);

/// <summary>A structure as the directory knows it.</summary>
/// <param name="Finess">Its number.</param>
/// <param name="Name">Raison sociale, in full.</param>
/// <param name="City">Where, when known.</param>
/// <param name="Category">FINESS category (355 = centre hospitalier), when known.</param>
/// <param name="IsActive">False when it is no longer in the national file: closed.</param>
public sealed record KnownStructure(Finess Finess, string Name, string? City, string? Category, bool IsActive);
