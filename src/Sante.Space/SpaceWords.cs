using Sante.Kernel;

namespace Sante.Space;

/// <summary>
/// What a space holds, as the citizen opens it to others. The first five are the categories of consent of the founding documents
/// (mission E7); <see cref="Agenda"/> is not one of them: only the holder's side reads it, booking platforms feed it.
/// </summary>
[Flags]
[GenerateSerializer]
public enum Categories
{
    None = 0,
    /// <summary>Carnet de santé: history, allergies, vaccines.</summary>
    Booklet = 1,
    /// <summary>Documents of the DMP.</summary>
    Documents = 2,
    /// <summary>Mesures de santé.</summary>
    Measures = 4,
    Prescriptions = 8,
    /// <summary>Data received or sent by secure mail.</summary>
    Messages = 16,
    /// <summary>Appointments; never part of a consent.</summary>
    Agenda = 32,
    /// <summary>The five that a consent may name.</summary>
    Consentable = Booklet | Documents | Measures | Prescriptions | Messages,
}

/// <summary>Why an actor acts: the four purposes allowed by the doctrine for Mon espace santé. Insurance and employment are not among them (CSP L1111-18).</summary>
[Flags]
[GenerateSerializer]
public enum Purposes
{
    None = 0,
    Prevention = 1,
    Diagnosis = 2,
    Care = 4,
    FollowUp = 8,
    All = Prevention | Diagnosis | Care | FollowUp,
}

/// <summary>How a professional enters: TRE_R248 of the NOS (codes normal, bris_de_glace, centre_15).</summary>
[GenerateSerializer]
public enum AccessMode
{
    Normal,
    BrisDeGlace,
    Centre15,
}

/// <summary>What sort of actor a citizen lets in or blocks.</summary>
[GenerateSerializer]
public enum GranteeKind
{
    Person,
    Structure,
    App,
}

/// <summary>
/// Whom a citizen's act is about: a professional (RPPS), a structure (FINESS…) or an application (client id), with the name shown to people.
/// Equality of the person behind it is that of <see cref="Identifier"/> alone.
/// </summary>
[GenerateSerializer]
public sealed record Grantee(GranteeKind Kind, ActorIdentifier Identifier, string Name)
{
    /// <summary>Longest name of a person, structure or app, in characters; ours.</summary>
    public const int NameLimit = 200;

    /// <summary>Longest value of an identifier, in characters; ours.</summary>
    public const int ValueLimit = 128;

    /// <summary>An identifier and a name, neither empty nor beyond the limits.</summary>
    public bool IsWellFormed =>
        Identifier.System.Length is > 0 and <= ValueLimit && Identifier.Value.Length is > 0 and <= ValueLimit
        && !string.IsNullOrWhiteSpace(Name) && Name.Length <= NameLimit;

    /// <summary>Key of an identifier in the dictionaries of a state.</summary>
    public static string KeyOf(ActorIdentifier identifier) => $"{identifier.System}|{identifier.Value}";

    /// <summary>True when the actor is this one, or acts in this structure.</summary>
    public bool Covers(Actor actor) => IsActorItself(actor) || (Kind == GranteeKind.Structure && actor.Structure?.Identifier == Identifier);

    /// <summary>True when the actor is this very person, structure or app.</summary>
    public bool IsActorItself(Actor actor) => actor.IsSameAs(Identifier);

    public override string ToString() => $"{Kind} {Identifier}";
}
