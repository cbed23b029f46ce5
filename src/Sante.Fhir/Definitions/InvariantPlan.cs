using System.Collections.Frozen;

namespace Sante.Fhir.Definitions;

/// <summary>How an invariant is evaluated.</summary>
internal enum InvariantPlan : byte
{
    /// <summary>By the FHIRPath engine.</summary>
    Evaluate,
    /// <summary>The structural check has said it already, with an issue of its own: nothing is left to evaluate.</summary>
    ByHand,
    /// <summary>dom-6: holds wherever <c>text.div</c> exists.</summary>
    Narrative,
    /// <summary>dom-3 to dom-5: can only fail in a resource with contained ones.</summary>
    Contained,
    /// <summary>qty-3: can only fail with a code and no system.</summary>
    Quantity,
}

/// <summary>
/// Invariants of the base types that each element, reference or resource has: of a Bundle of 4 MB some hundred thousand. The tests hold each against the engine.
/// </summary>
internal static class InvariantPlans
{
    /// <summary>Key to plan; the R4 definitions have each of these keys with one meaning only.</summary>
    public static readonly FrozenDictionary<string, InvariantPlan> ByKey = new Dictionary<string, InvariantPlan>(StringComparer.Ordinal)
    {
        ["ele-1"] = InvariantPlan.ByHand,       // object-empty, string-empty, null-not-allowed
        ["ext-1"] = InvariantPlan.ByHand,       // ext-1
        ["att-1"] = InvariantPlan.ByHand,       // att-1
        ["ref-1"] = InvariantPlan.ByHand,       // contained-missing
        ["dom-2"] = InvariantPlan.ByHand,       // contained-in-contained
        ["txt-1"] = InvariantPlan.ByHand,       // narrative-forbidden
        ["txt-2"] = InvariantPlan.ByHand,       // narrative-invalid
        ["fr-core-1"] = InvariantPlan.ByHand,   // FrCoreRules: so that a write checks them too
        ["fr-core-2"] = InvariantPlan.ByHand,
        ["fr-core-3"] = InvariantPlan.ByHand,
        ["dom-3"] = InvariantPlan.Contained,
        ["dom-4"] = InvariantPlan.Contained,
        ["dom-5"] = InvariantPlan.Contained,
        ["dom-6"] = InvariantPlan.Narrative,
        ["qty-3"] = InvariantPlan.Quantity,
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
