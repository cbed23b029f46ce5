using Sante.Kernel;

namespace Sante.Space;

/// <summary>
/// One fact of a space, append-only. <see cref="At"/> is platform time (UTC), <see cref="By"/> who acted.
/// Its stored form and its short name are in <see cref="SpaceJson"/>; neither may change once released: a new meaning is a new event.
/// </summary>
[GenerateSerializer]
public abstract record SpaceEvent(DateTimeOffset At, Actor By)
{
    /// <summary>The name of the kind only: events carry personal data.</summary>
    public sealed override string ToString() => GetType().Name;
}

/// <summary>The streams of one space. Each has its own version numbers.</summary>
public static class SpaceStreams
{
    public const string Account = "account";
    public const string Consent = "consent";
    public const string Entourage = "entourage";
    public const string Emergency = "emergency";
    public const string Visibility = "visibility";
    public const string Pairing = "pairing";
    public const string Agenda = "agenda";

    /// <summary>The streams of which the access decision is made, loaded together. The agenda is loaded apart: it grows and decides nothing.</summary>
    public static IReadOnlyList<string> OfAccess { get; } = [Account, Consent, Entourage, Emergency, Visibility, Pairing];
}

/// <summary>Outcomes of a slice's decision.</summary>
public static class Decided
{
    /// <summary>The act is already true: nothing to append, and no refusal.</summary>
    public static Outcome<IReadOnlyList<SpaceEvent>> Nothing { get; } = Outcome.Of<IReadOnlyList<SpaceEvent>>([]);

    /// <summary>These facts, in this order.</summary>
    public static Outcome<IReadOnlyList<SpaceEvent>> Events(params IReadOnlyList<SpaceEvent> events) => Outcome.Of(events);
}
