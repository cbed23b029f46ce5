using System.Globalization;
using Sante.Fhir.Definitions;

namespace Sante.Fhir.Check;

/// <summary>One value of an element: the node, and the type that its name stands for.</summary>
internal readonly record struct Item(FhirNode Node, TypeUse Use);

/// <summary>What profiles add: narrower cardinality and types, fixed values and patterns, bindings, reference targets, slices.</summary>
internal sealed class ProfileCheck(CheckRun run)
{
    private readonly BindingCheck bindings = new(run);

    /// <summary>Checks a resource or a data type's value against a profile. <paramref name="claimedAt"/>: where the profile was claimed, for the message.</summary>
    public void Profile(FhirNode node, ProfileDef profile, string? claimedAt)
    {
        if (!run.IsFirst(node, profile.Url))
        {
            return;
        }

        var type = node["resourceType"u8].Text ?? profile.Type;
        if (type != profile.Type || node.Kind != FhirNodeKind.Map)
        {
            run.Error(node, "invalid", "profile-of-other-type", $"Le profil {profile.Url} porte sur « {profile.Type} ».", claimedAt);
            return;
        }

        run.InvariantsNotEvaluated += profile.Root.Invariants.Count - ProfileRules.Evaluate(run, node, profile);
        Children(node, profile.Root, run.Definitions.Types[profile.Type]);
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

            Child(parent, child, ItemsOf(parent, child.Element, type));
        }
    }

    /// <summary>The values of an element; of a choice, whatever type it has. A primitive that has only extensions counts by its companion.</summary>
    public static List<Item> ItemsOf(FhirNode parent, string element, TypeDef type)
    {
        List<Item> items = [];
        foreach (var member in parent.Members)
        {
            if (type.Properties.Find(member.Tree.Entries[member.Index].NameHash, member.NameUtf8) is not { } property || property.Element.Name != element)
            {
                continue;
            }

            if (property.Companion && parent[member.NameUtf8[1..]].Exists)
            {
                continue;
            }

            foreach (var item in member.Items)
            {
                items.Add(new Item(item, property.Use));
            }
        }

        return items;
    }

    private void Child(FhirNode parent, Constraint constraint, List<Item> items)
    {
        Cardinality(parent, constraint, items.Count, null);
        foreach (var item in items)
        {
            Value(item, constraint);
        }

        if (constraint.Slicing is { } slicing && constraint.Slices.Count > 0)
        {
            Slices(parent, constraint, slicing, items);
        }
    }

    private void Cardinality(FhirNode parent, Constraint constraint, int count, string? slice)
    {
        var what = slice is null ? $"« {constraint.Element} »" : $"« {constraint.Element} », tranche « {slice} »";
        if (count < constraint.Min)
        {
            run.Error(parent, "required", slice is null ? "cardinality-min" : "slice-min",
                string.Create(CultureInfo.InvariantCulture, $"{what} : au moins {constraint.Min} attendu par le profil."), constraint.Element);
        }
        else if (count > constraint.Max)
        {
            run.Error(parent, "structure", slice is null ? "cardinality-max" : "slice-max",
                string.Create(CultureInfo.InvariantCulture, $"{what} : au plus {constraint.Max} admis par le profil."), constraint.Element);
        }
    }

    /// <summary>Checks one value against everything that a constraint says of it, slices of the element itself apart.</summary>
    private void Value(Item item, Constraint constraint)
    {
        if (constraint.Types is not null && !Types(item, constraint.Types))
        {
            return;
        }

        if (constraint.Fixed is not null && !NodeMatch.IsEqual(item.Node, constraint.FixedNode))
        {
            run.Error(item.Node, "value", "fixed-value", "La valeur n’est pas celle que le profil fixe.");
        }

        if (constraint.Pattern is not null && !NodeMatch.Contains(item.Node, constraint.PatternNode))
        {
            run.Error(item.Node, "value", "pattern-value", "La valeur ne contient pas ce que le profil impose.");
        }

        if (constraint.Binding is { IsRequired: true })
        {
            bindings.Check(item.Node, item.Use.Name, constraint.Binding);
        }

        if (constraint.Children.Count > 0 && TypeOf(item) is { Kind: not TypeKind.Primitive } type)
        {
            Children(item.Node, constraint, type);
        }
    }

    /// <summary>The definition of a value's inside; of a resource, that of its own type.</summary>
    private TypeDef? TypeOf(Item item) =>
        item.Use.Type is { Kind: TypeKind.Resource } && item.Node["resourceType"u8].Text is { } name
            ? run.Definitions.Resources.GetValueOrDefault(name) : item.Use.Type;

    private bool Types(Item item, List<TypeConstraint> types)
    {
        var name = TypeOf(item)?.Name ?? item.Use.Name;
        var admitted = types.Where(type => IsType(type.Code, name)).ToList();
        if (admitted.Count == 0)
        {
            run.Error(item.Node, "structure", "type-not-admitted", $"Type admis par le profil : {string.Join(", ", types.Select(type => type.Code).Distinct())}.");
            return false;
        }

        if (name == "Reference")
        {
            Target(item.Node, admitted);
        }

        Conforms(item.Node, [.. admitted.SelectMany(type => type.Profiles).Distinct()]);
        return true;
    }

    private static bool IsType(string code, string name) =>
        code == name || code is "BackboneElement" or "Element" or "Resource" or "DomainResource";

    private void Target(FhirNode reference, List<TypeConstraint> admitted)
    {
        var canonicals = admitted.SelectMany(type => type.Targets).Distinct().ToList();
        List<string> types = [.. canonicals.Select(url => run.Definitions.IsBaseType(url) ?? run.Definitions.Profile(url)?.Type ?? "")];
        // A profile that is not at hand may be of any type: then nothing can be said.
        if (canonicals.Count > 0 && !types.Contains("") && !types.Contains("Resource"))
        {
            References.CheckTarget(run, reference, [.. types.Distinct()]);
        }
    }

    /// <summary>The value must conform to one of the profiles of its type; profiles not at hand leave that open, and a note says so.</summary>
    private void Conforms(FhirNode node, List<string> canonicals)
    {
        canonicals.RemoveAll(url => run.Definitions.IsBaseType(url) is not null);
        if (canonicals.Count == 0 || node.Kind != FhirNodeKind.Map)
        {
            return;
        }

        var known = canonicals.Select(run.Definitions.Profile).OfType<ProfileDef>().ToList();
        if (known.Count < canonicals.Count)
        {
            var missing = canonicals.First(url => run.Definitions.Profile(url) is null);
            run.Note(FhirSeverity.Information, node, "not-supported", "profile-not-checked", missing, $"Le profil {missing} n’est pas à disposition : non vérifié.");
            return;
        }

        if (known.Count == 1)
        {
            // An extension's own definition was checked with the base.
            if (known[0].Type != "Extension")
            {
                Profile(node, known[0], null);
            }
        }
        else if (!known.Any(profile => run.Tries(() => Profile(node, profile, null))))
        {
            run.Error(node, "structure", "profile-none-matches", $"La valeur n’est conforme à aucun des profils admis : {string.Join(", ", known.Select(profile => profile.Url))}.");
        }
    }

    private void Slices(FhirNode parent, Constraint constraint, Slicing slicing, List<Item> items)
    {
        var counts = new int[constraint.Slices.Count];
        var undecided = 0;
        foreach (var item in items)
        {
            var slice = SliceMatch.Find(run.Definitions, item, constraint.Slices, slicing, out var unsure);
            if (slice >= 0)
            {
                counts[slice]++;
                Value(item, constraint.Slices[slice]);
            }
            else if (unsure)
            {
                undecided++;
            }
            else if (slicing.Closed)
            {
                run.Error(item.Node, "structure", "slice-closed", $"La valeur n’entre dans aucune tranche admise de « {constraint.Element} ».");
            }
        }

        if (undecided > 0)
        {
            run.Note(FhirSeverity.Information, parent, "not-supported", "slice-not-checked", constraint.Element,
                $"Les tranches de « {constraint.Element} » ne peuvent pas toutes être reconnues : non vérifiées.");
            return;
        }

        for (var at = 0; at < counts.Length; at++)
        {
            Cardinality(parent, constraint.Slices[at], counts[at], constraint.Slices[at].Slice);
        }
    }
}
