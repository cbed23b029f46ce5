using System.Globalization;
using Sante.Fhir.Definitions;

namespace Sante.Fhir.Check;

/// <summary>What the resource is checked for; some rules hold for one interaction only.</summary>
public enum FhirInteraction
{
    /// <summary>No interaction: the resource alone.</summary>
    Validate,
    /// <summary>It is about to be created.</summary>
    Create,
    /// <summary>It is about to replace a version.</summary>
    Update,
}

/// <summary>What to check besides the base definition.</summary>
public sealed record FhirCheckOptions
{
    /// <summary>Base definition and the profiles that the resource claims.</summary>
    public static readonly FhirCheckOptions Default = new();

    /// <summary>Profiles asked for, on top of <c>meta.profile</c>.</summary>
    public IReadOnlyList<string> Profiles { get; init; } = [];

    /// <summary>See <see cref="FhirInteraction"/>.</summary>
    public FhirInteraction Interaction { get; init; } = FhirInteraction.Validate;

    /// <summary>Bounds; <see cref="FhirLimits.MaxIssues"/> is the one used here.</summary>
    public FhirLimits Limits { get; init; } = FhirLimits.Default;

    /// <summary>True (the rule of <c>/fhir</c>): a claimed profile that we do not know refuses, <c>profile-unknown</c>. False: a warning.</summary>
    public bool UnknownProfileRefuses { get; init; } = true;
}

/// <summary>
/// Checks a resource against R4 and its profiles: structure, cardinality, primitives, choices, required bindings, reference targets, fixed values
/// and patterns, slices, extensions, contained resources. Invariants in FHIRPath are counted, not evaluated (<c>invariants-not-evaluated</c>).
/// </summary>
public static class FhirCheck
{
    /// <summary>
    /// All findings at once, up to <see cref="FhirLimits.MaxIssues"/>; the resource is acceptable when none <see cref="FhirIssue.Refuses"/>. The resources in
    /// a Bundle are checked too, each with the profiles that it claims. Thread-safe.
    /// </summary>
    public static IReadOnlyList<FhirIssue> Check(FhirResource resource, FhirCheckOptions? options = null)
    {
        options ??= FhirCheckOptions.Default;
        var run = new CheckRun(R4.Current, options.Limits, options.Interaction);
        var structure = new StructureCheck(run, resource.Root.Tree);
        structure.Resource(resource.Root.Index);
        Profiles(run, resource, options.Profiles, options.UnknownProfileRefuses);
        foreach (var entry in resource.Type == "Bundle" ? resource.Root["entry"u8].Items : default)
        {
            if (FhirResource.Within(entry["resource"u8]) is { } inner)
            {
                Profiles(run, inner, [], options.UnknownProfileRefuses);
            }
        }

        if (run.InvariantsNotEvaluated > 0)
        {
            run.Issues.Add(new FhirIssue(FhirSeverity.Information, "informational", "invariants-not-evaluated", resource.Type,
                string.Create(CultureInfo.InvariantCulture, $"{run.InvariantsNotEvaluated} invariants ne sont pas évalués par cette version du moteur.")));
        }

        return run.Issues;
    }

    private static void Unknown(CheckRun run, FhirResource resource, string canonical, string? where, bool refuses)
    {
        var path = where is null ? NodePath.Of(resource.Root) : $"{NodePath.Of(resource.Root)}.{where}";
        run.Issues.Add(run.Definitions.IsKnownElsewhere(canonical)
            ? new FhirIssue(FhirSeverity.Warning, "not-supported", "profile-not-checked", path, "Ce profil publié n’est pas à disposition de la plateforme : non vérifié.")
            : new FhirIssue(refuses ? FhirSeverity.Error : FhirSeverity.Warning, "not-supported", "profile-unknown", path, "Ce profil n’est pas connu de la plateforme."));
    }

    private static void Profiles(CheckRun run, FhirResource resource, IReadOnlyList<string> asked, bool unknownRefuses)
    {
        var check = new ProfileCheck(run);
        var position = 0;
        var claimed = resource.Profiles;
        foreach (var canonical in claimed.Concat(asked))
        {
            var where = position < claimed.Count ? string.Create(CultureInfo.InvariantCulture, $"meta.profile[{position}]") : null;
            position++;
            if (run.Definitions.Profile(canonical) is { } profile)
            {
                check.Profile(resource.Root, profile, where);
            }
            else if (run.Definitions.IsBaseType(canonical) is not { } type)
            {
                Unknown(run, resource, canonical, where, unknownRefuses);
            }
            else if (type != resource.Type)
            {
                run.Error(resource.Root, "invalid", "profile-of-other-type", "Le profil déclaré porte sur un autre type de ressource.", where);
            }
        }
    }
}
