using System.Text;
using Sante.Fhir.Definitions;

namespace Sante.Fhir.Search;

/// <summary>From a parsed expression and the type that it starts from to walks along JSON names.</summary>
internal static class PathCompiler
{
    /// <summary>The walks, or null when the expression needs to be evaluated as it is. Values of extensions are their <c>value[x]</c>.</summary>
    public static List<PathWalk>? Walks(R4 definitions, TypeUse root, PathExpression expression)
    {
        if (Of(definitions, root, expression) is not { } walks)
        {
            return null;
        }

        List<PathWalk> ended = [];
        foreach (var walk in walks)
        {
            if (walk.Use.Name == "Extension")
            {
                ended.AddRange(Members(walk, "value"));
            }
            else
            {
                ended.Add(walk);
            }
        }

        return ended;
    }

    private static List<PathWalk>? Of(R4 definitions, TypeUse root, PathExpression expression)
    {
        switch (expression)
        {
            case PathThis:
                return [new PathWalk([], root)];
            case PathName { From: PathThis } name when char.IsAsciiLetterUpper(name.Name[0]):
                return name.Name is "Resource" or "DomainResource" || root.Name == name.Name ? [new PathWalk([], root)] : [];
            case PathName name:
                return Of(definitions, root, name.From) is { } from && from.All(walk => walk.Use.Name is not ("Resource" or "DomainResource"))
                    ? [.. from.SelectMany(walk => Members(walk, name.Name))] : null;
            case PathUnion union:
                return Of(definitions, root, union.Left) is { } left && Of(definitions, root, union.Right) is { } right ? [.. left, .. right] : null;
            case PathAs cast:
                return Of(definitions, root, cast.From) is { } any ? [.. any.Where(walk => string.Equals(walk.Use.Name, cast.Type, StringComparison.OrdinalIgnoreCase))] : null;
            case PathWhere where:
                return Of(definitions, root, where.From) is { } all && all.All(walk => walk.Steps.Length > 0) ? [.. all.Select(walk => walk.WithLast(step => With(step, where.Test)))] : null;
            case PathIndex index:
                // Several lists on the way would need one count over them all.
                return Of(definitions, root, index.From) is [{ Steps: [var only] } single] ? [single.WithLast(_ => only with { Position = index.Position })] : null;
            default:
                return null;
        }
    }

    private static IEnumerable<PathWalk> Members(PathWalk walk, string name)
    {
        if (walk.Use.Type.Elements.Find(element => element.Name == name) is not { } element)
        {
            yield break;
        }

        foreach (var use in element.Types)
        {
            yield return walk.Then(PathStep.Of(element.Choice ? name + char.ToUpperInvariant(use.Name[0]) + use.Name[1..] : name, use) with { Element = element }, use);
            if (!element.Choice)
            {
                break;
            }
        }
    }

    private static PathStep With(PathStep step, PathExpression test) => test switch
    {
        PathEquals { Negated: false, Left: PathName { From: PathThis } name, Right: PathLiteral literal } when char.IsAsciiLetterLower(name.Name[0]) =>
            step with { Equal = [.. step.Equal, (Encoding.UTF8.GetBytes(name.Name), Encoding.UTF8.GetBytes(literal.Value))] },
        PathResolvesTo to when step.ResolvesTo is null => step with { ResolvesTo = to.Type },
        _ => step with { Test = step.Test is null ? test : new PathAnd(step.Test, test) },
    };
}
