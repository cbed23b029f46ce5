using Sante.Kernel;
using Sante.Space;

namespace Sante.Space.Tests;

/// <summary>The people of the pure tests; all fictional.</summary>
internal static class People
{
    public const string Rpps = "https://rpps.esante.gouv.fr";
    public const string FinessSystem = "https://finess.esante.gouv.fr";

    public static readonly DateTimeOffset Birth = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    /// <summary>A moment when the space of the newborn has been open for long.</summary>
    public static readonly DateTimeOffset Now = new(2026, 6, 10, 12, 0, 0, TimeSpan.Zero);
    public static readonly DateOnly BirthOn = new(2026, 3, 1);

    public static readonly ActorIdentifier Lea = new(ActorIdentifier.PatientSystem, "0001-lea");
    public static readonly Actor Holder = new(ActorKind.Citizen, Lea, "Léa Durand");
    public static readonly Actor Mother = new(ActorKind.Citizen, new(ActorIdentifier.PatientSystem, "0002-jeanne"), "Jeanne Durand");
    public static readonly Actor Father = new(ActorKind.Citizen, new(ActorIdentifier.PatientSystem, "0003-paul"), "Paul Durand");
    public static readonly Actor Stranger = new(ActorKind.Citizen, new(ActorIdentifier.PatientSystem, "0004-autre"), "Une Autre");
    public static readonly Actor Registry = new(ActorKind.Operator, new(ActorIdentifier.PlatformSystem, "registry"), "État civil");
    public static readonly Actor OperatorPerson = new(ActorKind.Operator, new("urn:sante:operator", "ops-1"), "Exploitant");

    public static readonly ActorStructure Practice = new(new(FinessSystem, "750000018"), "cabinet des Lilas");
    public static readonly ActorStructure HospitalPlace = new(new(FinessSystem, "750000026"), "hôpital des Roses");
    public static readonly Actor Doctor = new(ActorKind.Professional, new(Rpps, "10000000001"), "Dr Anne Martin", Practice, new("10", "SM26"));
    public static readonly Actor Colleague = new(ActorKind.Professional, new(Rpps, "10000000002"), "Dr Luc Petit", Practice, new("10", "SM26"));
    public static readonly Actor Urgentist = new(ActorKind.Professional, new(Rpps, "10000000003"), "Dr Eva Blanc", HospitalPlace, new("10", "SM59"));
    public static readonly Actor Regulator = new(ActorKind.Professional, new(Rpps, "10000000004"), "Dr Max Roux", HospitalPlace, new("10", "SM59", true));
    public static readonly Actor Nurse = new(ActorKind.Professional, new(Rpps, "10000000005"), "Zoé Faure", Practice, new("60"));
    public static readonly Actor Hospital = new(ActorKind.Structure, HospitalPlace.Identifier, "hôpital des Roses", HospitalPlace, Client: "hospital-system");
    public static readonly Actor Staff = new(ActorKind.StructureStaff, new("urn:oid:1.2.250.1.71.4.2.1", "3750000018/ab"), "Ana Lopez", Practice);
    public static readonly Actor App = new(ActorKind.App, new(ActorIdentifier.ClientSystem, "balance-plus"), "Balance Plus", Client: "balance-plus");
    public static readonly Actor Platform = new(ActorKind.App, new(ActorIdentifier.ClientSystem, "rdv-un"), "RDV Un", Client: "rdv-un");

    public static Grantee Grant(this Actor actor) => new(
        actor.Kind switch { ActorKind.App => GranteeKind.App, ActorKind.Structure => GranteeKind.Structure, _ => GranteeKind.Person }, actor.Identifier, actor.Name);

    public static Grantee Grant(this ActorStructure structure) => new(GranteeKind.Structure, structure.Identifier, structure.Name);

    public static Guid Id(int number) => new(number, 0, 0, new byte[8]);

    public static Actor AsDelegate(this Actor parent) => parent with { Kind = ActorKind.Delegate, For = new(Lea, "Léa Durand") };
}

/// <summary>A space in the making: applies commands through the slices' own Decide and Evolve.</summary>
internal sealed class Life
{
    public AccessState State { get; private set; } = AccessState.Zero;

    public List<SpaceEvent> Events { get; } = [];

    /// <summary>The newborn's space, open, both parents in office.</summary>
    public static Life OpenNewborn() => PendingNewborn().Do(new OpenWhenDue(Actor.Platform), People.Birth.AddDays(50));

    public static Life PendingNewborn() => new Life()
        .Do(new BeginAccount(People.Lea, "Léa Durand", People.BirthOn, People.Registry), People.Birth)
        .Do(new DeclareRepresentative(People.Mother.Identifier, "Jeanne Durand", RepresentativeKind.Parent, People.Registry), People.Birth)
        .Do(new DeclareRepresentative(People.Father.Identifier, "Paul Durand", RepresentativeKind.Parent, People.Registry), People.Birth);

    public Outcome<IReadOnlyList<SpaceEvent>> Try(object command, DateTimeOffset? at = null)
    {
        var now = at ?? People.Now;
        var outcome = command switch
        {
            AccountCommand c => Accounts.Decide(State.Account, c, now),
            ConsentCommand c => Consents.Decide(State.Consent, c, now),
            EntourageCommand c => Entourages.Decide(State.Entourage, c, now),
            EmergencyCommand c => Emergencies.Decide(State.Emergency, c, now),
            VisibilityCommand c => Visibilities.Decide(State.Visibility, c, now),
            PairingCommand c => Pairings.Decide(State.Pairing, c, now),
            _ => throw new ArgumentException(command.GetType().Name),
        };
        if (outcome.TryGet(out var events, out _))
        {
            Events.AddRange(events);
            State = events.Aggregate(new SpaceState(State), SpaceState.Evolve).Access;
        }

        return outcome;
    }

    public Life Do(object command, DateTimeOffset? at = null)
    {
        Assert.Null(Try(command, at).Refusal?.Code);
        return this;
    }

    public Life LetIn(Grantee grantee, Categories read = Categories.Documents | Categories.Measures, Categories write = Categories.None,
        Purposes purposes = Purposes.Care, DateOnly? until = null, Actor? by = null, DateTimeOffset? at = null) =>
        Do(new GrantConsent(People.Id(grantee.Identifier.Value.GetHashCode(StringComparison.Ordinal)), grantee, read, write, purposes, null, until, by ?? People.Mother.AsDelegate()), at);

    public AccessDecision Ask(Actor actor, AccessAction action = AccessAction.Read, Categories categories = Categories.Documents,
        AccessMode mode = AccessMode.Normal, Purposes purpose = Purposes.Care, DateTimeOffset? at = null, bool isDepositor = false, params string[] types) =>
        Access.Decide(State, new(actor, action, mode, categories, purpose, at ?? People.Now, types, isDepositor));
}
