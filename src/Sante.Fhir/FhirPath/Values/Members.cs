using System.Text;
using Sante.Fhir.Definitions;
using Sante.Fhir.Json;

namespace Sante.Fhir.FhirPath;

/// <summary>From an element to the elements in it; arrays are flattened, <c>name</c> and <c>_name</c> become one element.</summary>
internal static class Members
{
    /// <summary>Adds the elements of that name.</summary>
    public static void Add(PathRun run, in FhirPathValue value, MemberName name, Items output)
    {
        if (value.Kind == FhirPathKind.Type)
        {
            AddNameOfType(value.Named, name.Name, output);
            return;
        }

        if (!TryMap(value, out var tree, out var map, out var type))
        {
            return;
        }

        var element = type is null ? null : name.In(type);
        if (element is { Choice: true })
        {
            AddChoice(run, tree, map, type!, element, output);
        }
        else if (element is not null)
        {
            Find(tree, map, name, out var item, out var companion);
            AddItems(run, tree, item, companion, TypeOf(type!, element), output);
        }
        else if (type is null)
        {
            AddUntyped(run, tree, map, name, output);
        }
    }

    /// <summary>True when there is at least one element of that name.</summary>
    public static bool Has(PathRun run, in FhirPathValue value, MemberName name)
    {
        if (value.Kind == FhirPathKind.Element && value.Type is { } type && name.In(type) is { Choice: false } && TryMap(value, out var tree, out var map, out _))
        {
            Find(tree, map, name, out var item, out var companion);
            return companion < 0 ? item >= 0 && (tree.Entries[item].Kind != FhirNodeKind.List || HasValue(tree, item)) : HasItems(run, value, name);
        }

        return HasItems(run, value, name);
    }

    /// <summary>Adds all elements in it, in order.</summary>
    public static void AddChildren(PathRun run, in FhirPathValue value, Items output)
    {
        if (!TryMap(value, out var tree, out var map, out var type))
        {
            return;
        }

        var entries = tree.Entries;
        for (var child = map + 1; child < entries[map].End && run.Spend(); child = entries[child].End)
        {
            var name = tree.Name(child);
            var isCompanion = name.Length > 1 && name[0] == '_';
            if (name.SequenceEqual("resourceType"u8) || (isCompanion && tree.Member(map, name[1..]) >= 0))
            {
                continue;
            }

            var property = type?.Properties.Find(entries[child].NameHash, name);
            var use = property is null ? null : property.Element.Choice ? property.Use.Type : TypeOf(type!, property.Element);
            if (isCompanion)
            {
                AddItems(run, tree, -1, child, use, output);
            }
            else
            {
                AddItems(run, tree, child, use is null or { Kind: TypeKind.Primitive } ? CompanionOf(tree, map, child) : -1, use, output);
            }
        }
    }

    /// <summary>Adds all elements below it, parents first.</summary>
    public static void AddDescendants(PathRun run, in FhirPathValue value, Items output)
    {
        var from = output.Count;
        AddChildren(run, value, output);
        for (var at = from; at < output.Count && run.Spend(); at++)
        {
            AddChildren(run, output[at], output);
        }
    }

    /// <summary>The object whose members are the element's children: the value itself, or <c>_name</c> of a primitive.</summary>
    private static bool TryMap(in FhirPathValue value, out JsonTree tree, out int map, out TypeDef? type)
    {
        (tree, map, type) = (value.Tree!, value.Index, value.Type);
        if (value.Kind != FhirPathKind.Element || value.Tree is null)
        {
            return false;
        }

        if (map >= 0 && tree.Entries[map].Kind == FhirNodeKind.Map)
        {
            return true;
        }

        (map, type) = (value.CompanionIndex, Schema.Element);
        return map >= 0 && tree.Entries[map].Kind == FhirNodeKind.Map;
    }

    // R4's snapshots give the id of a resource as a string; its text says id (http://hl7.org/fhir/R4/resource.html#id).
    private static TypeDef? TypeOf(TypeDef type, ElementDef element) =>
        element.Types.Count == 0 ? null
        : type.Kind == TypeKind.Resource && element.Name == "id" ? R4.Current.Types.GetValueOrDefault("id")
        : element.Types[0].Type;

    private static void Find(JsonTree tree, int map, MemberName name, out int item, out int companion)
    {
        (item, companion) = (-1, -1);
        var entries = tree.Entries;
        var end = entries[map].End;
        for (var child = map + 1; child < end; child = entries[child].End)
        {
            var hash = entries[child].NameHash;
            if (hash == name.Hash && tree.Name(child).SequenceEqual(name.Utf8))
            {
                item = child;
            }
            else if (hash == name.CompanionHash && tree.Name(child).SequenceEqual(name.Companion))
            {
                companion = child;
            }
        }
    }

