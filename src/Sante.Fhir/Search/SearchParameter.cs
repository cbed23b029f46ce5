using System.Collections.Concurrent;
using Sante.Fhir.Definitions;

namespace Sante.Fhir.Search;

/// <summary>A search parameter of one resource type.</summary>
public sealed class SearchParameter
{
    private bool? isExact;

    internal SearchParameter(R4 definitions, TypeUse root, SearchParameterDef definition)
    {
        (Code, Targets, Url) = (definition.Code, definition.Targets, definition.Url);
        Type = TypeOf(definition.Type);
        Path = SearchPath.Compile(definitions, root, definition.Expression);
        Components = [.. Ordered(definition).Select(component => new SearchComponent(definitions, root, component))];
        var types = (Path?.Types ?? []).Select(use => use?.Name).ToList();
        StoredUnder = [this];
        IsImplied = types.Exists(name => name is null || TokenIndex.IsImplied(name));
        IsExplicit = types.Exists(name => name is null || !TokenIndex.IsImplied(name));
    }

    /// <summary>Its name in queries.</summary>
    public string Code { get; }

    /// <summary>Canonical of its definition; "" when it has none.</summary>
    public string Url { get; }

    /// <summary>Its type.</summary>
    public SearchType Type { get; }

    /// <summary>For references: the resource types that it may name; empty for any.</summary>
    public IReadOnlyList<string> Targets { get; }

    /// <summary>False when R4 gives it no expression (<c>_text</c>, <c>_filter</c>…), or one that leads nowhere; queries with it are refused.</summary>
    public bool IsSupported => Path is not null && (Type != SearchType.Special || Code == "near")
        && (Type != SearchType.Composite || (Components.Count > 0 && Components.All(component => component.Type is not (SearchType.Composite or SearchType.Special))));

    internal SearchPath? Path { get; }

    /// <summary>The parameters under which its values are stored in an index: itself, a wider one, or several whose values it has together.</summary>
    internal IReadOnlyList<SearchParameter> StoredUnder { get; set; }

    /// <summary>The one parameter under which its values are stored; itself when there are several.</summary>
    internal SearchParameter IndexedAs => StoredUnder is [var only] ? only : this;

    /// <summary>Its values are those of several others.</summary>
    internal bool IsUnion => StoredUnder.Count > 1;

    /// <summary>For tokens: everything stored there is found by it.</summary>
    internal bool IsExactOnIndex => isExact ??= IndexAliases.IsExact(this);

    /// <summary>For composites, the parts in order.</summary>
    internal IReadOnlyList<SearchComponent> Components { get; }

    /// <summary>For tokens: some of its values have a system that their definition implies.</summary>
    internal bool IsImplied { get; }

    /// <summary>For tokens: some of its values name their system.</summary>
    internal bool IsExplicit { get; }

    internal static SearchType TypeOf(string name) =>
        name == "string" ? SearchType.Text : Enum.TryParse<SearchType>(name, ignoreCase: true, out var type) ? type : SearchType.Special;

    // R4's DocumentReference-relationship gives to "relatesto" (a reference) the expression of the code, and to "relation" that of the target.
    private static List<SearchComponentDef> Ordered(SearchParameterDef definition) =>
        definition is { Base: "DocumentReference", Code: "relationship", Components: [{ Type: "reference", Expression: "code" } to, { Type: "token", Expression: "target" } code] }
            ? [Swapped(to, code.Expression), Swapped(code, to.Expression)] : definition.Components;

    private static SearchComponentDef Swapped(SearchComponentDef component, string expression) =>
        new() { Definition = component.Definition, Type = component.Type, Code = component.Code, Expression = expression };
}

/// <summary>One part of a composite.</summary>
internal sealed class SearchComponent
{
    private const string Root = "%resource.";
    private readonly ConcurrentDictionary<TypeDef, SearchPath?> paths = new();
    private readonly R4 definitions;
    private readonly TypeUse root;
    private readonly string expression;
    private readonly string typeName;

    public SearchComponent(R4 definitions, TypeUse root, SearchComponentDef definition)
    {
        (this.definitions, this.root) = (definitions, root);
        FromResource = definition.Expression.StartsWith(Root, StringComparison.Ordinal);
        expression = FromResource ? definition.Expression[Root.Length..] : definition.Expression;
        (Code, typeName) = (definition.Code, definition.Type);
        Type = SearchParameter.TypeOf(typeName);
    }

    public string Code { get; }

    public SearchType Type { get; }

    /// <summary>The parameter of its own that has these values, among others.</summary>
    public SearchParameter? Parameter => SearchParameters.Table(root.Name).TryGetValue(Code, out var parameter) && parameter.Type == Type && parameter.IsSupported ? parameter : null;

    /// <summary>Stands for it where the type has none: tells how a part's text is read.</summary>
    public SearchParameter Standing => new(definitions, root, new SearchParameterDef { Base = root.Name, Code = Code, Type = typeName, Expression = "" });

    /// <summary>Evaluated from the resource, not from the composite's value.</summary>
    public bool FromResource { get; }

    /// <summary>Its expression over a value of the composite of that type.</summary>
    public SearchPath? PathOf(TypeUse? use) => FromResource ? paths.GetOrAdd(root.Type, _ => SearchPath.Compile(definitions, root, expression))
        : use is null ? null : paths.GetOrAdd(use.Type, _ => SearchPath.Compile(definitions, use, expression));
}
