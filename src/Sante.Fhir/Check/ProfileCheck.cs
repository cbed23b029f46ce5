using System.Globalization;
using Sante.Fhir.Definitions;
using Sante.Fhir.FhirPath;

namespace Sante.Fhir.Check;

/// <summary>What profiles add: narrower cardinality and types, fixed values and patterns, bounds, bindings, reference targets, slices, invariants.</summary>
internal sealed class ProfileCheck
{
    private readonly CheckRun run;
    private readonly BindingCheck bindings;
    private readonly SliceCheck slices;

    public ProfileCheck(CheckRun run)
    {
        (this.run, bindings) = (run, new BindingCheck(run));
        slices = new SliceCheck(run, this);
    }

    /// <summary>Checks a resource or a data type's value against a profile. <paramref name="claimedAt"/>: place in <c>meta.profile</c>, or -1.</summary>
    public void Profile(FhirNode node, ProfileDef profile, int claimedAt = -1)
    {
        if (run.IsFirst(node, profile.Url) && run.Enters(node, profile.Url))
        {
            Once(node, profile, claimedAt);
            run.Leaves(node, profile.Url);
        }
    }

    private void Once(FhirNode node, ProfileDef profile, int claimedAt)
    {
        var claimed = node["resourceType"u8];
        if (node.Kind != FhirNodeKind.Map || (claimed.Exists && !claimed.TextEquals(profile.TypeUtf8)))
        {
            run.Error(node, "invalid", "profile-of-other-type", $"Le profil {profile.Url} porte sur « {profile.Type} ».", FhirCheck.Claim(claimedAt));
            return;
        }

        ProfileRules.Evaluate(run, node, profile);
        var type = run.Definitions.Types[profile.Type];
        // Items of a list have no name: a resource without name is an item of "contained".
        var outer = claimed.Exists ? run.Invariants?.Enter(node, node.Index != 0 && node.NameUtf8.IsEmpty) : null;
        run.Invariants?.Check(node, default, type, profile.Root.Invariants);
        Children(node, profile.Root, type);
        if (outer is { } before)
        {
            run.Invariants!.Leave(before);
        }
    }

    /// <summary>Checks the children that a constraint speaks of.</summary>
    public void Children(FhirNode parent, Constraint constraint, TypeDef type)
    {
        foreach (var child in constraint.Children)
        {
            if (run.IsFull)
            {
                return;
            }

            var items = run.Items.Take(parent, child.Element, type);
            Child(parent, child, items);
            run.Items.Release(items);
        }
    }

    /// <summary>The values of an element as a list, for those who look at few.</summary>
    public static List<Item> ItemsOf(FhirNode parent, string element, TypeDef type)
    {
        var stack = new ItemStack();
        var range = stack.Take(parent, element, type);
        List<Item> items = [];
        for (var at = 0; at < range.Count; at++)
        {
            items.Add(stack[at] with { Node = stack[at].Place });
        }

        return items;
    }

    public void Cardinality(FhirNode parent, Constraint constraint, int count, string? slice)
    {
        if (count >= constraint.Min && count <= constraint.Max)
        {
            return;
        }

        var what = slice is null ? $"« {constraint.Element} »" : $"« {constraint.Element} », tranche « {slice} »";
        if (count < constraint.Min)
        {
            run.Error(parent, "required", slice is null ? "cardinality-min" : "slice-min",
                string.Create(CultureInfo.InvariantCulture, $"{what} : au moins {constraint.Min} attendu par le profil."), constraint.Element);
        }
        else
        {
            run.Error(parent, "structure", slice is null ? "cardinality-max" : "slice-max",
                string.Create(CultureInfo.InvariantCulture, $"{what} : au plus {constraint.Max} admis par le profil."), constraint.Element);
        }
    }

    /// <summary>Checks one value against everything that a constraint says of it, slices of the element itself apart.</summary>
    public void Value(Item item, Constraint constraint)
    {
        if (constraint.Types is not null && item.HasValue && !Types(item, constraint.Types))
        {
            return;
        }

        if (item.HasValue)
        {
            Content(item, constraint);
        }

        var type = TypeOf(item);
        if (constraint.Invariants.Count > 0)
        {
            run.Invariants?.Check(item.Node, item.Companion, type, constraint.Invariants);
        }

        if (constraint.Children.Count > 0 && type is not null)
        {
            // Of a primitive, only id and extensions can be constrained further.
            var primitive = type.Kind == TypeKind.Primitive;
            Children(primitive ? item.Companion : item.Node, constraint, primitive ? run.Definitions.Types["Element"] : type);
        }
    }

