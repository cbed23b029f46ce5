using System.Text.Json;
using Sante.Fhir.Definitions;

namespace Sante.Definitions;

/// <summary>SearchParameter resources to one <see cref="SearchParameterDef"/> per resource type, each with its own part of the expression.</summary>
internal static class SearchCompiler
{
    public static List<SearchParameterDef> Compile(Source source, Dictionary<string, TypeDef> types)
    {
        var byUrl = source.SearchParameters.Where(one => one.Text("url") is not null).DistinctBy(one => one.Text("url")).ToDictionary(one => one.Text("url")!, StringComparer.Ordinal);
        var found = new SortedDictionary<(string Base, string Code), SearchParameterDef>();
        foreach (var parameter in source.SearchParameters.Where(IsReal))
        {
            foreach (var on in parameter.Items("base").Select(one => one.GetString()!).Where(types.ContainsKey))
            {
                var expression = parameter.Text("expression");
                var own = expression is null ? "" : string.Join(" | ", Parts(expression).Where(part => IsOf(part, on, types)));
                if (expression is null || own.Length > 0)
                {
                    Merge(found, Definition(parameter, on, own, byUrl));
                }
            }
        }

        return [.. found.Values];
    }

    // The package's three teaching examples would take the place of Resource._id and Condition.subject.
    private static bool IsReal(JsonElement parameter) =>
        parameter.Text("code") is not null && parameter.Text("type") is not null && parameter.Text("id")?.StartsWith("example", StringComparison.Ordinal) != true;

    private static SearchParameterDef Definition(JsonElement parameter, string on, string expression, Dictionary<string, JsonElement> byUrl) => new()
    {
        Base = on,
        Code = parameter.Text("code")!,
        Type = parameter.Text("type")!,
        Url = parameter.Text("url") ?? "",
        Expression = expression,
        Targets = Texts(parameter, "target"),
        Components = [.. parameter.Items("component").Select(component => Component(component, byUrl))],
        Comparators = Texts(parameter, "comparator"),
        Modifiers = Texts(parameter, "modifier"),
        Chains = Texts(parameter, "chain"),
        MultipleOr = parameter.Member("multipleOr")?.GetBoolean() ?? true,
    };

    private static SearchComponentDef Component(JsonElement component, Dictionary<string, JsonElement> byUrl)
    {
        var url = component.Text("definition")!;
        var definition = byUrl.GetValueOrDefault(url);
        return new SearchComponentDef { Definition = url, Type = definition.Text("type") ?? "", Code = definition.Text("code") ?? "", Expression = component.Text("expression")! };
    }

    private static List<string> Texts(JsonElement parameter, string name) => [.. parameter.Items(name).Select(one => one.GetString()!)];

    // Two parameters of the same code on one type (PDSm gives "source" twice): one parameter whose expression is the union.
    private static void Merge(SortedDictionary<(string Base, string Code), SearchParameterDef> found, SearchParameterDef added)
    {
        var key = (added.Base, added.Code);
        found[key] = !found.TryGetValue(key, out var before) ? added
            : before.Expression == added.Expression || before.Type != added.Type ? before
            : before with { Expression = $"{before.Expression} | {added.Expression}", Targets = [.. before.Targets.Union(added.Targets)] };
    }

    /// <summary>The operands of the unions outside of parentheses.</summary>
    private static IEnumerable<string> Parts(string expression)
    {
        var (depth, from) = (0, 0);
        for (var at = 0; at <= expression.Length; at++)
        {
            var letter = at < expression.Length ? expression[at] : '|';
            depth += letter == '(' ? 1 : letter == ')' ? -1 : 0;
            if (letter == '|' && depth == 0)
            {
                yield return expression[from..at].Trim();
                from = at + 1;
            }
        }
    }

    private static bool IsOf(string part, string type, Dictionary<string, TypeDef> types)
    {
        var first = new string([.. part.TrimStart('(', ' ').TakeWhile(char.IsAsciiLetterOrDigit)]);
        return first == type || !types.ContainsKey(first) || first is "Resource" or "DomainResource";
    }
}
