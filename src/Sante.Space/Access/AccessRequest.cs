using Sante.Kernel;

namespace Sante.Space;

/// <summary>What an actor asks of a space.</summary>
[GenerateSerializer]
public enum AccessAction
{
    /// <summary>One resource.</summary>
    Read,
    /// <summary>A list or a search, counts included.</summary>
    Search,
    /// <summary>New content.</summary>
    Feed,
    /// <summary>A new version or state of content that the actor itself fed.</summary>
    Amend,
    /// <summary>A last version that says that content which the actor itself fed is withdrawn (record 0072).</summary>
    Delete,
    /// <summary>To begin a bris de glace.</summary>
    BreakGlass,
    /// <summary>To end one's own bris de glace.</summary>
    LeaveEmergency,
    /// <summary>The access trace, the list of who has access, the notices.</summary>
    ReadTrace,
    /// <summary>Acts of the holder's side: account, consents, entourage, visibility, opposition, pairing.</summary>
    Govern,
}

/// <summary>
/// One question to <see cref="Access.Decide"/>. <paramref name="Now"/> is platform time.
/// </summary>
/// <param name="Actor">Who asks, as the token says; the capacity in which he acts is found here, not believed.</param>
/// <param name="Action">What for.</param>
/// <param name="Mode">Of professionals: normal, bris de glace or centre 15.</param>
/// <param name="Categories">Every category touched; all must be allowed.</param>
/// <param name="Purpose">Exactly one purpose.</param>
/// <param name="Now">Platform time.</param>
/// <param name="TypeCodes">Document types (JDV_J66) asked for or fed; empty = not restricted.</param>
/// <param name="IsDepositor">
/// True when the store holds content fed by this actor or its structure. Only then can it be let in to its own content without an authorisation.
/// </param>
[GenerateSerializer]
public sealed record AccessRequest(
    Actor Actor,
    AccessAction Action,
    AccessMode Mode,
    Categories Categories,
    Purposes Purpose,
    DateTimeOffset Now,
    IReadOnlyList<string> TypeCodes,
    bool IsDepositor)
{
    /// <summary>Categories that are looked into as far as each is allowed beside <see cref="Categories"/>: what a search includes, <c>$everything</c>.</summary>
    public Categories Optional { get; init; }

    /// <summary>The fact outside this space that bars the actor everywhere, or null (<see cref="WorldFacts.BarOf"/>).</summary>
    public Bar? Bar { get; init; }

    public override string ToString() => $"{Action} {Categories} {Mode}";
}

/// <summary>In which capacity an actor stands before one space.</summary>
[GenerateSerializer]
public enum Capacity
{
    /// <summary>The platform itself carrying out due work.</summary>
    Platform,
    Holder,
    /// <summary>Parent of a minor, or guardian, in office.</summary>
    Representative,
    /// <summary>Any other citizen, a representative out of office included.</summary>
    Stranger,
    /// <summary>Professional, named staff or system of a structure.</summary>
    Carer,
    App,
    /// <summary>People who run the platform: they see nothing.</summary>
    Operator,
}
