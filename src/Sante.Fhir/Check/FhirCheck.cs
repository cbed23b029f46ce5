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
    /// <summary>It is about to be deleted: nothing of a body is checked.</summary>
    Delete,
}

/// <summary>How much is checked.</summary>
public enum FhirCheckDepth
{
    /// <summary>What a write does: structure, cardinality, primitives, required bindings, and the claimed profiles without their invariants.</summary>
    Write,
    /// <summary>What <c>$validate</c> does: besides, invariants, advised bindings, contexts of extensions, references inside of a Bundle.</summary>
    Full,
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

    /// <summary>See <see cref="FhirCheckDepth"/>.</summary>
    public FhirCheckDepth Depth { get; init; } = FhirCheckDepth.Write;

    /// <summary>The instant of <c>now()</c> and <c>today()</c> in invariants; without it an invariant that asks is not evaluated, and a remark says so.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>Bounds; <see cref="FhirLimits.MaxIssues"/> is the one used here.</summary>
    public FhirLimits Limits { get; init; } = FhirLimits.Default;

    /// <summary>True (the rule of <c>/fhir</c>): a claimed profile that we do not know refuses, <c>profile-unknown</c>. False: a warning.</summary>
    public bool UnknownProfileRefuses { get; init; } = true;
}

/// <summary>
/// Checks a resource against R4 and its profiles: structure, cardinality, primitives, choices, bindings, reference targets, fixed values, patterns and
/// bounds, slices, extensions, contained resources, and in a full check the invariants in FHIRPath.
/// </summary>
public static class FhirCheck
{
    /// <summary>
    /// All findings at once: up to <see cref="FhirLimits.MaxIssues"/> that refuse and as many that do not; the resource is acceptable when none
    /// <see cref="FhirIssue.Refuses"/>. The resources in a Bundle are checked too, each with the profiles that it claims. Thread-safe.
    /// </summary>
    public static IReadOnlyList<FhirIssue> Check(FhirResource resource, FhirCheckOptions? options = null)
    {
        options ??= FhirCheckOptions.Default;
        if (options.Interaction == FhirInteraction.Delete)
        {
            return [];
        }

        var run = new CheckRun(R4.Current, options, resource);
        new StructureCheck(run, resource.Root.Tree).Resource(resource.Root.Index);
        Profiles(run, resource.Root, options.Profiles);
        if (run.IsBundle)
        {
            foreach (var entry in resource.Root["entry"u8].Items)
            {
                var inner = entry["resource"u8];
                if (inner["meta"u8].Exists)
                {
                    Profiles(run, inner, []);
                }
            }
        }

        return run.Issues;
    }

    /// <summary>Where a profile was claimed: <c>meta.profile[2]</c>; null for one that was asked for.</summary>
    internal static string? Claim(int position) => position < 0 ? null : string.Create(CultureInfo.InvariantCulture, $"meta.profile[{position}]");

    private static void Profiles(CheckRun run, FhirNode resource, IReadOnlyList<string> asked)
    {
        const int usual = 256;
        Span<char> letters = stackalloc char[usual];
        var position = 0;
        foreach (var claimed in resource["meta"u8]["profile"u8].Items)
        {
            if (claimed.Kind == FhirNodeKind.Text)
            {
                Profile(run, resource, claimed.TextIn(letters), position);
            }

            position++;
        }

        for (var at = 0; at < asked.Count; at++)
        {
            Profile(run, resource, asked[at], -1);
        }
    }

    private static void Profile(CheckRun run, FhirNode resource, ReadOnlySpan<char> canonical, int position)
    {
        if (run.Definitions.Profile(canonical) is { } profile)
        {
            run.Profiles.Profile(resource, profile, position);
        }
        else if (run.Definitions.IsBaseType(canonical.ToString()) is not { } baseType)
        {
            Unknown(run, resource, canonical.ToString(), Claim(position));
        }
        else if (resource["resourceType"u8].Text != baseType && baseType is not ("Resource" or "DomainResource"))
        {
            run.Error(resource, "invalid", "profile-of-other-type", "Le profil déclaré porte sur un autre type de ressource.", Claim(position));
        }
    }

    private static void Unknown(CheckRun run, FhirNode resource, string canonical, string? where)
    {
        if (run.Definitions.IsKnownElsewhere(canonical))
        {
            run.Add(FhirSeverity.Warning, resource, "not-supported", "profile-not-checked", "Ce profil publié n’est pas à disposition de la plateforme : non vérifié.", where);
        }
        else
        {
            // Who asks for a profile wants its verdict: without it there is none.
            var refuses = run.Options.UnknownProfileRefuses || where is null;
            run.Add(refuses ? FhirSeverity.Error : FhirSeverity.Warning, resource, "not-supported", "profile-unknown", "Ce profil n’est pas connu de la plateforme.", where);
        }
    }
}
