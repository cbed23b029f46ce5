using Sante.Kernel;

namespace Sante.Foundations.Identities;

/// <summary>How sure an identity is (RNIV). Only <see cref="Qualifiee"/> lets the matricule travel with health data.</summary>
public enum IdentityStatus
{
    /// <summary>Nothing is proven.</summary>
    Provisoire,
    /// <summary>The INSi gave it; no high-trust document was seen.</summary>
    Recuperee,
    /// <summary>A high-trust document was seen; the INSi was not asked.</summary>
    Validee,
    /// <summary>Both.</summary>
    Qualifiee,
}

/// <summary>Attributes of an identity (RNIV). Douteux and fictif force <see cref="IdentityStatus.Provisoire"/> and forbid the INSi.</summary>
[Flags]
public enum IdentityAttributes
{
    None = 0,
    /// <summary>Another person has very near traits: care is asked.</summary>
    Homonyme = 1,
    /// <summary>The person may not be who he says.</summary>
    Douteux = 2,
    /// <summary>Nobody: test, training, anonymous care.</summary>
    Fictif = 4,
}

/// <summary>A former matricule and when it was the active one.</summary>
public sealed record FormerMatricule(StoredMatricule Matricule, DateTimeOffset From, DateTimeOffset Until);

/// <summary>One identity, folded from its events.</summary>
public sealed record IdentityState
{
    /// <summary>Before anything happened.</summary>
    public static IdentityState Zero { get; } = new();

    /// <summary>Strict traits, null before creation.</summary>
    public StoredTraits? Traits { get; init; }
    /// <summary>As people write it: "Zoé MARTIN".</summary>
    public string Name { get; init; } = "";
    /// <summary>Public id (<c>Patient.id</c>).</summary>
    public string Patient { get; init; } = "";
    /// <summary>Public ids of the parents declared at birth.</summary>
    public IReadOnlyList<string> Parents { get; init; } = [];
    /// <summary>The active matricule.</summary>
    public StoredMatricule? Matricule { get; init; }
    /// <summary>Since when it is active.</summary>
    public DateTimeOffset MatriculeAt { get; init; }
    /// <summary>Former matricules, oldest first.</summary>
    public IReadOnlyList<FormerMatricule> History { get; init; } = [];
    /// <summary>True once the INSi confirmed the present traits.</summary>
    public bool IsConfirmed { get; init; }
    /// <summary>The high-trust document seen, or null.</summary>
    public string? Document { get; init; }
    /// <summary>Attributes that hold.</summary>
    public IdentityAttributes Attributes { get; init; }
    /// <summary>Local identifiers of establishments.</summary>
    public IReadOnlyList<LocalIdentifier> Locals { get; init; } = [];
    /// <summary>Where a duplicate leads.</summary>
    public Guid? MergedInto { get; init; }
    /// <summary>How many events made this state.</summary>
    public int Version { get; init; }

    /// <summary>The status, which nobody sets by hand.</summary>
    public IdentityStatus Status => (Attributes & (IdentityAttributes.Douteux | IdentityAttributes.Fictif)) != 0
        ? IdentityStatus.Provisoire
        : (IsConfirmed, Document is not null) switch
        {
            (true, true) => IdentityStatus.Qualifiee,
            (true, false) => IdentityStatus.Recuperee,
            (false, true) => IdentityStatus.Validee,
            _ => IdentityStatus.Provisoire,
        };

    /// <summary>The matricule as far as it may travel with health data: only a qualified one does.</summary>
    public StoredMatricule? Travelling => Status == IdentityStatus.Qualifiee ? Matricule : null;

    public override string ToString() => $"Identity {Status}";
}

/// <summary>An act on one identity.</summary>
public abstract record IdentityCommand(ActorIdentifier By);

/// <summary>Creates: by birth (the civil registry is the source: qualified at once) or by import from the national base.</summary>
public sealed record CreateIdentity(
    StrictTraits Traits, string Name, Ins Ins, string Patient, IReadOnlyList<string> Parents, bool ByBirth, string? Document, ActorIdentifier By) : IdentityCommand(By);

/// <summary>The INSi answered with this matricule and these traits.</summary>
public sealed record ConfirmByInsi(StrictTraits Traits, Ins Ins, ActorIdentifier By) : IdentityCommand(By);

/// <summary>A high-trust document was seen: PA, CN, LE, AN.</summary>
public sealed record SeeDocument(string Document, ActorIdentifier By) : IdentityCommand(By);

/// <summary>Sets or ends an attribute.</summary>
public sealed record MarkIdentity(IdentityAttributes Attribute, bool Holds, ActorIdentifier By) : IdentityCommand(By);

