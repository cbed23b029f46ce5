namespace Sante.Kernel;

/// <summary>The kinds of actor that the platform knows. A kind is never inferred from the identifier's system.</summary>
public enum ActorKind
{
    /// <summary>The holder of a space, acting for himself.</summary>
    Citizen,
    /// <summary>A citizen acting for another (parent, guardian, carer): <see cref="Actor.For"/> is set.</summary>
    Delegate,
    /// <summary>A registered professional, known by RPPS.</summary>
    Professional,
    /// <summary>A named person outside RPPS, vouched for by a structure.</summary>
    StructureStaff,
    /// <summary>A structure's system acting in its own name (FINESS).</summary>
    Structure,
    /// <summary>An editor's application or connected device.</summary>
    App,
    /// <summary>The platform itself or the people who run it.</summary>
    Operator,
}

/// <summary>An identifier with its system (URI), as in FHIR. Personal: <see cref="ToString"/> masks the value.</summary>
public sealed record ActorIdentifier(string System, string Value)
{
    /// <summary>System of the <c>Patient.id</c> by which a citizen is known to others.</summary>
    public const string PatientSystem = "urn:sante:patient";
    /// <summary>System of a registered client of the authorization server.</summary>
    public const string ClientSystem = "urn:sante:client";
    /// <summary>System of the platform's own parts.</summary>
    public const string PlatformSystem = "urn:sante:platform";

    public override string ToString() => $"{System}|***";
}

/// <summary>The structure in which an actor acts: identifier (FINESS, SIRET, RPPS-rang) and the name shown to people.</summary>
public sealed record ActorStructure(ActorIdentifier Identifier, string Name);

/// <summary>
/// A professional's situation of exercise, as asserted by Pro Santé Connect.
/// <paramref name="Profession"/> is a TRE_G15 code (10 = médecin); <paramref name="Specialty"/> a TRE_R38 code (SM26) or null;
/// <paramref name="MedicalRegulation"/> is the claim Acces_Regulation_Medicale (needed for mode centre_15).
/// </summary>
public sealed record Situation(string Profession, string? Specialty = null, bool MedicalRegulation = false);

/// <summary>The citizen on whose behalf a delegate acts.</summary>
public sealed record OnBehalfOf(ActorIdentifier Identifier, string Name);

/// <summary>
/// Who acts: used by consents, trace lines and tokens alike. Two actors are the same person or structure when
/// <see cref="Kind"/>-independent <see cref="Identifier"/> values are equal (<see cref="IsSameAs"/>): names and situations change.
/// </summary>
/// <param name="Kind">What sort of actor.</param>
/// <param name="Identifier">RPPS, FINESS, Patient.id or client id, with its system.</param>
/// <param name="Name">What people read in the trace ("Dr Anne Martin"). Personal data: never logged.</param>
/// <param name="Structure">Where it acts, when it acts in a structure.</param>
/// <param name="Situation">With which profession, for a professional.</param>
/// <param name="For">For whom, for a delegate.</param>
/// <param name="Client">The registered client (software) through which it acts, when known.</param>
public sealed record Actor(
    ActorKind Kind,
    ActorIdentifier Identifier,
    string Name,
    ActorStructure? Structure = null,
    Situation? Situation = null,
    OnBehalfOf? For = null,
    string? Client = null)
{
    /// <summary>The platform acting by itself (opening after the delay, end of a consent).</summary>
    public static Actor Platform { get; } = new(ActorKind.Operator, new ActorIdentifier(ActorIdentifier.PlatformSystem, "sante"), "Santé (automatique)");

    /// <summary>Same identifier in the same system.</summary>
    public bool IsSameAs(ActorIdentifier other) => Identifier == other;

    public override string ToString() => $"{Kind} {Identifier}";
}
