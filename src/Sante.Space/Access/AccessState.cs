using Sante.Kernel;

namespace Sante.Space;

/// <summary>
/// All that an access decision is made of, folded from six streams of one space. Small: no content, no trace, no agenda.
/// </summary>
[GenerateSerializer]
public sealed record AccessState(
    AccountState Account, ConsentState Consent, EntourageState Entourage, EmergencyState Emergency, VisibilityState Visibility, PairingState Pairing)
{
    public static AccessState Zero { get; } = new(
        AccountState.Zero, ConsentState.Zero, EntourageState.Zero, EmergencyState.Zero, VisibilityState.Zero, PairingState.Zero);

    /// <summary>Those who may act for the holder at that instant: parents until majority, guardians.</summary>
    public IReadOnlyList<Representative> RepresentativesAt(DateTimeOffset now) => Entourage.InOffice(Account.IsMinorAt(now));

    /// <summary>In which capacity an actor stands before this space. Never taken from what the actor says of itself.</summary>
    public Capacity CapacityOf(Actor actor, DateTimeOffset now) => actor.Identifier.System switch
    {
        ActorIdentifier.PlatformSystem => actor.Kind == ActorKind.Operator ? Capacity.Platform : Capacity.Operator,
        ActorIdentifier.PatientSystem when actor.IsSameAs(Account.Holder ?? Nobody) => Capacity.Holder,
        ActorIdentifier.PatientSystem when IsInOffice(actor, now) => Capacity.Representative,
        ActorIdentifier.PatientSystem => Capacity.Stranger,
        _ => actor.Kind switch
        {
            ActorKind.App => Capacity.App,
            ActorKind.Professional or ActorKind.Structure or ActorKind.StructureStaff => Capacity.Carer,
            ActorKind.Operator => Capacity.Operator,
            _ => Capacity.Stranger,
        },
    };

    /// <summary>The actor as lines and events name it: a representative becomes a delegate for the holder, the holder a citizen.</summary>
    public Actor Acting(Actor actor, DateTimeOffset now) => CapacityOf(actor, now) switch
    {
        Capacity.Representative => actor with { Kind = ActorKind.Delegate, For = new OnBehalfOf(Account.Holder!, Account.HolderName) },
        Capacity.Holder => actor with { Kind = ActorKind.Citizen, For = null },
        _ => actor,
    };

    private bool IsInOffice(Actor actor, DateTimeOffset now) =>
        Entourage.RepresentativeOf(actor.Identifier) is { } found && (found.Kind == RepresentativeKind.Guardian || Account.IsMinorAt(now));

    private static readonly ActorIdentifier Nobody = new("", "");

    public override string ToString() => Account.ToString();
}
