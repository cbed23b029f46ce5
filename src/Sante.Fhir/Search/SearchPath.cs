using System.Text;
using Sante.Fhir.Definitions;
using Sante.Fhir.Json;

namespace Sante.Fhir.Search;

/// <summary>
/// An expression ready to be evaluated over values of one type: a few walks along JSON names that the definitions give, in the order of the union's
/// operands. What is no plain path (<c>exists() and …</c>) is left to <see cref="PathExpression"/>.
/// </summary>
internal sealed class SearchPath
{
    private readonly PathWalk[] walks;
    private readonly PathExpression? slow;
    private readonly TypeUse root;

    private SearchPath(TypeUse root, PathWalk[] walks, PathExpression? slow)
    {
        (this.root, this.walks, this.slow) = (root, walks, slow);
        FirstNames = slow is not null || walks.Any(walk => walk.Steps.Length == 0) ? ulong.MaxValue : walks.Aggregate(0UL, (bits, walk) => bits | BitOf(walk.Steps[0].Hash));
        Signatures = slow is not null ? [] : [.. walks.Select(walk => (string.Join('.', walk.Steps.Select(step => step.Signature)), string.Join('.', walk.Steps.Select(step => step.Name))))];
    }

    /// <summary>The types that its values have; <c>null</c> among them when only the data tells.</summary>
    public IEnumerable<TypeUse?> Types => slow is null ? walks.Select(walk => (TypeUse?)walk.Use) : [null];

    /// <summary>What its walks go through, with and without their tests; empty when only evaluation tells.</summary>
    public IReadOnlyList<(string Exact, string Loose)> Signatures { get; }

    /// <summary>True when a resource has one value at most: no element on the way repeats, and several ways are the types of one choice.</summary>
    public bool IsSingle => slow is null && walks.All(walk => walk.Steps.All(step => step.Element is { Max: 1 }))
        && (walks.Length == 1 || walks.All(walk => walk.Steps.Length == 1 && walk.Steps[0].Element == walks[0].Steps[0].Element));

    /// <summary>One bit per first name that its walks begin with: a resource without any of these has no value.</summary>
    public ulong FirstNames { get; }

    /// <summary>The bits of the names that a node has.</summary>
    public static ulong NamesOf(FhirNode node)
    {
        var names = 0UL;
        foreach (var member in node.Members)
        {
            names |= BitOf(member.Tree.Entries[member.Index].NameHash);
        }

        return names;
    }

    /// <summary>Null when the expression is outside of what search expressions are written in, or leads nowhere from this type.</summary>
    public static SearchPath? Compile(R4 definitions, TypeUse root, string expression)
    {
        if (PathParser.Parse(expression) is not { } parsed)
        {
            return null;
        }

        var walks = PathCompiler.Walks(definitions, root, parsed);
        return walks is null ? new SearchPath(root, [], parsed) : walks.Count == 0 ? null : new SearchPath(root, [.. walks], null);
    }

    /// <summary>Adds the values under a node of the root type.</summary>
    public void Evaluate(R4 definitions, FhirNode node, List<PathValue> into)
    {
        if (slow is not null)
        {
            into.AddRange(slow.Evaluate(definitions, [new PathValue(node, root, null)]));
            return;
        }

        foreach (var walk in walks)
        {
            Walk(definitions, walk, 0, node, into);
        }
    }

    // The high bits of the hash are the better mixed ones.
    private static ulong BitOf(uint hash) => 1UL << (int)(hash >> 26);

    private static void Walk(R4 definitions, PathWalk walk, int at, FhirNode node, List<PathValue> into)
    {
        if (at == walk.Steps.Length)
        {
            into.Add(new PathValue(node, walk.Use, null));
            return;
        }

        var step = walk.Steps[at];
        var child = node.Tree.Member(node.Index, step.Hash, step.NameUtf8);
        if (child < 0)
        {
            return;
        }

        var position = 0;
        foreach (var item in new FhirNode(node.Tree, child).Items)
        {
            if ((step.Position < 0 || step.Position == position) && step.Admits(definitions, item))
            {
                Walk(definitions, walk, at + 1, item, into);
            }

            position++;
        }
    }
}

/// <summary>One way through names to values of one type.</summary>
internal sealed record PathWalk(PathStep[] Steps, TypeUse Use)
{
    public PathWalk Then(PathStep step, TypeUse use) => new([.. Steps, step], use);

    public PathWalk WithLast(Func<PathStep, PathStep> change) => this with { Steps = [.. Steps[..^1], change(Steps[^1])] };
}

/// <summary>One name, with what its items must be.</summary>
internal sealed record PathStep(byte[] NameUtf8, TypeUse Use)
{
    public uint Hash { get; } = Utf8Hash.Of(NameUtf8);

    /// <summary>The element that the name is of.</summary>
    public ElementDef? Element { get; init; }

    /// <summary>Only the item of that place; -1 for all.</summary>
    public int Position { get; init; } = -1;

    /// <summary>Members of the item that must have exactly this text: <c>where(system='phone')</c>.</summary>
    public (byte[] Name, byte[] Text)[] Equal { get; init; } = [];

    /// <summary>The type that a reference must lead to: <c>where(resolve() is Patient)</c>.</summary>
    public string? ResolvesTo { get; init; }

    /// <summary>Any other test.</summary>
    public PathExpression? Test { get; init; }

    public string Name => Encoding.UTF8.GetString(NameUtf8);

    /// <summary>The name with its tests.</summary>
    public string Signature => Position < 0 && Equal.Length == 0 && ResolvesTo is null && Test is null ? Name
        : $"{Name}[{Position};{string.Join(',', Equal.Select(one => $"{Encoding.UTF8.GetString(one.Name)}={Encoding.UTF8.GetString(one.Text)}"))};{ResolvesTo};{Test}]";

    public static PathStep Of(string name, TypeUse use) => new(Encoding.UTF8.GetBytes(name), use);

    public bool Admits(R4 definitions, FhirNode item)
    {
        foreach (var (name, text) in Equal)
        {
            if (!item[name].TextEquals(text))
            {
                return false;
            }
        }

        return (ResolvesTo is null || ReferenceText.Leads(definitions, item, ResolvesTo))
            && (Test is null || PathExpression.IsTrue(Test.Evaluate(definitions, [new PathValue(item, Use, null)])));
    }
}