    /// <summary>The definition of a value's inside; of a resource, that of its own type.</summary>
    public static TypeDef? TypeOf(Item item) =>
        item.Use.Type is { Kind: TypeKind.Resource } && item.Node["resourceType"u8].Exists ? Schema.ResourceType(item.Node) : item.Use.Type;

    private void Child(FhirNode parent, Constraint constraint, ItemRange items)
    {
        Cardinality(parent, constraint, items.Count, null);
        for (var at = 0; at < items.Count; at++)
        {
            Value(run.Items[items.From + at], constraint);
        }

        if (constraint.Slicing is { } slicing && constraint.Slices.Count > 0)
        {
            slices.Check(parent, constraint, slicing, items);
        }
    }

    private void Content(Item item, Constraint constraint)
    {
        if (constraint.Fixed is not null && !NodeMatch.IsEqual(item.Node, constraint.FixedNode))
        {
            run.Error(item.Node, "value", "fixed-value", "La valeur n’est pas celle que le profil fixe.");
        }

        if (constraint.Pattern is not null && !NodeMatch.Contains(item.Node, constraint.PatternNode))
        {
            run.Error(item.Node, "value", "pattern-value", "La valeur ne contient pas ce que le profil impose.");
        }

        if (constraint.MinNode.Exists || constraint.MaxNode.Exists || constraint.MaxLength > 0)
        {
            ValueBounds.Check(run, item.Node, constraint);
        }

        if (constraint.Binding is not null)
        {
            bindings.Check(item.Node, item.Use.Name, constraint.Binding);
        }
    }

    private bool Types(Item item, List<TypeConstraint> types)
    {
        var name = TypeOf(item)?.Name ?? item.Use.Name;
        var admitted = false;
        foreach (var type in types)
        {
            admitted |= IsType(type.Code, name);
        }

        if (!admitted)
        {
            run.Error(item.Node, "structure", "type-not-admitted", $"Type admis par le profil : {string.Join(", ", types.Select(type => type.Code).Distinct())}.");
            return false;
        }

        if (name == "Reference")
        {
            Target(item.Node, types);
        }

        Conforms(item.Node, types, name);
        return true;
    }

    private static bool IsType(string code, string name) =>
        code == name || code is "BackboneElement" or "Element" or "Resource" or "DomainResource";

    private void Target(FhirNode reference, List<TypeConstraint> types)
    {
        List<string>? targets = null;
        foreach (var type in types)
        {
            if (!IsType(type.Code, "Reference"))
            {
                continue;
            }

            // A profile that is not at hand may be of any type: then nothing can be said.
            if (type.TargetTypes is null)
            {
                return;
            }

            targets = targets is null ? type.TargetTypes : [.. targets, .. type.TargetTypes];
        }

        References.CheckTarget(run, reference, targets ?? []);
    }

    /// <summary>The value must conform to one of the profiles of its type; profiles not at hand leave that open, and a note says so.</summary>
    private void Conforms(FhirNode node, List<TypeConstraint> types, string name)
    {
        var profiled = false;
        foreach (var type in types)
        {
            profiled |= type.Profiles.Count > 0 && IsType(type.Code, name);
        }

        if (!profiled || node.Kind != FhirNodeKind.Map)
        {
            return;
        }

        var canonicals = types.Where(type => IsType(type.Code, name)).SelectMany(type => type.Profiles).Distinct().Where(url => run.Definitions.IsBaseType(url) is null).ToList();
        var known = canonicals.Select(run.Definitions.Profile).OfType<ProfileDef>().ToList();
        if (known.Count < canonicals.Count)
        {
            var missing = canonicals.First(url => run.Definitions.Profile(url) is null);
            run.Note(FhirSeverity.Information, node, "not-supported", "profile-not-checked", missing, $"Le profil {missing} n’est pas à disposition : non vérifié.");
        }
        else if (known.Count == 1)
        {
            // An extension's own definition was checked with the base.
            if (known[0].Type != "Extension")
            {
                Profile(node, known[0]);
            }
        }
        else if (known.Count > 1 && !known.Exists(profile => run.Tries(() => Profile(node, profile))))
        {
            run.Error(node, "structure", "profile-none-matches", $"La valeur n’est conforme à aucun des profils admis : {string.Join(", ", known.Select(profile => profile.Url))}.");
        }
    }
}
