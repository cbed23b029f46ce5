using Sante.Fhir.Definitions;

namespace Sante.Definitions;

/// <summary>SearchParameter resources to one <see cref="SearchParameterDef"/> per resource type, each with its own part of the expression.</summary>
internal static class SearchCompiler
{
    public static List<SearchParameterDef> Compile(Source source, Dictionary<string, TypeDef> types)
    {
        var found = new SortedDictionary<(string Base, string Code), SearchParameterDef>();
        foreach (var parameter in source.SearchParameters)
        {
            var (code, type, expression) = (parameter.Text("code"), parameter.Text("type"), parameter.Text("expression"));
            foreach (var on in parameter.Items("base").Select(one => one.GetString()!))
            {
                var own = expression is null ? "" : string.Join(" | ", Parts(expression).Where(part => IsOf(part, on, types)));
                if (own.Length > 0 && types.ContainsKey(on) && code is not null && type is not null)
                {
                    Merge(found, new SearchParameterDef
                    {
                        Base = on, Code = code, Type = type, Expression = own, Targets = [.. parameter.Items("target").Select(target => target.GetString()!)],
                    });
                }
            }
        }

        return [.. found.Values];
    }

    // Two parameters of the same code on one type (PDSm gives "source" twice): one parameter whose expression is the union.
    private static void Merge(SortedDictionary<(string Base, string Code), SearchParameterDef> found, SearchParameterDef added)
    {
        var key = (added.Base, added.Code);
        found[key] = !found.TryGetValue(key, out var before) ? added
            : before.Expression == added.Expression || before.Type != added.Type ? before
            : new SearchParameterDef
            {
                Base = added.Base,
                Code = added.Code,
                Type = added.Type,
                Expression = $"{before.Expression} | {added.Expression}",
                Targets = [.. before.Targets.Union(added.Targets)],
            };
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
