using Sante.Kernel;

namespace Sante.Foundations.Identities;

/// <summary>What the registry did that a line must tell.</summary>
public enum RegistryAct
{
    /// <summary>Found by strict traits.</summary>
    FoundByTraits,
    /// <summary>Found by matricule.</summary>
    FoundByMatricule,
    /// <summary>Found by an establishment's own number.</summary>
    FoundByLocal,
    /// <summary>Nobody, or several, answered a search: told to the caller's own log only.</summary>
    NotFound,
    /// <summary>An establishment tied its own number.</summary>
    LocalLinked,
    /// <summary>A duplicate was merged.</summary>
    Merged,
}

/// <summary>Gives the bytes of trace lines in the form that spaces read. Implemented where spaces are. Pure.</summary>
public interface IRegistryLines
{
    /// <summary>The line of an act of the registry. It never holds a trait or a matricule.</summary>
    ReadOnlyMemory<byte> LineOf(Actor by, RegistryAct act);
}