    private static int CompanionOf(JsonTree tree, int map, int child)
    {
        var entries = tree.Entries;
        var name = tree.Name(child);
        for (var other = map + 1; other < entries[map].End; other = entries[other].End)
        {
            if (tree.Name(other) is { Length: > 1 } known && known[0] == '_' && known[1..].SequenceEqual(name))
            {
                return other;
            }
        }

        return -1;
    }

    private static void AddChoice(PathRun run, JsonTree tree, int map, TypeDef type, ElementDef element, Items output)
    {
        var entries = tree.Entries;
        for (var child = map + 1; child < entries[map].End && run.Spend(); child = entries[child].End)
        {
            if (type.Properties.Find(entries[child].NameHash, tree.Name(child)) is not { } property || !ReferenceEquals(property.Element, element))
            {
                continue;
            }

            if (!property.Companion)
            {
                AddItems(run, tree, child, CompanionOf(tree, map, child), property.Use.Type, output);
            }
            else if (tree.Member(map, tree.Name(child)[1..]) < 0)
            {
                AddItems(run, tree, -1, child, property.Use.Type, output);
            }
        }
    }

    /// <summary>Without a definition: the member of that name, or a choice that begins with it and ends with a type's name.</summary>
    private static void AddUntyped(PathRun run, JsonTree tree, int map, MemberName name, Items output)
    {
        Find(tree, map, name, out var item, out var companion);
        if (item >= 0 || companion >= 0)
        {
            AddItems(run, tree, item, companion, null, output);
            return;
        }

        var entries = tree.Entries;
        for (var child = map + 1; child < entries[map].End && run.Spend(); child = entries[child].End)
        {
            var known = tree.Name(child);
            if (known.Length > name.Utf8.Length && known.StartsWith(name.Utf8) && char.IsAsciiLetterUpper((char)known[name.Utf8.Length])
                && TypeBySuffix(Encoding.UTF8.GetString(known[name.Utf8.Length..])) is { } type)
            {
                AddItems(run, tree, child, CompanionOf(tree, map, child), type, output);
            }
        }
    }

    private static TypeDef? TypeBySuffix(string suffix) =>
        R4.Current.Types.GetValueOrDefault(suffix) ?? R4.Current.Types.GetValueOrDefault(char.ToLowerInvariant(suffix[0]) + suffix[1..]);

    private static void AddItems(PathRun run, JsonTree tree, int item, int companion, TypeDef? type, Items output)
    {
        var isList = (item >= 0 && tree.Entries[item].Kind == FhirNodeKind.List) || (item < 0 && companion >= 0 && tree.Entries[companion].Kind == FhirNodeKind.List);
        if (!isList)
        {
            AddItem(tree, item, companion, type, output);
            return;
        }

        var (next, end) = Range(tree, item);
        var (nextCompanion, endCompanion) = Range(tree, companion);
        while ((next < end || nextCompanion < endCompanion) && run.Spend())
        {
            AddItem(tree, next < end ? next : -1, nextCompanion < endCompanion ? nextCompanion : -1, type, output);
            next = next < end ? tree.Entries[next].End : end;
            nextCompanion = nextCompanion < endCompanion ? tree.Entries[nextCompanion].End : endCompanion;
        }
    }

    private static (int From, int To) Range(JsonTree tree, int list) =>
        list >= 0 && tree.Entries[list].Kind == FhirNodeKind.List ? (list + 1, tree.Entries[list].End) : (0, 0);

    private static void AddItem(JsonTree tree, int item, int companion, TypeDef? type, Items output)
    {
        item = item >= 0 && tree.Entries[item].Kind == FhirNodeKind.Null ? -1 : item;
        companion = companion >= 0 && tree.Entries[companion].Kind != FhirNodeKind.Map ? -1 : companion;
        if (item < 0 && companion < 0)
        {
            return;
        }

        if (item >= 0 && type is null or { Kind: TypeKind.Resource } && tree.Entries[item].Kind == FhirNodeKind.Map)
        {
            type = Schema.ResourceType(tree, item) ?? type;
        }

        output.Add(FhirPathValue.Element(tree, item, companion, type));
    }

    private static bool HasItems(PathRun run, in FhirPathValue value, MemberName name)
    {
        var items = run.Rent();
        Add(run, value, name, items);
        var has = items.Count > 0;
        run.Return(items);
        return has;
    }

    private static bool HasValue(JsonTree tree, int list)
    {
        for (var (at, end) = Range(tree, list); at < end; at = tree.Entries[at].End)
        {
            if (tree.Entries[at].Kind != FhirNodeKind.Null)
            {
                return true;
            }
        }

        return false;
    }

    private static void AddNameOfType(TypeName type, string member, Items output)
    {
        if (member is "namespace" or "name")
        {
            output.Add(FhirPathValue.Of(member == "name" ? type.Name : type.Namespace));
        }
    }
}
