using System.Collections.Immutable;
using Sante.Kernel;

namespace Sante.Space;

/// <summary>By what right someone acts for the holder.</summary>
[GenerateSerializer]
public enum RepresentativeKind
{
    /// <summary>Parental authority: ends at the holder's majority (Code civil, art. 371-1).</summary>
    Parent,
    /// <summary>Guardian of a protected adult or of a minor: ends by decision only (Code civil, art. 459).</summary>
    Guardian,
}

/// <summary>Someone who acts for the holder, known by the Patient.id of his own space.</summary>
[GenerateSerializer]
public sealed record Representative(ActorIdentifier Person, string Name, RepresentativeKind Kind)
{
    public override string ToString() => $"{Kind} {Person}";
}

/// <summary>A professional or structure of the care team. <paramref name="ByHolderSide"/>: added by the holder or a representative, hence an act of theirs.</summary>
[GenerateSerializer]
public sealed record CareTeamMember(Grantee Member, string Role, DateTimeOffset AddedAt, bool ByHolderSide)
{
    public override string ToString() => $"Care team {Member}";
}

/// <summary>A personne de confiance.</summary>
[GenerateSerializer]
public sealed record TrustedPerson(string Name, string? Contact)
{
    public override string ToString() => "Trusted person";
}

/// <summary>The people around one citizen, folded; dictionaries by <see cref="Grantee.KeyOf"/>, trusted persons by name.</summary>
[GenerateSerializer]
public sealed record EntourageState(
    ImmutableDictionary<string, Representative> Representatives,
    ImmutableDictionary<string, CareTeamMember> CareTeam,
    CareTeamMember? MedecinTraitant,
    ImmutableDictionary<string, TrustedPerson> TrustedPersons)
{
    public static EntourageState Zero { get; } = new(
        ImmutableDictionary<string, Representative>.Empty, ImmutableDictionary<string, CareTeamMember>.Empty, null, ImmutableDictionary<string, TrustedPerson>.Empty);

    /// <summary>Those who may act: parents only while the holder is a minor, guardians always. In a stable order.</summary>
    public IReadOnlyList<Representative> InOffice(bool holderIsMinor) =>
        [.. Representatives.Values.Where(r => holderIsMinor || r.Kind == RepresentativeKind.Guardian).OrderBy(r => r.Person.Value, StringComparer.Ordinal)];

    public Representative? RepresentativeOf(ActorIdentifier person) => Representatives.GetValueOrDefault(Grantee.KeyOf(person));

    public bool IsMedecinTraitant(Actor actor) => MedecinTraitant?.Member.IsActorItself(actor) == true;

    public override string ToString() => $"Representatives {Representatives.Count}, care team {CareTeam.Count}";
}

/// <summary>An act on the people around the citizen. Whether <paramref name="By"/> may is decided before, by <c>Access.Decide</c>.</summary>
[GenerateSerializer]
public abstract record EntourageCommand(Actor By)
{
    public sealed override string ToString() => GetType().Name;
}

/// <summary>From the civil registry only: a parent can neither add nor remove the other.</summary>
[GenerateSerializer]
public sealed record DeclareRepresentative(ActorIdentifier Person, string Name, RepresentativeKind Kind, Actor By) : EntourageCommand(By);

/// <summary>From the civil registry only.</summary>
[GenerateSerializer]
public sealed record EndRepresentative(ActorIdentifier Person, Actor By) : EntourageCommand(By);

[GenerateSerializer]
public sealed record AddCareTeamMember(Grantee Member, string Role, Actor By) : EntourageCommand(By);

[GenerateSerializer]
public sealed record RemoveCareTeamMember(ActorIdentifier Member, Actor By) : EntourageCommand(By);

/// <summary>Replaces the médecin traitant; he is of the care team by this alone.</summary>
[GenerateSerializer]
public sealed record DeclareMedecinTraitant(Grantee Doctor, Actor By) : EntourageCommand(By);

[GenerateSerializer]
public sealed record EndMedecinTraitant(Actor By) : EntourageCommand(By);

[GenerateSerializer]
public sealed record NameTrustedPerson(string Name, string? Contact, Actor By) : EntourageCommand(By);

[GenerateSerializer]
public sealed record RemoveTrustedPerson(string Name, Actor By) : EntourageCommand(By);

