using System.Collections.Frozen;
using Sante.Kernel;

namespace Sante.Fhir.FhirPath;

/// <summary>All functions by name.</summary>
internal static class FunctionTable
{
    private static readonly FrozenDictionary<string, PathFunctionEntry> Entries = All().ToFrozenDictionary(entry => entry.Name, StringComparer.Ordinal);

    /// <summary>The node of a call, or null with the fault.</summary>
    public static PathNode? Make(string name, PathNode? source, List<PathNode> arguments, out Refusal? fault)
    {
        fault = null;
        if (Nodes(name, source, arguments) is { } node)
        {
            return node;
        }

        if (name is "is" or "as" or "ofType" && arguments.Count == 1)
        {
            return Typed(name, source, arguments[0], out fault);
        }

        PathFunctionEntry? entry = null;
        fault = name is "where" or "select" or "all" or "repeat" or "exists" or "empty" or "not" or "hasValue" or "union" or "iif" or "is" or "as" or "ofType" ? PathFaults.Arguments(name)
            : !Entries.TryGetValue(name, out entry) ? PathFaults.UnknownFunction(name)
            : arguments.Count < entry!.Least || arguments.Count > entry.Most ? PathFaults.Arguments(name) : null;
        return fault is null ? new CallNode(name, source, arguments, entry!.Body) : null;
    }

    /// <summary>The functions that have nodes of their own.</summary>
    private static PathNode? Nodes(string name, PathNode? source, List<PathNode> arguments) => (name, arguments.Count) switch
    {
        ("where", 1) => new WhereNode(source, arguments[0]),
        ("select", 1) => new SelectNode(source, arguments[0]),
        ("all", 1) => new AllNode(source, arguments[0]),
        ("repeat", 1) => new RepeatNode(source, arguments[0]),
        ("exists", 0) => new ExistsNode(source ?? new ThisNode(), true),
        ("exists", 1) => new ExistsNode(new WhereNode(source, arguments[0]), true),
        ("empty", 0) => new ExistsNode(source ?? new ThisNode(), false),
        ("not", 0) => new NotNode(source ?? new ThisNode()),
        ("hasValue", 0) => new HasValueNode(source ?? new ThisNode()),
        ("union", 1) => new UnionNode(source ?? new ThisNode(), arguments[0]),
        ("iif", 2 or 3) => new IifNode(source, arguments),
        _ => null,
    };

    private static PathNode? Typed(string name, PathNode? source, PathNode argument, out Refusal? fault)
    {
        var (space, type) = argument switch
        {
            MemberNode { Source: null } plain => (null, plain.Name),
            MemberNode { Source: MemberNode { Source: null } outer } inner => (outer.Name, inner.Name),
            _ => ((string?)null, (string?)null),
        };
        var found = type is null ? null : TypeReference.Find(space, type);
        fault = found is not null ? null : type is null ? PathFaults.Arguments(name) : PathFaults.UnknownType(type);
        source ??= new ThisNode();
        return found is null ? null : name == "is" ? new IsNode(source, found) : new AsNode(source, found, name == "ofType");
    }

    private static IEnumerable<PathFunctionEntry> All() =>
        [.. CollectionFunctions.All, .. TextFunctions.All, .. EncodingFunctions.All, .. MathFunctions.All, .. ConversionFunctions.All, .. BoundaryFunctions.All, .. TreeFunctions.All, .. FhirFunctions.All];
}

/// <summary>A function: its name, how many arguments it takes, what it does.</summary>
internal sealed record PathFunctionEntry(string Name, int Least, int Most, PathFunction Body);
