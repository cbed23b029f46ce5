using System.Text.RegularExpressions;
using Sante.Rules.Tests.Source;

namespace Sante.Rules.Tests.Rules;

/// <summary>No endpoint without a policy: said in its own statement or on its group, by <c>.RequireAuthorization("policy")</c> or <c>.AllowAnonymous()</c>.</summary>
public static partial class EndpointRules
{
    public static IReadOnlyList<Rule> All { get; } = [new("endpoint-has-policy", Check)];

    private static IEnumerable<Violation> Check(SourceTree tree) =>
        from file in tree.Product
        from Match mapping in Mapping().Matches(file.Code)
        where !HasPolicy(file, mapping.Index, depth: 0)
        select file.At(mapping.Index, $"{mapping.Value.Trim('.', '(', ' ')} without .RequireAuthorization(\"…\") or .AllowAnonymous()");

    /// <summary>True when the statement around the offset says the policy, or its receiver is a group that does.</summary>
    private static bool HasPolicy(SourceFile file, int offset, int depth)
    {
        var (start, end) = Scan.Statement(file.Code, offset);
        var level = file.Code[start..offset].LastIndexOf("=>", StringComparison.Ordinal) is var arrow and >= 0 ? start + arrow : start;
        if (Scan.Chain(file, level, end).Any(call => SaysPolicy(call.Name, call.Arguments)))
        {
            return true;
        }

        return depth < 4 && Receiver().Match(file.Code[level..(offset + 1)]) is { Success: true } receiver
            && GroupHasPolicy(file, receiver.Groups["name"].Value, offset, depth);
    }

    /// <summary>Looks at the nearest declaration of the group before its use, and at statements that set its policy.</summary>
    private static bool GroupHasPolicy(SourceFile file, string name, int before, int depth)
    {
        var declared = Regex.Matches(file.Code[..before], $@"\b(?:var|RouteGroupBuilder)\s+{name}\s*=").LastOrDefault();
        if (declared is null)
        {
            return false;
        }

        var set = Regex.Matches(file.Code[declared.Index..], $@"(?<![\w.]){name}\s*\.\s*(?:RequireAuthorization|AllowAnonymous)\s*\(");
        var (start, end) = Scan.Statement(file.Code, declared.Index);
        var chain = Scan.Chain(file, start, end).ToList();
        return chain.Any(call => SaysPolicy(call.Name, call.Arguments))
            || set.Any(match => Scan.Chain(file, declared.Index + match.Index, Scan.Statement(file.Code, declared.Index + match.Index).End).Any(call => SaysPolicy(call.Name, call.Arguments)))
            || (chain.Find(call => call.Name == "MapGroup") is { Name: not null } group && HasPolicy(file, group.Offset, depth + 1));
    }

    private static bool SaysPolicy(string name, string arguments) => name switch
    {
        "RequireAuthorization" => arguments.Trim() is not ("" or "\"\""),
        "AllowAnonymous" => true,
        _ => false,
    };

    [GeneratedRegex(@"\.\s*Map(?:Get|Post|Put|Patch|Delete|Methods|Fallback|HealthChecks|OpenApi|Hub)\s*(?:<[^()]*?>)?\s*\(")]
    private static partial Regex Mapping();

    [GeneratedRegex(@"(?<![\w.)])(?<name>[a-zA-Z_]\w*)\s*\.$")]
    private static partial Regex Receiver();
}