/// <summary>
/// Care team, médecin traitant, trusted persons, legal representatives. Pure. Each act twice changes nothing.
/// Refusal codes: registry-only, entourage-person-invalid.
/// </summary>
public static class Entourages
{
    public static Outcome<IReadOnlyList<SpaceEvent>> Decide(EntourageState state, EntourageCommand command, DateTimeOffset now) => command switch
    {
        DeclareRepresentative or EndRepresentative when command.By.Kind != ActorKind.Operator => Refusals.RegistryOnly,
        DeclareRepresentative d when d.Person.System != ActorIdentifier.PatientSystem || !IsText(d.Name, Grantee.NameLimit) => Refusals.PersonInvalid,
        DeclareRepresentative d => If(state.RepresentativeOf(d.Person) != new Representative(d.Person, d.Name, d.Kind),
            new RepresentativeDeclared(d.Person, d.Name, d.Kind, now, d.By)),
        EndRepresentative e => If(state.RepresentativeOf(e.Person) is not null, new RepresentativeEnded(e.Person, now, e.By)),
        AddCareTeamMember a when !IsCarer(a.Member) || !IsText(a.Role, Grantee.NameLimit) => Refusals.PersonInvalid,
        // An act of the holder's side is noted even twice: it may follow a withdrawal of consent, which it then overrides.
        AddCareTeamMember a => If(IsByHolderSide(a.By) || !IsMember(state, a), new CareTeamMemberAdded(a.Member, a.Role, now, a.By)),
        RemoveCareTeamMember r => state.CareTeam.TryGetValue(Grantee.KeyOf(r.Member), out var member)
            ? Decided.Events(new CareTeamMemberRemoved(member.Member, now, r.By)) : Decided.Nothing,
        DeclareMedecinTraitant d when !IsCarer(d.Doctor) || d.Doctor.Kind != GranteeKind.Person => Refusals.PersonInvalid,
        DeclareMedecinTraitant d => If(IsByHolderSide(d.By) || state.MedecinTraitant?.Member != d.Doctor, new MedecinTraitantDeclared(d.Doctor, now, d.By)),
        EndMedecinTraitant e => state.MedecinTraitant is { } doctor ? Decided.Events(new MedecinTraitantEnded(doctor.Member, now, e.By)) : Decided.Nothing,
        NameTrustedPerson n when !IsText(n.Name, Grantee.NameLimit) || n.Contact?.Length > Grantee.NameLimit => Refusals.PersonInvalid,
        NameTrustedPerson n => If(state.TrustedPersons.GetValueOrDefault(n.Name) != new TrustedPerson(n.Name, n.Contact),
            new TrustedPersonNamed(n.Name, n.Contact, now, n.By)),
        RemoveTrustedPerson r => If(state.TrustedPersons.ContainsKey(r.Name), new TrustedPersonRemoved(r.Name, now, r.By)),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command.GetType().Name, null),
    };

    public static EntourageState Evolve(EntourageState state, EntourageEvent happened) => happened switch
    {
        RepresentativeDeclared d => state with { Representatives = state.Representatives.SetItem(Grantee.KeyOf(d.Person), new(d.Person, d.Name, d.Kind)) },
        RepresentativeEnded e => state with { Representatives = state.Representatives.Remove(Grantee.KeyOf(e.Person)) },
        CareTeamMemberAdded a => state with
        {
            CareTeam = state.CareTeam.SetItem(Grantee.KeyOf(a.Member.Identifier), new(a.Member, a.Role, a.At, IsByHolderSide(a.By))),
        },
        CareTeamMemberRemoved r => state with { CareTeam = state.CareTeam.Remove(Grantee.KeyOf(r.Member.Identifier)) },
        MedecinTraitantDeclared d => state with { MedecinTraitant = new(d.Doctor, "Médecin traitant", d.At, IsByHolderSide(d.By)) },
        MedecinTraitantEnded => state with { MedecinTraitant = null },
        TrustedPersonNamed n => state with { TrustedPersons = state.TrustedPersons.SetItem(n.Name, new(n.Name, n.Contact)) },
        TrustedPersonRemoved r => state with { TrustedPersons = state.TrustedPersons.Remove(r.Name) },
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened.GetType().Name, null),
    };

    /// <summary>After an act of consent about a member: what the holder's side once said of the member as such is no longer its last word.</summary>
    public static EntourageState Overruled(EntourageState state, ActorIdentifier member)
    {
        var key = Grantee.KeyOf(member);
        return state with
        {
            CareTeam = state.CareTeam.TryGetValue(key, out var listed) ? state.CareTeam.SetItem(key, listed with { ByHolderSide = false }) : state.CareTeam,
            MedecinTraitant = state.MedecinTraitant is { } doctor && Grantee.KeyOf(doctor.Member.Identifier) == key ? doctor with { ByHolderSide = false } : state.MedecinTraitant,
        };
    }

    private static bool IsMember(EntourageState state, AddCareTeamMember add) =>
        state.CareTeam.TryGetValue(Grantee.KeyOf(add.Member.Identifier), out var member) && member.Member == add.Member && member.Role == add.Role;

    private static bool IsByHolderSide(Actor by) => by.Kind is ActorKind.Citizen or ActorKind.Delegate;

    private static bool IsCarer(Grantee grantee) =>
        grantee.Kind is GranteeKind.Person or GranteeKind.Structure && grantee.IsWellFormed
        && grantee.Identifier.System is not (ActorIdentifier.PatientSystem or ActorIdentifier.PlatformSystem or ActorIdentifier.ClientSystem);

    private static bool IsText(string text, int most) => !string.IsNullOrWhiteSpace(text) && text.Length <= most;

    private static Outcome<IReadOnlyList<SpaceEvent>> If(bool isNew, SpaceEvent happened) => isNew ? Decided.Events(happened) : Decided.Nothing;

    private static class Refusals
    {
        public static readonly Refusal RegistryOnly = new("registry-only", RefusalKind.Forbidden, "Seul l'état civil peut déclarer ce fait.");
        public static readonly Refusal PersonInvalid = new("entourage-person-invalid", RefusalKind.Invalid, "La personne ou la structure est mal désignée.");
    }
}
