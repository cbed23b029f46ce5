using System.Text;
using System.Text.Json;
using Sante.Fhir.Definitions;

namespace Sante.Definitions;

/// <summary>Snapshots of profiles to trees of <see cref="Constraint"/> that hold only what the base types do not say already.</summary>
internal sealed class ProfileCompiler(Dictionary<string, TypeDef> types)
{
    /// <summary>Profiles that could not be compiled, with the reason; part of the report.</summary>
    public List<string> Skipped { get; } = [];

    public List<ProfileDef> Compile(Source source)
    {
        List<ProfileDef> profiles = [];
        foreach (var structure in source.Structures.Values.Where(one => one.Text("derivation") == "constraint").OrderBy(one => one.Text("url"), StringComparer.Ordinal))
        {
            var type = structure.Text("type")!;
            if (structure.Member("snapshot") is null || !types.ContainsKey(type))
            {
                Skipped.Add($"{structure.Text("url")}: {(types.ContainsKey(type) ? "no snapshot" : "unknown type " + type)}");
                continue;
            }

            profiles.Add(new ProfileDef
            {
                Url = structure.Text("url")!,
                Version = structure.Text("version") ?? "",
                Type = type,
                Base = structure.Text("baseDefinition")?.WithoutVersion() ?? "",
                Root = Root(structure, type),
                Contexts = type == "Extension" ? [.. structure.Items("context").Select(context => $"{context.Text("type")}:{context.Text("expression")}")] : [],
            });
        }

        return profiles;
    }

    private Constraint Root(JsonElement structure, string type)
    {
        var elements = structure.Member("snapshot")!.Value.Items("element").ToList();
        var known = types[type].Invariants.Select(one => one.Key).ToHashSet(StringComparer.Ordinal);
        var root = new Constraint { Element = type, Invariants = [.. TypeCompiler.Invariants(elements[0]).Where(one => !known.Contains(one.Key))] };
        foreach (var element in elements.Skip(1))
        {
            Add(root, types[type], element);
        }

        Prune(root);
        return root;
    }

    private void Add(Constraint root, TypeDef type, JsonElement element)
    {
        var segments = (element.Text("id") ?? element.Text("path")!).Split('.');
        var parent = root;
        var parentType = type;
        for (var at = 1; at < segments.Length; at++)
        {
            var colon = segments[at].IndexOf(':', StringComparison.Ordinal);
            var name = colon < 0 ? segments[at] : segments[at][..colon];
            var slice = colon < 0 ? null : segments[at][(colon + 1)..];
            if (parentType.Kind == TypeKind.Primitive && name == "value")
            {
                // What a profile says of a primitive's text is regular expressions and lengths of the base.
                return;
            }

            // Of a primitive, only id and extensions can be constrained.
            var (definition, use) = Find(parentType.Kind == TypeKind.Primitive ? types["Element"] : parentType, name);
            if (definition is null)
            {
                Skipped.Add($"{element.Text("id")}: no such element of {parentType.Name}");
                return;
            }

            var node = Node(parent, definition.Name, slice ?? (use is null ? null : name));
            if (at == segments.Length - 1)
            {
                Fill(node, element, definition, slice is not null || use is not null);
                return;
            }

            parentType = Inside(node, definition, use) ?? parentType;
            parent = node;
        }
    }

    /// <summary>The element of a name; for <c>valueQuantity</c>, written so by some tools, the choice with the type it stands for.</summary>
    private static (ElementDef? Element, TypeUse? Use) Find(TypeDef type, string name)
    {
        var plain = name.EndsWith("[x]", StringComparison.Ordinal) ? name[..^3] : name;
        if (type.Elements.FirstOrDefault(element => element.Name == plain) is { } found)
        {
            return (found, null);
        }

        foreach (var element in type.Elements.Where(element => element.Choice && plain.StartsWith(element.Name, StringComparison.Ordinal)))
        {
            if (element.Types.FirstOrDefault(use => string.Equals(use.Name, plain[element.Name.Length..], StringComparison.OrdinalIgnoreCase)) is { } use)
            {
                return (element, use);
            }
        }

        return (null, null);
    }

    private static Constraint Node(Constraint parent, string name, string? slice)
    {
        var node = parent.Children.Find(child => child.Element == name);
        if (node is null)
        {
            parent.Children.Add(node = new Constraint { Element = name });
        }

        if (slice is null)
        {
            return node;
        }

        var sliced = node.Slices.Find(one => one.Slice == slice);
        if (sliced is null)
        {
            node.Slices.Add(sliced = new Constraint { Element = name, Slice = slice });
        }

        return sliced;
    }

