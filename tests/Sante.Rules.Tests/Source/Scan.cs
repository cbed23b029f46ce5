using System.Text.RegularExpressions;

namespace Sante.Rules.Tests.Source;

/// <summary>Searches shared by the rules.</summary>
public static partial class Scan
{
    /// <summary>Every place in the code (comments and strings blanked) where a pattern matches, as violations.</summary>
    public static IEnumerable<Violation> Words(SourceFile file, string pattern, string what) =>
        Regex.Matches(file.Code, pattern).Select(match => file.At(match.Index, $"{what}: {match.Value.Trim()}"));

    /// <summary>Type declarations: name, offset, and whether abstract.</summary>
    public static IEnumerable<(string Name, int Offset, bool IsAbstract, string Kind)> Types(SourceFile file) =>
        TypeDeclaration().Matches(file.Code).Select(match => (
            match.Groups["name"].Value,
            match.Groups["name"].Index,
            match.Groups["modifiers"].Value.Contains("abstract", StringComparison.Ordinal),
            match.Groups["kind"].Value));

    /// <summary>
    /// The text of the statement around an offset, from after the last <c>;</c>, <c>{</c> or <c>}</c> before it to its own <c>;</c>.
    /// What stands in parentheses or braces of the statement belongs to it.
    /// </summary>
    public static (int Start, int End) Statement(string code, int offset)
    {
        var start = StatementStart(code, offset);
        var depth = 0;
        var end = start;
        for (; end < code.Length; end++)
        {
            depth += code[end] switch { '(' or '{' or '[' => 1, ')' or '}' or ']' => -1, _ => 0 };
            if (depth < 0 || (depth == 0 && code[end] == ';'))
            {
                break;
            }
        }

        return (start, end);
    }

    /// <summary>The calls made on the statement's own level: name and argument text of each <c>.Name(…)</c>, arguments of arguments left out.</summary>
    public static IEnumerable<(string Name, int Offset, string Arguments)> Chain(SourceFile file, int start, int end)
    {
        var code = file.Code;
        foreach (Match match in Call().Matches(code[..end], start))
        {
            if (DepthBetween(code, start, match.Index) == 0)
            {
                var open = match.Index + match.Length - 1;
                yield return (match.Groups["name"].Value, match.Index, file.CodeAndStrings[(open + 1)..Closing(code, open)]);
            }
        }
    }

    /// <summary>Offset of the bracket that closes the one at <paramref name="open"/>; the end of the text when there is none.</summary>
    public static int Closing(string code, int open)
    {
        var depth = 0;
        for (var i = open; i < code.Length; i++)
        {
            depth += code[i] switch { '(' or '{' or '[' => 1, ')' or '}' or ']' => -1, _ => 0 };
            if (depth == 0)
            {
                return i;
            }
        }

        return code.Length;
    }

    private static int StatementStart(string code, int offset)
    {
        var depth = 0;
        for (var i = offset - 1; i >= 0; i--)
        {
            if (depth == 0 && code[i] is ';' or '{' or '}')
            {
                return i + 1;
            }

            depth += code[i] switch { ')' or ']' => 1, '(' or '[' => -1, _ => 0 };
            if (depth < 0)
            {
                return i + 1;
            }
        }

        return 0;
    }

    private static int DepthBetween(string code, int from, int to)
    {
        var depth = 0;
        for (var i = from; i < to; i++)
        {
            depth += code[i] switch { '(' or '{' or '[' => 1, ')' or '}' or ']' => -1, _ => 0 };
        }

        return depth;
    }

    [GeneratedRegex(@"(?<modifiers>(?:\b(?:public|internal|private|protected|file|sealed|abstract|static|partial|readonly|ref|unsafe|new)\s+)*)\b(?<kind>record\s+struct|record\s+class|record|class|struct|interface|enum)\s+(?<name>[A-Z]\w*)")]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"\.\s*(?<name>[A-Z]\w*)\s*(?:<[^()]*?>)?\s*\(")]
    private static partial Regex Call();
}
