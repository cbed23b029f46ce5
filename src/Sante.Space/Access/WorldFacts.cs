using Sante.Kernel;

namespace Sante.Space;

/// <summary>Why an actor is let in nowhere: the rule of the line and its sentence to the citizen.</summary>
[GenerateSerializer]
public sealed record Bar(string Rule, string Reason)
{
    public override string ToString() => Rule;
}

/// <summary>
/// Facts outside every space that decisions heed. Each host hears them within a second (house §1); one that cannot hear discloses nothing.
/// Names are public data: a client id, an RPPS or FINESS number.
/// </summary>
public static class WorldFacts
{
    /// <summary>An application or a client of the authorization server is suspended.</summary>
    public static string AppSuspended(string clientId) => $"app-suspended:{clientId}";

    /// <summary>A professional is struck off or suspended by the order.</summary>
    public static string StruckOff(ActorIdentifier professional) => $"struck-off:{Grantee.KeyOf(professional)}";

    /// <summary>The accesses of a structure are cut, for instance after a compromise of its systems (mission F15).</summary>
    public static string StructureCut(ActorIdentifier structure) => $"structure-cut:{Grantee.KeyOf(structure)}";

    /// <summary>What bars this actor, or null. <paramref name="holds"/> tells whether a fact holds, as this host has heard.</summary>
    public static Bar? BarOf(Actor actor, Func<string, bool> holds)
    {
        var app = actor.Client ?? (actor.Kind == ActorKind.App ? actor.Identifier.Value : null);
        return app is not null && holds(AppSuspended(app)) ? new("acc-app-suspended", "Ce logiciel est suspendu.")
            : actor.Kind is ActorKind.Professional or ActorKind.StructureStaff && holds(StruckOff(actor.Identifier))
                ? new("acc-struck-off", "Ce professionnel n'a plus le droit d'exercer.")
            : StructureOf(actor) is { } structure && holds(StructureCut(structure)) ? new("acc-structure-cut", "Les accès de cette structure sont coupés.")
            : null;
    }

    private static ActorIdentifier? StructureOf(Actor actor) => actor.Kind == ActorKind.Structure ? actor.Identifier : actor.Structure?.Identifier;
}
