using Sante.Kernel;

namespace Sante.Space;

/// <summary>Where a space stands in its life.</summary>
[GenerateSerializer]
public enum AccountStatus
{
    /// <summary>No identity yet: nothing exists.</summary>
    None,
    /// <summary>The six weeks to refuse are running.</summary>
    Pending,
    Refused,
    Open,
    Closed,
    Deceased,
}

/// <summary>The life of one space, folded. <paramref name="OpensAt"/> is when the six weeks are over.</summary>
[GenerateSerializer]
public sealed record AccountState(
    AccountStatus Status, ActorIdentifier? Holder, string HolderName, DateOnly BirthOn, DateTimeOffset? OpensAt, bool OfAge)
{
    public static AccountState Zero { get; } = new(AccountStatus.None, null, "", default, null, false);

    /// <summary>True while the holder is under 18 by the civil date in Paris, whether or not the due work has run.</summary>
    public bool IsMinorAt(DateTimeOffset now) => Status != AccountStatus.None && now < CivilDate.MajorityAt(BirthOn);

    public override string ToString() => $"Account {Status}";
}

/// <summary>An act on the life of a space. Whether <paramref name="By"/> may is decided before, by <c>Access.Decide</c>.</summary>
[GenerateSerializer]
public abstract record AccountCommand(Actor By);

/// <summary>An identity is born or imported: the space begins and the letter leaves.</summary>
[GenerateSerializer]
public sealed record BeginAccount(ActorIdentifier Holder, string HolderName, DateOnly BirthOn, Actor By) : AccountCommand(By);

/// <summary>Opposes the opening, within the delay.</summary>
[GenerateSerializer]
public sealed record RefuseOpening(Actor By) : AccountCommand(By);

/// <summary>Due work: opens once the delay is over. Changes nothing when refused, open or too early.</summary>
[GenerateSerializer]
public sealed record OpenWhenDue(Actor By) : AccountCommand(By);

/// <summary>Opens at once at the holder's wish: during the delay, or after a refusal.</summary>
[GenerateSerializer]
public sealed record OpenAccount(Actor By) : AccountCommand(By);

[GenerateSerializer]
public sealed record CloseAccount(Actor By) : AccountCommand(By);

[GenerateSerializer]
public sealed record ReopenAccount(Actor By) : AccountCommand(By);

/// <summary>Due work: notes the majority. Changes nothing before the eighteenth birthday or a second time.</summary>
[GenerateSerializer]
public sealed record ReachMajority(Actor By) : AccountCommand(By);

/// <summary>The civil registry tells a death. Refused to anyone but the platform.</summary>
[GenerateSerializer]
public sealed record RecordDeath(DateOnly DiedOn, Actor By) : AccountCommand(By);

/// <summary>
/// The life of a space: begun pending, opened by itself after six weeks unless refused, closed, reopened, majority, death.
/// Pure. Refusal codes: account-exists, account-unknown, account-already-open, account-not-open, account-not-closed, account-deceased,
/// birth-date-future, registry-only.
/// </summary>
public static class Accounts
{
    public static Outcome<IReadOnlyList<SpaceEvent>> Decide(AccountState state, AccountCommand command, DateTimeOffset now) => (command, state.Status) switch
    {
        (BeginAccount begin, AccountStatus.None) => Begin(begin, now),
        (BeginAccount begin, _) => state.Holder == begin.Holder ? Decided.Nothing : Refusals.Exists,
        (_, AccountStatus.None) => Refusals.Unknown,
        (RecordDeath death, _) => Die(state, death, now),
        (OpenWhenDue or ReachMajority, AccountStatus.Deceased) => Decided.Nothing,
        (_, AccountStatus.Deceased) => Refusals.Deceased,
        (ReachMajority, _) => state.OfAge || state.IsMinorAt(now) ? Decided.Nothing : Decided.Events(new MajorityReached(now, command.By)),
        (OpenWhenDue, AccountStatus.Pending) when now >= state.OpensAt => Decided.Events(new AccountOpened(true, now, command.By)),
        (OpenWhenDue, _) => Decided.Nothing,
        (RefuseOpening, AccountStatus.Pending) => Decided.Events(new OpeningRefused(now, command.By)),
        (RefuseOpening, AccountStatus.Refused) => Decided.Nothing,
        (RefuseOpening, _) => Refusals.AlreadyOpen,
        (OpenAccount, AccountStatus.Pending or AccountStatus.Refused) => Decided.Events(new AccountOpened(false, now, command.By)),
        (OpenAccount, AccountStatus.Open) => Decided.Nothing,
        (OpenAccount, _) => Refusals.AlreadyOpen,
        (CloseAccount, AccountStatus.Open) => Decided.Events(new AccountClosed(now, command.By)),
        (CloseAccount, AccountStatus.Closed) => Decided.Nothing,
        (CloseAccount, _) => Refusals.NotOpen,
        (ReopenAccount, AccountStatus.Closed) => Decided.Events(new AccountReopened(now, command.By)),
        (ReopenAccount, AccountStatus.Open) => Decided.Nothing,
        (ReopenAccount, _) => Refusals.NotClosed,
        _ => throw new ArgumentOutOfRangeException(nameof(command), command.GetType().Name, null),
    };

