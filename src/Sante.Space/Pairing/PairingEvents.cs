using Sante.Kernel;

namespace Sante.Space;

/// <summary>Facts of pairing (appariement), append-only.</summary>
[GenerateSerializer]
public abstract record PairingEvent(DateTimeOffset At, Actor By) : SpaceEvent(At, By);

/// <summary>The holder or a legal representative ties an editor's user (idPE) to this space, for these categories (Mon espace santé pairing API 2.1; arrêté du 23 juin 2022).</summary>
[GenerateSerializer]
public sealed record Paired(
    Guid PairingId, Grantee Editor, string IdPeSystem, string IdPe, Categories Read, Categories Write, DateTimeOffset At, Actor By) : PairingEvent(At, By);

/// <summary>The tie is cut: what the editor sends from then on is refused (GDPR art. 7(3)).</summary>
[GenerateSerializer]
public sealed record Unpaired(Guid PairingId, Grantee Editor, DateTimeOffset At, Actor By) : PairingEvent(At, By);
