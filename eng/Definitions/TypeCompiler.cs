using System.Globalization;
using System.Text.Json;
using Sante.Fhir.Definitions;

namespace Sante.Definitions;

/// <summary>Base StructureDefinitions to <see cref="TypeDef"/>: one for the type and one for each element that has elements.</summary>
internal sealed class TypeCompiler
{
    private const string SystemTypes = "http://hl7.org/fhirpath/System.";
    private readonly Dictionary<string, HashSet<string>> keysOfTypes;

    private TypeCompiler(Dictionary<string, HashSet<string>> keysOfTypes) => this.keysOfTypes = keysOfTypes;

    public static List<TypeDef> Compile(Source source)
    {
        var structures = source.Structures.Values.Where(IsBase).OrderBy(one => one.Text("url"), StringComparer.Ordinal).ToList();
        var compiler = new TypeCompiler(structures.ToDictionary(structure => structure.Text("type")!,
            structure => Invariants(structure.Member("snapshot")!.Value.Items("element").First()).Select(one => one.Key).ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal));
        return [.. structures.SelectMany(compiler.Of)];
    }

    /// <summary>A definition of a type itself, as opposed to a profile or a logical model.</summary>
    public static bool IsBase(JsonElement structure) =>
        structure.Text("derivation") != "constraint" && structure.Text("kind") is "resource" or "complex-type" or "primitive-type"
        && structure.Text("url") == "http://hl7.org/fhir/StructureDefinition/" + structure.Text("type");

    public static int Max(JsonElement element) =>
        element.Text("max") is { } max ? max == "*" ? ElementDef.Many : int.Parse(max, CultureInfo.InvariantCulture) : ElementDef.Many;

    public static int Min(JsonElement element) => element.Member("min")?.GetInt32() ?? 0;

    /// <summary>A binding that says something: examples do not.</summary>
    public static Binding? Binding(JsonElement element) =>
        element.Member("binding") is { } binding && binding.Text("strength") is { } strength and not "example" && binding.Text("valueSet") is { } valueSet
            ? new Binding { ValueSet = valueSet.WithoutVersion(), Strength = Enum.Parse<BindingStrength>(strength, ignoreCase: true) } : null;

    /// <summary>The invariants stated on an element.</summary>
    public static List<InvariantDef> Invariants(JsonElement element) =>
    [
        .. element.Items("constraint").Where(one => one.Text("expression") is not null).Select(one => new InvariantDef
        {
            Key = one.Text("key")!, IsError = one.Text("severity") == "error", Human = one.Text("human") ?? "", Expression = Corrections.Of(one.Text("key")!, one.Text("expression")!),
        }).DistinctBy(one => one.Key),
    ];

    private IEnumerable<TypeDef> Of(JsonElement structure)
    {
        var name = structure.Text("type")!;
        var elements = structure.Member("snapshot")!.Value.Items("element").ToList();
        var kind = structure.Text("kind") switch { "resource" => TypeKind.Resource, "primitive-type" => TypeKind.Primitive, _ => TypeKind.Complex };
        var parents = elements.Skip(1).Select(element => ParentOf(element.Text("path")!)).ToHashSet(StringComparer.Ordinal);
        yield return Type(name, kind, structure, elements, parents);
        foreach (var inner in parents.Where(path => path != name))
        {
            yield return Type(inner, TypeKind.Backbone, default, elements, parents);
        }
    }

    private TypeDef Type(string path, TypeKind kind, JsonElement structure, List<JsonElement> elements, HashSet<string> parents) => new()
    {
        Name = path,
        Kind = kind,
        Abstract = structure.Member("abstract")?.GetBoolean() ?? false,
        Parent = structure.Text("baseDefinition")?.LastPart() ?? (kind == TypeKind.Backbone ? elements.First(element => element.Text("path") == path).Items("type").First().Text("code")! : ""),
        Invariants = Invariants(elements.First(element => element.Text("path") == path)),
        Elements = kind == TypeKind.Primitive ? []
            : [.. elements.Where(element => ParentOf(element.Text("path")!) == path).Select(element => Element(element, parents))],
    };

    private ElementDef Element(JsonElement element, HashSet<string> parents)
    {
        var path = element.Text("path")!;
        var name = path[(path.LastIndexOf('.') + 1)..];
        var choice = name.EndsWith("[x]", StringComparison.Ordinal);
        var types = Types(element, path, parents);
        return new ElementDef
        {
            Name = choice ? name[..^3] : name,
            Choice = choice,
            Min = Min(element),
            Max = Max(element),
            Summary = element.Member("isSummary")?.GetBoolean() ?? false,
            Modifier = element.Member("isModifier")?.GetBoolean() ?? false,
            Types = types,
            Binding = Binding(element),
            // The inside of an element has its invariants on its own type.
            Invariants = parents.Contains(path) ? [] : [.. Invariants(element).Where(one => !types.Exists(type => keysOfTypes.GetValueOrDefault(type.Name)?.Contains(one.Key) == true))],
        };
    }

    private static List<TypeUse> Types(JsonElement element, string path, HashSet<string> parents)
    {
        if (parents.Contains(path))
        {
            return [new TypeUse { Name = path }];
        }

        if (element.Text("contentReference") is { } reference)
        {
            return [new TypeUse { Name = reference[(reference.IndexOf('#', StringComparison.Ordinal) + 1)..] }];
        }

        return [.. element.Items("type").Select(type => new TypeUse
        {
            Name = CodeOf(type.Text("code")!, path),
            Targets = [.. type.Items("targetProfile").Select(target => target.GetString()!.LastPart()).Where(target => target != "Resource")],
        })];
    }

    // Ids and urls are System.String in the snapshots; R4 gives their FHIR types in its text (element.id: string, resource.id: id, extension.url: uri).
    private static string CodeOf(string code, string path) =>
        !code.StartsWith(SystemTypes, StringComparison.Ordinal) ? code
        : path.EndsWith(".url", StringComparison.Ordinal) ? "uri"
        : path.EndsWith(".id", StringComparison.Ordinal) && path.Count(letter => letter == '.') == 1 && char.IsUpper(path[0]) && IsResourceId(path) ? "id" : "string";

    private static bool IsResourceId(string path) => path is "Resource.id" or "DomainResource.id";

    private static string ParentOf(string path) => path.LastIndexOf('.') is var dot and >= 0 ? path[..dot] : "";
}
