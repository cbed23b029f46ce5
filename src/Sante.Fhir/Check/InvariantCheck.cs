using Sante.Fhir.Definitions;
using Sante.Fhir.FhirPath;

namespace Sante.Fhir.Check;

/// <summary>
/// Evaluates invariants. Those that every element or every resource has are read by hand, or only where they can fail, as <see cref="InvariantPlans"/> says;
/// all others are FHIRPath, compiled once per definition. One per check.
/// </summary>
internal sealed class InvariantCheck
{
    private readonly CheckRun run;
    private readonly FhirPathScope scope;
    private FhirNode resource;
    private FhirNode rootResource;

    public InvariantCheck(CheckRun run)
    {
        this.run = run;
        scope = new FhirPathScope { Bundle = run.IsBundle ? run.Root : default, Now = run.Options.Now, MemberOf = MemberOf, ConformsTo = ConformsTo };
    }

    /// <summary>Goes into a resource: it is <c>%resource</c> until <see cref="Leave"/>, and of one that is not contained also <c>%rootResource</c>. Returns what was before.</summary>
    public (FhirNode Resource, FhirNode Root) Enter(FhirNode inner, bool contained)
    {
        var outer = (resource, rootResource);
        Be(inner, contained ? rootResource : inner);
        return outer;
    }

    public void Leave((FhirNode Resource, FhirNode Root) outer) => Be(outer.Resource, outer.Root);

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

    private void Be(FhirNode inner, FhirNode root)
    {
        (resource, rootResource) = (inner, root);
        scope.Resource = FhirPathValue.Of(inner, Schema.ResourceType(inner));
        scope.RootResource = FhirPathValue.Of(root, Schema.ResourceType(root));
    }

    /// <summary>True also for an invariant that cannot be evaluated: a remark says so, once.</summary>
    private bool Holds(InvariantDef invariant, FhirNode node, FhirNode companion, TypeDef? type)
    {
        if (invariant.Compiled is { } expression)
        {
            var context = FhirPathValue.Of(node, type, companion);
            var path = scope.Begin(context);
            // Nothing is no breach (ADR 0025): bdl-8 and others say nothing about an element that is absent.
            var holds = expression.Root.Test(path, context) != Truth.False;
            var failed = path.Failed;
            scope.End(path);
            if (!failed)
            {
                return holds;
            }
        }

        run.Note(FhirSeverity.Information, node.Exists ? node : companion, "not-supported", "invariant-not-evaluated", invariant.Key, $"L’invariant {invariant.Key} ne peut pas être évalué.");
        return true;
    }

    private bool? MemberOf(FhirPathValue value, string valueSet) => AdvisedBinding.Contains(run, value.Node, value.TypeName ?? "", valueSet.Split('|')[0]) switch
    {
        Terminology.Holds.Yes => true,
        Terminology.Holds.No => false,
        _ => null,
    };

    private bool? ConformsTo(FhirPathValue value, string canonical) =>
        run.Definitions.Profile(canonical) is { } profile && value.Node.Kind == FhirNodeKind.Map ? run.Tries(() => run.Profiles.Profile(value.Node, profile)) : null;

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
