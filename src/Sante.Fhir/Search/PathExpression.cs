using Sante.Fhir.Check;
using Sante.Fhir.Definitions;

namespace Sante.Fhir.Search;

/// <summary>One item of an evaluated path: a node with its type, or a literal (<see cref="Literal"/>) that the expression made.</summary>
internal readonly record struct PathValue(FhirNode Node, TypeUse? Use, string? Literal)
{
    /// <summary>Text of a primitive or literal, else null.</summary>
    public string? Text => Literal ?? Node.Text;
}

/// <summary>
/// The small part of FHIRPath that search parameters are written in: paths, <c>|</c>, <c>as</c>, <c>is</c>, <c>=</c>, <c>!=</c>, <c>and</c>, <c>where()</c>,
/// <c>exists()</c>, <c>extension()</c>, <c>resolve()</c> inside <c>is</c>, <c>first()</c>, <c>[n]</c>. Compiled once, evaluated without state; the full engine takes its place later.
/// </summary>
internal abstract record PathExpression
{
    /// <summary>Evaluates over the items in focus.</summary>
    public abstract List<PathValue> Evaluate(R4 definitions, List<PathValue> focus);

    /// <summary>Evaluates over a resource.</summary>
    public List<PathValue> Evaluate(R4 definitions, FhirResource resource) =>
        definitions.Resources.TryGetValue(resource.Type, out var type)
            ? Evaluate(definitions, [new PathValue(resource.Root, new TypeUse { Name = resource.Type, Type = type }, null)]) : [];

    internal static bool IsTrue(List<PathValue> values) => values is [{ Text: "true" }] || (values.Count == 1 && values[0].Text is null);

    internal static List<PathValue> Of(bool value) => [new PathValue(default, null, value ? "true" : "false")];
}

internal sealed record PathThis : PathExpression
{
    public override List<PathValue> Evaluate(R4 definitions, List<PathValue> focus) => focus;
}

internal sealed record PathLiteral(string Value) : PathExpression
{
    public override List<PathValue> Evaluate(R4 definitions, List<PathValue> focus) => [new PathValue(default, null, Value)];
}

/// <summary>The items under a name; at the start of a path a type's name keeps the focus when it is of that type.</summary>
internal sealed record PathName(PathExpression From, string Name) : PathExpression
{
    public override List<PathValue> Evaluate(R4 definitions, List<PathValue> focus)
    {
        var values = From.Evaluate(definitions, focus);
        if (From is PathThis && char.IsAsciiLetterUpper(Name[0]))
        {
            return [.. values.Where(value => Name is "Resource" or "DomainResource" || value.Use?.Name == Name)];
        }

        List<PathValue> found = [];
        foreach (var value in values)
        {
            if (value.Use is null || value.Node.Kind != FhirNodeKind.Map)
            {
                continue;
            }

            foreach (var item in ProfileCheck.ItemsOf(value.Node, Name, TypeOf(definitions, value)))
            {
                found.Add(new PathValue(item.Node, item.Use, null));
            }
        }

        return found;
    }

    private static TypeDef TypeOf(R4 definitions, PathValue value) =>
        value.Use!.Type is { Kind: TypeKind.Resource } own && value.Node["resourceType"u8].Text is { } name ? definitions.Resources.GetValueOrDefault(name, own) : value.Use.Type;
}

internal sealed record PathUnion(PathExpression Left, PathExpression Right) : PathExpression
{
    public override List<PathValue> Evaluate(R4 definitions, List<PathValue> focus) =>
        [.. Left.Evaluate(definitions, focus), .. Right.Evaluate(definitions, focus)];
}

/// <summary>Items of a type; names compare without case, as R4 writes both <c>dateTime</c> and <c>DateTime</c>.</summary>
internal sealed record PathAs(PathExpression From, string Type) : PathExpression
{
    public override List<PathValue> Evaluate(R4 definitions, List<PathValue> focus) =>
        [.. From.Evaluate(definitions, focus).Where(value => string.Equals(value.Use?.Name, Type, StringComparison.OrdinalIgnoreCase))];
}

/// <summary><c>resolve() is Type</c>: told from the reference's text, nothing is fetched. A reference that does not tell its type passes.</summary>
internal sealed record PathResolvesTo(string Type) : PathExpression
{
    public override List<PathValue> Evaluate(R4 definitions, List<PathValue> focus) =>
        Of(focus.Any(value => value.Use?.Name == "Reference" && (References.TypeOf(definitions, value.Node) ?? Type) == Type));
}

internal sealed record PathWhere(PathExpression From, PathExpression Test) : PathExpression
{
    public override List<PathValue> Evaluate(R4 definitions, List<PathValue> focus) =>
        [.. From.Evaluate(definitions, focus).Where(value => IsTrue(Test.Evaluate(definitions, [value])))];
}

internal sealed record PathEquals(PathExpression Left, PathExpression Right, bool Negated) : PathExpression
{
    public override List<PathValue> Evaluate(R4 definitions, List<PathValue> focus)
    {
        var (left, right) = (Left.Evaluate(definitions, focus), Right.Evaluate(definitions, focus));
        return left.Count == 0 || right.Count == 0 ? []
            : Of((left.Count == right.Count && left.Zip(right).All(pair => pair.First.Text is { } text && text == pair.Second.Text)) != Negated);
    }
}

/// <summary>Both true; in search expressions an operand that is empty because of <c>!=</c> on an absent value counts as true when the other is.</summary>
internal sealed record PathAnd(PathExpression Left, PathExpression Right) : PathExpression
{
    public override List<PathValue> Evaluate(R4 definitions, List<PathValue> focus) =>
        Of(IsTrue(Left.Evaluate(definitions, focus)) && IsTrue(Right.Evaluate(definitions, focus)));
}

internal sealed record PathExists(PathExpression From) : PathExpression
{
    public override List<PathValue> Evaluate(R4 definitions, List<PathValue> focus) => Of(From.Evaluate(definitions, focus).Count > 0);
}

internal sealed record PathIndex(PathExpression From, int Position) : PathExpression
{
    public override List<PathValue> Evaluate(R4 definitions, List<PathValue> focus) => [.. From.Evaluate(definitions, focus).Skip(Position).Take(1)];
}