    private TypeDef? Inside(Constraint node, ElementDef definition, TypeUse? use)
    {
        var name = use?.Name ?? (node.Types is { Count: 1 } one ? one[0].Code : definition.Types is { Count: 1 } single ? single[0].Name : null);
        if (name is "BackboneElement" or "Element")
        {
            name = definition.Types[0].Name;
        }

        return name is not null ? types.GetValueOrDefault(name) : null;
    }

    private void Fill(Constraint node, JsonElement element, ElementDef definition, bool slice)
    {
        var (min, max) = (TypeCompiler.Min(element), TypeCompiler.Max(element));
        node.Min = slice || min > definition.Min ? min : 0;
        node.Max = max < definition.Max || (slice && max != ElementDef.Many) ? max : ElementDef.Many;
        node.Types = slice && definition.Choice ? AllTypes(element) : Types(element, definition);
        node.Fixed = Value(element, "fixed");
        node.Pattern = Value(element, "pattern");
        node.MinValue = Value(element, "minValue");
        node.MaxValue = Value(element, "maxValue");
        node.MaxLength = element.Member("maxLength")?.GetInt32() is { } length and < 1024 * 1024 ? length : 0;
        var binding = TypeCompiler.Binding(element);
        node.Binding = binding is not null && (binding.ValueSet != definition.Binding?.ValueSet || binding.Strength < definition.Binding.Strength) ? binding : null;
        node.Invariants = [.. TypeCompiler.Invariants(element).Where(one => !IsKnown(definition, one.Key))];
        if (element.Member("slicing") is { } slicing)
        {
            node.Slicing = new Slicing
            {
                Discriminators = [.. slicing.Items("discriminator").Select(one => (Kind(one.Text("type")!), one.Text("path")!))],
                Closed = slicing.Text("rules") == "closed",
                OpenAtEnd = slicing.Text("rules") == "openAtEnd",
                Ordered = slicing.Member("ordered")?.GetBoolean() ?? false,
            };
        }
    }

    /// <summary>True for an invariant that the base has on this element or on its type.</summary>
    private bool IsKnown(ElementDef definition, string key) =>
        definition.Invariants.Exists(one => one.Key == key) || definition.Types.Exists(use => types[use.Name].Invariants.Exists(one => one.Key == key));

    private static DiscriminatorKind Kind(string type) => type switch
    {
        "value" or "pattern" => DiscriminatorKind.Value,
        "exists" => DiscriminatorKind.Exists,
        "type" => DiscriminatorKind.Type,
        _ => DiscriminatorKind.Profile,
    };

    private static List<TypeConstraint> AllTypes(JsonElement element) =>
    [
        .. element.Items("type").Where(type => !type.Text("code")!.Contains("System.", StringComparison.Ordinal)).Select(type => new TypeConstraint
        {
            Code = type.Text("code")!,
            Profiles = [.. type.Items("profile").Select(profile => profile.GetString()!.WithoutVersion())],
            Targets = [.. type.Items("targetProfile").Select(target => target.GetString()!.WithoutVersion())],
        }),
    ];

    private static List<TypeConstraint>? Types(JsonElement element, ElementDef definition)
    {
        var types = AllTypes(element);
        if (types.Count == 0)
        {
            return null;
        }

        var narrower = definition.Choice && types.Count < definition.Types.Count;
        var profiled = types.Any(type => type.Profiles.Count > 0);
        var targeted = types.Any(type => type.Targets.Count > 0 && !definition.Types.Any(use =>
            use.Name == type.Code && use.Targets.Count == type.Targets.Count && use.Targets.All(target => type.Targets.Contains("http://hl7.org/fhir/StructureDefinition/" + target))));
        // Reference(Any) of the base says Resource, which we keep as "no list".
        var any = types.All(type => type.Targets is ["http://hl7.org/fhir/StructureDefinition/Resource"] or []);
        return narrower || profiled || (targeted && !any) ? types : null;
    }

    private static byte[]? Value(JsonElement element, string prefix)
    {
        foreach (var member in element.EnumerateObject())
        {
            if (member.Name.StartsWith(prefix, StringComparison.Ordinal) && member.Name.Length > prefix.Length && char.IsUpper(member.Name[prefix.Length]))
            {
                return Encoding.UTF8.GetBytes(JsonSerializer.Serialize(member.Value));
            }
        }

        return null;
    }

    private static void Prune(Constraint node)
    {
        node.Children.ForEach(Prune);
        node.Slices.ForEach(Prune);
        // Slices named by type (valueQuantity) need no declared slicing.
        node.Slicing ??= node.Slices.Count > 0 ? new Slicing { Discriminators = [(DiscriminatorKind.Type, "$this")] } : null;
        node.Children.RemoveAll(child => child.SaysNothing);
        if (node.Slices.Count == 0 && node.Slicing is { Closed: false })
        {
            node.Slicing = null;
        }
    }
}
