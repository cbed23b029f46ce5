namespace Sante.Rules.Tests.Source;

/// <summary>
/// C# text with comments or strings blanked out. Knows line and block comments, characters, plain, verbatim, interpolated and raw
/// strings, with code in the holes of interpolated ones. No parser: enough for searching words.
/// </summary>
public sealed class CSharpMasks
{
    private readonly string text;
    private readonly char[] code;
    private readonly char[] codeAndStrings;
    private readonly char[] codeAndComments;
    private int at;

    private CSharpMasks(string text)
    {
        this.text = text;
        code = text.ToCharArray();
        codeAndStrings = text.ToCharArray();
        codeAndComments = text.ToCharArray();
    }

    public string Code => new(code);

    public string CodeAndStrings => new(codeAndStrings);

    public string CodeAndComments => new(codeAndComments);

    public static CSharpMasks Of(string text)
    {
        var masks = new CSharpMasks(text);
        masks.ReadCode(holeEnd: 0);
        return masks;
    }

    /// <summary>Reads code to the end of the text, or of a hole: <paramref name="holeEnd"/> closing braces at depth zero.</summary>
    private void ReadCode(int holeEnd)
    {
        var depth = 0;
        while (at < text.Length)
        {
            if (holeEnd > 0 && depth == 0 && Run('}') >= holeEnd)
            {
                at += holeEnd;
                return;
            }

            switch (text[at])
            {
                case '/' when Peek(1) == '/': Comment(Find("\n", at)); break;
                case '/' when Peek(1) == '*': Comment(Find("*/", at + 2) + 2); break;
                case '\'': Character(); break;
                case '"' or '$' or '@' when StartsString(): ReadString(); break;
                case '{': depth++; at++; break;
                case '}': depth--; at++; break;
                default: at++; break;
            }
        }
    }

    private void Comment(int end)
    {
        Blank(code, at, Math.Min(end, text.Length));
        Blank(codeAndStrings, at, Math.Min(end, text.Length));
        at = Math.Min(end, text.Length);
    }

    private void Character()
    {
        var end = at + 1;
        while (end < text.Length && text[end] != '\'' && text[end] != '\n')
        {
            end += text[end] == '\\' ? 2 : 1;
        }

        Content(at + 1, Math.Min(end, text.Length));
        at = Math.Min(end + 1, text.Length);
    }

    private bool StartsString()
    {
        var next = at;
        while (next < text.Length && text[next] is '$' or '@')
        {
            next++;
        }

        return next < text.Length && text[next] == '"';
    }

    private void ReadString()
    {
        var dollars = 0;
        var verbatim = false;
        for (; text[at] != '"'; at++)
        {
            dollars += text[at] == '$' ? 1 : 0;
            verbatim |= text[at] == '@';
        }

        var quotes = Run('"');
        if (quotes >= 3 && !verbatim)
        {
            at += quotes;
            Body(dollars, rawQuotes: quotes, verbatim: false);
        }
        else
        {
            at++;
            Body(Math.Min(dollars, 1), rawQuotes: 0, verbatim);
        }
    }

    /// <summary>Reads what is between the quotes, and the closing ones.</summary>
    private void Body(int dollars, int rawQuotes, bool verbatim)
    {
        while (at < text.Length)
        {
            var c = text[at];
            if (c == '"' && Closes(rawQuotes, verbatim))
            {
                at += Math.Max(rawQuotes, 1);
                return;
            }

            if (c == '{' && dollars > 0 && OpensHole(dollars, rawQuotes))
            {
                at += rawQuotes > 0 ? dollars : 1;
                ReadCode(rawQuotes > 0 ? dollars : 1);
                continue;
            }

            var length = c switch
            {
                '\\' when !verbatim && rawQuotes == 0 => 2,
                '"' when rawQuotes == 0 => 2,
                '{' when rawQuotes == 0 && dollars > 0 => 2,
                _ => 1,
            };
            var end = Math.Min(at + length, text.Length);
            Content(at, end);
            at = end;
            if (c == '\n' && rawQuotes == 0 && !verbatim)
            {
                return; // an unfinished plain string ends with its line
            }
        }
    }

    private bool Closes(int rawQuotes, bool verbatim) =>
        rawQuotes > 0 ? Run('"') >= rawQuotes : !verbatim || Peek(1) != '"';

    /// <summary>One brace opens a hole in a plain string (two are a brace); as many as dollars in a raw one.</summary>
    private bool OpensHole(int dollars, int rawQuotes)
    {
        var braces = Run('{');
        return rawQuotes > 0 ? braces == dollars : braces % 2 == 1;
    }

    private void Content(int from, int to)
    {
        Blank(code, from, to);
        Blank(codeAndComments, from, to);
    }

    private static void Blank(char[] mask, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            mask[i] = mask[i] == '\n' ? '\n' : ' ';
        }
    }

    private int Run(char c)
    {
        var end = at;
        while (end < text.Length && text[end] == c)
        {
            end++;
        }

        return end - at;
    }

    private char Peek(int ahead) => at + ahead < text.Length ? text[at + ahead] : '\0';

    private int Find(string what, int from) =>
        text.IndexOf(what, Math.Min(from, text.Length), StringComparison.Ordinal) is var found and >= 0 ? found : text.Length;
}