/// <summary>Another matricule is given (NIA to NIR, change of sex).</summary>
public sealed record GiveMatricule(Ins Ins, ActorIdentifier By) : IdentityCommand(By);

/// <summary>Corrects the traits; what was proven must be proven again.</summary>
public sealed record CorrectTraits(StrictTraits Traits, ActorIdentifier By) : IdentityCommand(By);

/// <summary>Ties an establishment's number to this identity.</summary>
public sealed record LinkLocal(LocalIdentifier Local, ActorIdentifier By) : IdentityCommand(By);

/// <summary>Unties it.</summary>
public sealed record UnlinkLocal(LocalIdentifier Local, ActorIdentifier By) : IdentityCommand(By);

/// <summary>Takes a duplicate in.</summary>
public sealed record AbsorbDuplicate(Guid Duplicate, IdentityState Other, ActorIdentifier By) : IdentityCommand(By);

/// <summary>Says that this identity is a duplicate of another.</summary>
public sealed record BecomeDuplicate(Guid Survivor, ActorIdentifier By) : IdentityCommand(By);

/// <summary>
/// The life of an identity (RNIV: référentiel national d'identitovigilance). Pure. Refusals: <c>identity-exists</c>, <c>identity-unknown</c>,
/// <c>identity-merged</c>, <c>insi-forbidden</c>, <c>insi-answer-differs</c>, <c>identity-document-unknown</c>, <c>identity-local-malformed</c>, <c>identity-birth-future</c>.
/// </summary>
public static class IdentityLife
{
    /// <summary>PA passport, CN identity card, LE residence permit, AN birth certificate (FR Core, identityReliability.validationMode).</summary>
    private static readonly string[] Documents = ["PA", "CN", "LE", "AN"];
    private const int LongestLocal = 128;

