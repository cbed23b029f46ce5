using Sante.Kernel;

namespace Sante.Space;

/// <summary>
/// The answer of <see cref="Access.Decide"/>: what the trace line records and what the caller may be told.
/// </summary>
/// <param name="Rule">Stable id of the rule that decided (<c>acc-…</c>); for the citizen's line and explanation only.</param>
/// <param name="Reason">One French sentence to the citizen, for that same line.</param>
/// <param name="Capacity">In which capacity the actor stands here.</param>
/// <param name="Public">What the caller is told; null when allowed. Says nothing of the rule to a carer or an app.</param>
/// <param name="Consent">The consent relied on, or null.</param>
/// <param name="Until">The permit ends at this instant (exclusive); null = no end but the access version.</param>
/// <param name="Filter">What may be seen of what is asked.</param>
[GenerateSerializer]
public sealed record AccessDecision(
    string Rule, string Reason, Capacity Capacity, Refusal? Public, ConsentReference? Consent, DateTimeOffset? Until, VisibilityFilter Filter)
{
    public bool Allowed => Public is null;

    public override string ToString() => $"{(Allowed ? "allowed" : "refused")} {Rule}";
}

/// <summary>Which consent, and when it was given, as trace lines cite it.</summary>
[GenerateSerializer]
public sealed record ConsentReference(Guid? Id, DateTimeOffset GrantedAt)
{
    /// <summary>Who gave it: the holder, or the representative's name.</summary>
    public string? GrantedBy { get; init; }

    public override string ToString() => $"Consent {Id}";
}

/// <summary>
/// What an allowed actor sees, as data: applied by the store to reads, searches and counts alike, so that what is hidden is nowhere.
/// </summary>
/// <param name="OnlyOwn">Nothing but what it fed itself.</param>
/// <param name="OwnDepositors">Identifiers of depositors whose content is the actor's own: itself and, acting in a structure, that structure.</param>
/// <param name="Types">Document types of the habilitation matrix; content without a type code is not concerned.</param>
/// <param name="HiddenIds">Logical ids that this actor must not find, unless its own.</param>
[GenerateSerializer]
public sealed record VisibilityFilter(
    bool OnlyOwn, IReadOnlyList<ActorIdentifier> OwnDepositors, TypeFilter Types, IReadOnlySet<string> HiddenIds)
{
    /// <summary>Shows nothing: the filter of every refusal.</summary>
    public static VisibilityFilter Nothing { get; } = new(true, [], TypeFilter.None, new HashSet<string>());

    /// <summary>
    /// Whether one resource is visible. What the actor fed itself is visible whatever its type and whoever hid it (CSP R1111-49).
    /// </summary>
    /// <param name="id">Logical id.</param>
    /// <param name="depositor">Who fed it.</param>
    /// <param name="typeCode">JDV_J66 code of a document; null for other resources.</param>
    public bool Shows(string id, ActorIdentifier depositor, string? typeCode) =>
        OwnDepositors.Contains(depositor) || (!OnlyOwn && !HiddenIds.Contains(id) && (typeCode is null || Types.Allows(typeCode)));

    public override string ToString() => $"Filter own={OnlyOwn} hidden={HiddenIds.Count}";
}

/// <summary>A set of document types: all but some, or only some.</summary>
[GenerateSerializer]
public sealed record TypeFilter(bool AllExcept, IReadOnlySet<string> Codes)
{
    public static TypeFilter All { get; } = new(true, new HashSet<string>());

    public static TypeFilter None { get; } = new(false, new HashSet<string>());

    public bool Allows(string typeCode) => AllExcept != Codes.Contains(typeCode);

    /// <summary>True when no type at all passes.</summary>
    public bool IsEmpty => !AllExcept && Codes.Count == 0;

    public override string ToString() => $"{(AllExcept ? "all but" : "only")} {Codes.Count}";
}

/// <summary>What callers are told. One code, one text for all that a carer or an app is refused: it must learn nothing of the space.</summary>
public static class AccessRefusals
{
    /// <summary>Not authorised, blocked, opposed, not open, not of the matrix: never told apart (house §6).</summary>
    public static Refusal NotAuthorised { get; } = new("access-not-authorised", RefusalKind.Forbidden, "Accès non autorisé à ce dossier.");

    /// <summary>A citizen asking for another's space.</summary>
    public static Refusal SpaceUnknown { get; } = new("space-unknown", RefusalKind.Unknown, "Espace inconnu.");

    /// <summary>Told to the holder's side and to feeders (DMP TD0.2 tells them as much).</summary>
    public static Refusal SpaceNotOpen { get; } = new("space-not-open", RefusalKind.Conflict, "Cet espace n'est pas ouvert.");

    /// <summary>Content without an author identity.</summary>
    public static Refusal AuthorMissing { get; } = new("author-missing", RefusalKind.Invalid, "Le dépôt doit être fait par un auteur identifié.");

    /// <summary>The holder's side may feed its own documents only.</summary>
    public static Refusal TypeNotForCitizens { get; } = new("document-type-not-for-citizens", RefusalKind.Forbidden, "Ce type de document est réservé aux professionnels.");
}
