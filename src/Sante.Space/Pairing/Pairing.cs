using System.Collections.Immutable;
using Sante.Kernel;

namespace Sante.Space;

/// <summary>
/// One editor's user tied to this space. <paramref name="IdPe"/> is the editor's own identifier of that user, under its OID
/// (<paramref name="IdPeSystem"/>, <c>urn:oid:…</c>): the INS never travels to an editor.
/// </summary>
[GenerateSerializer]
public sealed record Pairing(Guid Id, Grantee Editor, string IdPeSystem, string IdPe, Categories Read, Categories Write, DateTimeOffset At)
{
    public override string ToString() => $"Pairing {Id}";
}

/// <summary>Pairings in force by editor (<see cref="Grantee.KeyOf"/>): one at most per editor and space.</summary>
[GenerateSerializer]
public sealed record PairingState(ImmutableDictionary<string, Pairing> ByEditor)
{
    public static PairingState Zero { get; } = new(ImmutableDictionary<string, Pairing>.Empty);

    public Pairing? Of(ActorIdentifier editor) => ByEditor.GetValueOrDefault(Grantee.KeyOf(editor));

    public override string ToString() => $"Pairings {ByEditor.Count}";
}

/// <summary>An act of pairing. Whether <paramref name="By"/> may is decided before, by <c>Access.Decide</c>.</summary>
[GenerateSerializer]
public abstract record PairingCommand(Actor By)
{
    public sealed override string ToString() => GetType().Name;
}

/// <summary>
/// Ties an editor's user to this space. That the same idPE is not tied to another space is checked outside, where all spaces are seen
/// (refusal pairing-elsewhere). The same again changes nothing; other categories replace those before.
/// </summary>
[GenerateSerializer]
public sealed record Pair(
    Guid PairingId, Grantee Editor, string IdPeSystem, string IdPe, Categories Read, Categories Write, Actor By) : PairingCommand(By);

/// <summary>Cuts the tie. Twice changes nothing.</summary>
[GenerateSerializer]
public sealed record EndPairing(ActorIdentifier Editor, Actor By) : PairingCommand(By);

/// <summary>
/// Editor × idPE ↔ space: the first, smallest consent to an application. Pure.
/// Refusal codes: pairing-invalid, pairing-empty, pairing-exists.
/// </summary>
public static class Pairings
{
    /// <summary>Longest idPE accepted, in characters; ours, no source gives one.</summary>
    public const int IdPeLimit = 128;

    public static Outcome<IReadOnlyList<SpaceEvent>> Decide(PairingState state, PairingCommand command, DateTimeOffset now) => command switch
    {
        Pair pair => Decide(state, pair, now),
        EndPairing end => state.Of(end.Editor) is { } pairing
            ? Decided.Events(new Unpaired(pairing.Id, pairing.Editor, now, end.By)) : Decided.Nothing,
        _ => throw new ArgumentOutOfRangeException(nameof(command), command.GetType().Name, null),
    };

    public static PairingState Evolve(PairingState state, PairingEvent happened) => happened switch
    {
        Paired p => new(state.ByEditor.SetItem(
            Grantee.KeyOf(p.Editor.Identifier), new Pairing(p.PairingId, p.Editor, p.IdPeSystem, p.IdPe, p.Read, p.Write, p.At))),
        Unpaired u => new(state.ByEditor.Remove(Grantee.KeyOf(u.Editor.Identifier))),
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened.GetType().Name, null),
    };

    private static Outcome<IReadOnlyList<SpaceEvent>> Decide(PairingState state, Pair pair, DateTimeOffset now)
    {
        if (!IsValid(pair))
        {
            return Refusals.Invalid;
        }

        var asked = pair.Read | pair.Write;
        if (asked == Categories.None || (asked & ~(Categories.Consentable | Categories.Agenda)) != Categories.None)
        {
            return Refusals.Empty;
        }

        var present = state.Of(pair.Editor.Identifier);
        if (present is not null && (present.IdPe != pair.IdPe || present.IdPeSystem != pair.IdPeSystem))
        {
            return Refusals.Exists;
        }

        return present is not null && present.Read == pair.Read && present.Write == pair.Write
            ? Decided.Nothing
            : Decided.Events(new Paired(present?.Id ?? pair.PairingId, pair.Editor, pair.IdPeSystem, pair.IdPe, pair.Read, pair.Write, now, pair.By));
    }

    private static bool IsValid(Pair pair) =>
        pair.Editor is { Kind: GranteeKind.App, Identifier.System: ActorIdentifier.ClientSystem } && pair.Editor.IsWellFormed
        && pair.IdPeSystem.Length <= IdPeLimit && pair.IdPeSystem.StartsWith("urn:oid:", StringComparison.Ordinal) && pair.IdPe.Length is > 0 and <= IdPeLimit;

    private static class Refusals
    {
        public static readonly Refusal Invalid = new("pairing-invalid", RefusalKind.Invalid, "L'éditeur ou l'identifiant de l'utilisateur chez l'éditeur est mal désigné.");
        public static readonly Refusal Empty = new("pairing-empty", RefusalKind.Invalid, "L'appariement ne porte sur aucune catégorie connue.");
        public static readonly Refusal Exists = new("pairing-exists", RefusalKind.Conflict, "Un autre utilisateur de cet éditeur est déjà relié à cet espace.");
    }
}