    public static Outcome<IReadOnlyList<IdentityEvent>> Decide(IdentityState state, IdentityCommand command, DateTimeOffset now) => (command, state) switch
    {
        (CreateIdentity create, { Version: 0 }) => Create(create, now),
        (CreateIdentity, _) => IdentityRefusals.Exists,
        (_, { Version: 0 }) => IdentityRefusals.Unknown,
        (BecomeDuplicate act, { MergedInto: { } survivor }) when survivor == act.Survivor => Nothing,
        (_, { MergedInto: not null }) => IdentityRefusals.Merged,
        (ConfirmByInsi act, _) => Confirm(state, act, now),
        (SeeDocument act, _) => !Documents.Contains(act.Document) ? IdentityRefusals.DocumentUnknown
            : state.Document == act.Document ? Nothing : Happened(new DocumentSeen(act.Document, now, act.By)),
        (MarkIdentity act, _) => state.Attributes.HasFlag(act.Attribute) == act.Holds ? Nothing : Happened(new AttributeChanged(act.Attribute, act.Holds, now, act.By)),
        (GiveMatricule act, _) => state.Matricule == Stored(act.Ins) ? Nothing : Happened(new MatriculeGiven(Stored(act.Ins), now, act.By)),
        (CorrectTraits act, _) => Stored(act.Traits).Equals(state.Traits) ? Nothing : Happened(new TraitsCorrected(Stored(act.Traits), now, act.By)),
        (LinkLocal act, _) => Link(state, act, now),
        (UnlinkLocal act, _) => state.Locals.Contains(act.Local) ? Happened(new LocalUnlinked(act.Local, now, act.By)) : Nothing,
        (AbsorbDuplicate act, _) => Absorb(act, now),
        (BecomeDuplicate act, _) => Happened(new IdentityMerged(act.Survivor, now, act.By)),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command.GetType().Name, null),
    };

    public static IdentityState Evolve(IdentityState state, IdentityEvent happened)
    {
        var next = happened switch
        {
            IdentityCreated e => state with { Traits = e.Traits, Name = e.Name, Patient = e.Patient, Parents = e.Parents },
            MatriculeGiven e => state with
            {
                Matricule = e.Matricule,
                MatriculeAt = e.At,
                History = state.Matricule is null ? state.History : [.. state.History, new FormerMatricule(state.Matricule, state.MatriculeAt, e.At)],
            },
            InsConfirmed => state with { IsConfirmed = true },
            DocumentSeen e => state with { Document = e.Document },
            AttributeChanged e => state with { Attributes = e.Holds ? state.Attributes | e.Attribute : state.Attributes & ~e.Attribute },
            TraitsCorrected e => state with { Traits = e.Traits, IsConfirmed = false, Document = null },
            LocalLinked e => state with { Locals = [.. state.Locals, e.Local] },
            LocalUnlinked e => state with { Locals = [.. state.Locals.Where(local => local != e.Local)] },
            IdentityAbsorbed e => state with
            {
                History = [.. state.History, .. e.Matricules.Select(one => new FormerMatricule(one, e.At, e.At))],
                Locals = [.. state.Locals.Union(e.Locals)],
            },
            IdentityMerged e => state with { MergedInto = e.Survivor, Matricule = null, Locals = [] },
            _ => throw new ArgumentOutOfRangeException(nameof(happened), happened.GetType().Name, null),
        };
        return next with { Version = state.Version + 1 };
    }

    /// <summary>The stored form of traits.</summary>
    public static StoredTraits Stored(StrictTraits traits) => new(traits.Family, traits.Given, traits.BirthOn, traits.Sex, traits.BirthPlace);

    /// <summary>The stored form of a matricule.</summary>
    public static StoredMatricule Stored(Ins ins) => new(ins.Reveal(), ins.Oid.Oid);

    private static Outcome<IReadOnlyList<IdentityEvent>> Nothing => Outcome.Of<IReadOnlyList<IdentityEvent>>([]);

    private static Outcome<IReadOnlyList<IdentityEvent>> Happened(params IdentityEvent[] events) => Outcome.Of<IReadOnlyList<IdentityEvent>>(events);

    /// <summary>The national base is its own INSi: what it creates is confirmed. A birth rests on the certificate of birth.</summary>
    private static Outcome<IReadOnlyList<IdentityEvent>> Create(CreateIdentity act, DateTimeOffset now)
    {
        if (act.Traits.BirthOn > CivilDate.At(now))
        {
            return IdentityRefusals.BornInFuture;
        }

        var document = act.ByBirth ? "AN" : act.Document;
        if (document is not null && !Documents.Contains(document))
        {
            return IdentityRefusals.DocumentUnknown;
        }

        List<IdentityEvent> events =
        [
            new IdentityCreated(Stored(act.Traits), act.Name, act.Patient, act.Parents, act.ByBirth, now, act.By),
            new MatriculeGiven(Stored(act.Ins), now, act.By),
            new InsConfirmed(now, act.By),
        ];
        if (document is not null)
        {
            events.Add(new DocumentSeen(document, now, act.By));
        }

        return Happened([.. events]);
    }

    private static Outcome<IReadOnlyList<IdentityEvent>> Confirm(IdentityState state, ConfirmByInsi act, DateTimeOffset now)
    {
        if ((state.Attributes & (IdentityAttributes.Douteux | IdentityAttributes.Fictif)) != 0)
        {
            return IdentityRefusals.InsiForbidden;
        }

        if (!Stored(act.Traits).Equals(state.Traits) && !SameStored(act.Traits, state.Traits!))
        {
            return IdentityRefusals.InsiDiffers;
        }

        List<IdentityEvent> events = [];
        if (state.Matricule != Stored(act.Ins))
        {
            events.Add(new MatriculeGiven(Stored(act.Ins), now, act.By));
        }

        if (!state.IsConfirmed)
        {
            events.Add(new InsConfirmed(now, act.By));
        }

        return Happened([.. events]);
    }

    private static bool SameStored(StrictTraits answer, StoredTraits stored) =>
        StrictTraits.TryCreate(stored.Family, stored.Given, stored.BirthOn.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
            stored.Sex == RegisteredSex.Male ? "M" : "F", stored.BirthPlace).TryGet(out var known, out _) && answer.IsSameAs(known);

    private static Outcome<IReadOnlyList<IdentityEvent>> Link(IdentityState state, LinkLocal act, DateTimeOffset now) =>
        act.Local.System.Length is 0 or > LongestLocal || act.Local.Value.Length is 0 or > LongestLocal ? IdentityRefusals.LocalMalformed
        : state.Locals.Contains(act.Local) ? Nothing
        : Happened(new LocalLinked(act.Local, now, act.By));

    private static Outcome<IReadOnlyList<IdentityEvent>> Absorb(AbsorbDuplicate act, DateTimeOffset now)
    {
        if (act.Other.MergedInto is not null || act.Other.Version == 0)
        {
            return IdentityRefusals.Merged;
        }

        IEnumerable<StoredMatricule> matricules = act.Other.History.Select(former => former.Matricule);
        return Happened(new IdentityAbsorbed(
            act.Duplicate, [.. act.Other.Matricule is { } active ? matricules.Append(active) : matricules], act.Other.Locals, now, act.By));
    }
}
