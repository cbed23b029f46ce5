using Microsoft.AspNetCore.Authorization;
using Sante.Kernel;

namespace Sante.Space.Tokens;

/// <summary>Who may come to an endpoint: any of the kinds, with any of the scope contexts (or the very scope), and from that client when one is named.</summary>
public sealed record TokenPolicy(string Name, ActorKind[] Kinds, string[] Contexts, string? Scope = null, string? Client = null, string Scheme = BearerHandler.Scheme)
{
    internal bool Admits(TokenHolder holder) =>
        (Kinds.Length == 0 || Kinds.Contains(holder.Actor.Kind))
        && (Scope is { } scope ? holder.Scopes.Contains(scope) : Array.Exists(Contexts, holder.Scopes.HasContext))
        && (Client is null || Client == holder.ClientId);
}

/// <summary>The names given to <c>RequireAuthorization</c>. What an actor may do to a given space is decided by the space, not here.</summary>
public static class TokenPolicies
{
    public const string Citizen = "citizen";
    public const string Professional = "professional";
    public const string Feeder = "feeder";
    public const string AnyActor = "any-actor";
    public const string Identity = "identity";
    /// <summary>Declares births and imports identities; merges duplicates.</summary>
    public const string Births = "ins-birth";
    /// <summary>Searches the INS registry.</summary>
    public const string InsSearch = "ins-search";

    /// <summary>Enters workbenches, by a token for them alone.</summary>
    public const string Workbench = "workbench";

    /// <summary>The policies as data.</summary>
    public static IReadOnlyList<TokenPolicy> All { get; } =
    [
        // Acts on the space are not the record: an application that may read someone's measures must not let itself in to more.
        new(Citizen, [ActorKind.Citizen], ["space"]),
        new(Professional, [ActorKind.Professional, ActorKind.StructureStaff], ["user"]),
        new(Feeder, [ActorKind.Structure, ActorKind.App], ["system"]),
        new(AnyActor, [], ["patient", "space", "user", "system"]),
        new(Identity, [ActorKind.Operator], [], Scope: "system/identity.match", Client: "identity"),
        new(Births, [ActorKind.Structure, ActorKind.Operator], [], Scope: "system/ins.birth"),
        new(InsSearch, [ActorKind.Structure, ActorKind.Professional, ActorKind.StructureStaff], ["system", "user"]),
        new(Workbench, [ActorKind.App], ["system"], Scheme: WorkbenchTokens.Scheme),
    ];

    internal static void Register(AuthorizationOptions options)
    {
        foreach (var policy in All)
        {
            options.AddPolicy(policy.Name, builder => builder
                .AddAuthenticationSchemes(policy.Scheme)
                .RequireAuthenticatedUser()
                .RequireAssertion(context => context.User.Identity is TokenIdentity identity && policy.Admits(identity.Holder)));
        }
    }
}