    public static AccountState Evolve(AccountState state, AccountEvent happened) => happened switch
    {
        AccountBegun begun => new(AccountStatus.Pending, begun.Holder, begun.HolderName, begun.BirthOn, null, false),
        OpeningLetterSent letter => state with { OpensAt = CivilDate.OppositionEndAt(letter.At) },
        OpeningRefused => state with { Status = AccountStatus.Refused },
        AccountOpened or AccountReopened => state with { Status = AccountStatus.Open },
        AccountClosed => state with { Status = AccountStatus.Closed },
        MajorityReached => state with { OfAge = true },
        DeathRecorded => state with { Status = AccountStatus.Deceased },
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened.GetType().Name, null),
    };

    private static Outcome<IReadOnlyList<SpaceEvent>> Begin(BeginAccount begin, DateTimeOffset now) =>
        begin.BirthOn > CivilDate.At(now)
            ? Refusals.BornInFuture
            : Decided.Events(new AccountBegun(begin.Holder, begin.HolderName, begin.BirthOn, now, begin.By), new OpeningLetterSent(now, begin.By));

    private static Outcome<IReadOnlyList<SpaceEvent>> Die(AccountState state, RecordDeath death, DateTimeOffset now)
    {
        if (death.By.Kind != ActorKind.Operator)
        {
            return Refusals.RegistryOnly;
        }

        if (death.DiedOn > CivilDate.At(now) || death.DiedOn < state.BirthOn)
        {
            return Refusals.DeathDate;
        }

        return state.Status == AccountStatus.Deceased ? Decided.Nothing : Decided.Events(new DeathRecorded(death.DiedOn, now, death.By));
    }

    private static class Refusals
    {
        public static readonly Refusal Exists = new("account-exists", RefusalKind.Conflict, "Cet espace appartient déjà à une autre identité.");
        public static readonly Refusal Unknown = new("account-unknown", RefusalKind.Unknown, "Espace inconnu.");
        public static readonly Refusal AlreadyOpen = new("account-already-open", RefusalKind.Conflict, "L'espace a déjà été ouvert ; il peut être fermé ou rouvert.");
        public static readonly Refusal NotOpen = new("account-not-open", RefusalKind.Conflict, "L'espace n'est pas ouvert.");
        public static readonly Refusal NotClosed = new("account-not-closed", RefusalKind.Conflict, "Seul un espace fermé peut être rouvert.");
        public static readonly Refusal Deceased = new("account-deceased", RefusalKind.Conflict, "Le titulaire de cet espace est décédé.");
        public static readonly Refusal BornInFuture = new("birth-date-future", RefusalKind.Invalid, "La date de naissance est dans le futur.");
        public static readonly Refusal DeathDate = new("death-date-invalid", RefusalKind.Invalid, "La date de décès précède la naissance ou est dans le futur.");
        public static readonly Refusal RegistryOnly = new("registry-only", RefusalKind.Forbidden, "Seul l'état civil peut déclarer ce fait.");
    }
}
