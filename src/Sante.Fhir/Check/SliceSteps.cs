using Sante.Fhir.Definitions;
using static Sante.Fhir.Check.SliceMatch;

namespace Sante.Fhir.Check;

/// <summary>One step of a discriminator's path: to a child, an extension, a type of a choice, or across a reference.</summary>
internal sealed class SliceSteps(CheckRun run, ProfileCheck profiles)
{
    /// <summary>The constraint on a child by a path's step, and the child's values (to be released); null when the slice says nothing about it.</summary>
    public Constraint? Child(Constraint constraint, string step, Item parent, out ItemRange items)
    {
        if (step.StartsWith("extension(", StringComparison.Ordinal))
        {
            return Extension(constraint, step[10..].Trim('(', ')', '\'', '"'), parent, out items);
        }

        if (step.StartsWith("ofType(", StringComparison.Ordinal))
        {
            items = run.Items.Take(parent);
            return parent.Use.Name == step[7..^1] ? OfType(constraint, parent.Use.Name) : null;
        }

        items = Values(step, parent);
        return constraint.Child(step) ?? OfProfiles(constraint, step);
    }

    /// <summary>Whether the target of a reference conforms to one of the slice's target profiles.</summary>
    public Answer Resolved(Item reference, Constraint slice) =>
        slice.Types is null || References.Resolve(run, reference.Node) is not { Exists: true } target ? Answer.Unsure
            : Conforms(target, slice.Types.SelectMany(type => type.Targets), slice.Types);

    /// <summary>By claim; without a claim only another type can be ruled out, or, in a full check, conformance decides.</summary>
    public Answer Conforms(FhirNode node, IEnumerable<string> canonicals, List<TypeConstraint> types)
    {
        if (FhirResource.Within(node) is not { } resource)
        {
            return Answer.Unsure;
        }

        var wanted = canonicals.ToHashSet(StringComparer.Ordinal);
        var claimed = resource.Profiles.Select(canonical => run.Definitions.Profile(canonical)?.Url ?? canonical.Split('|')[0]).ToList();
        if (claimed.Exists(url => IsOrNarrows(url, wanted)))
        {
            return Answer.Yes;
        }

        if (!types.Exists(type => type.Code == resource.Type || type.Code is "Resource" or "Reference")
            || (claimed.Count > 0 && claimed.TrueForAll(url => run.Definitions.Profile(url) is not null)))
        {
            return Answer.No;
        }

        var known = wanted.Select(run.Definitions.Profile).OfType<ProfileDef>().ToList();
        return !run.IsFullDepth || known.Count < wanted.Count ? Answer.Unsure
            : Of(known.Exists(profile => profile.Type == resource.Type && run.Tries(() => profiles.Profile(node, profile))));
    }

    private bool IsOrNarrows(string url, HashSet<string> wanted)
    {
        for (var (next, steps) = (url, 0); next.Length > 0 && steps < 16; steps++)
        {
            if (wanted.Contains(next))
            {
                return true;
            }

            next = run.Definitions.Profile(next)?.Base ?? "";
        }

        return false;
    }

    public static string? ExtensionUrl(Constraint slice) =>
        slice.Child("url") is { Fixed: not null } url ? url.FixedNode.Text : slice.Types is [{ Profiles: [var profile, ..] }, ..] ? profile : null;

    private ItemRange Values(string element, Item parent)
    {
        var type = ProfileCheck.TypeOf(parent);
        var primitive = type is { Kind: TypeKind.Primitive };
        return run.Items.Take(type is null ? default : primitive ? parent.Companion : parent.Node, element, primitive ? run.Definitions.Types["Element"] : type ?? run.Definitions.Types["Element"]);
    }

    // A choice that is sliced by type holds what it says of one type in the slice of that type.
    private static Constraint OfType(Constraint constraint, string type)
    {
        foreach (var slice in constraint.Slices)
        {
            if (slice.Types is [{ } only] && only.Code == type)
            {
                return slice;
            }
        }

        return constraint;
    }

    private Constraint? OfProfiles(Constraint constraint, string element)
    {
        foreach (var type in constraint.Types ?? [])
        {
            foreach (var canonical in type.Profiles)
            {
                if (run.Definitions.Profile(canonical)?.Root.Child(element) is { } child)
                {
                    return child;
                }
            }
        }

        return null;
    }

    private Constraint? Extension(Constraint constraint, string url, Item parent, out ItemRange items)
    {
        var all = Values("extension", parent);
        var found = default(Item);
        for (var at = 0; at < all.Count; at++)
        {
            found = run.Items[all.From + at].Node["url"u8].Text == url ? run.Items[all.From + at] : found;
        }

        run.Items.Release(all);
        items = found.Node.Exists ? run.Items.Take(found) : all with { Count = 0 };
        return constraint.Child("extension")?.Slices.Find(slice => ExtensionUrl(slice) == url);
    }
}
