using Sante.Fhir.Definitions;

namespace Sante.Fhir.Check;

/// <summary>
/// Rules of profiles that the table of constraints cannot say: ours by name (<see cref="ProfileDef.Rules"/>, listed in <c>eng/Definitions/Input/mesures.json</c>)
/// and the few invariants of FR Core that decide identity, so that a write checks them too.
/// </summary>
internal static class ProfileRules
{
    /// <summary>Runs the rules that the profile names.</summary>
    public static void Evaluate(CheckRun run, FhirNode node, ProfileDef profile)
    {
        foreach (var rule in profile.Rules)
        {
            Rule(run, node, rule);
        }

        foreach (var invariant in profile.Root.Invariants)
        {
            FrCoreRules.Evaluate(run, node, profile.Url, invariant.Key);
        }
    }

    private static void Rule(CheckRun run, FhirNode node, string rule)
    {
        switch (rule)
        {
            case "mesures-bmi":
                MesuresRules.Bmi(run, node);
                break;
            case "mesures-subject":
                MesuresRules.Subject(run, node);
                break;
            case "mesures-pain-scale":
                MesuresRules.PainScale(run, node);
                break;
            case "mesures-glucose":
                MesuresRules.Glucose(run, node);
                break;
            case "mesures-feed":
                MesuresFeedRules.Feed(run, node);
                break;
            case "mesures-feed-biology":
                MesuresFeedRules.Biology(run, node);
                break;
            case "phd-device":
                MesuresFeedRules.Device(run, node);
                break;
            default:
                throw new InvalidDataException($"The compiled definitions name the rule {rule}, which this engine does not have.");
        }
    }
}
