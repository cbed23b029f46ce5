using System.Text.Json;
using Sante.Foundations.Identities;
using Sante.Kernel;

namespace Sante.Space;

/// <summary>Lines of the INS registry in the form of every other line: who looked, not whom nor by which traits. Pure.</summary>
public sealed class RegistryLines : IRegistryLines
{
    private const string Rule = "acc-registry";

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> LineOf(Actor by, RegistryAct act) => JsonSerializer.SerializeToUtf8Bytes(
        new TraceLine
        {
            Who = by,
            Action = act is RegistryAct.LocalLinked or RegistryAct.Merged ? TraceAction.Act : TraceAction.IdentityFound,
            Allowed = act != RegistryAct.NotFound,
            Rule = Rule,
            Reason = act switch
            {
                RegistryAct.FoundByTraits => "Recherche d'identité par les traits.",
                RegistryAct.FoundByMatricule => "Recherche d'identité par le matricule INS.",
                RegistryAct.FoundByLocal => "Recherche d'identité par le numéro de l'établissement.",
                RegistryAct.NotFound => "Aucune identité, ou plusieurs, ne répond à la recherche.",
                _ => "Tenue du registre des identités.",
            },
            Fact = act switch
            {
                RegistryAct.LocalLinked => "local-identifier-linked",
                RegistryAct.Merged => "identity-merged",
                _ => null,
            },
            Origin = by.Client,
        },
        SpaceJson.Options);
}
