using System.Text;

namespace Sante.Fhir.FhirPath;

internal enum TokenKind : byte
{
    End,
    Word,
    /// <summary><c>`quoted`</c>.</summary>
    QuotedWord,
    Text,
    Number,
    /// <summary><c>@…</c>: date, dateTime or time without the @.</summary>
    Moment,
    /// <summary><c>$this</c>, <c>$index</c>, <c>$total</c>, without the $.</summary>
    Special,
    Symbol,
    Broken,
}

/// <summary>A token; <paramref name="Text"/> has escapes resolved.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, int At)
{
    public bool Is(string symbol) => Kind == TokenKind.Symbol && Text == symbol;

    public bool IsWord(string word) => Kind == TokenKind.Word && Text == word;
}

/// <summary>Cuts an expression into tokens (http://hl7.org/fhirpath/N1/grammar.html).</summary>
internal sealed class PathLexer(string source)
{
    private static readonly string[] Pairs = ["<=", ">=", "!=", "!~"];
    private const string Singles = ".,()[]{}+-*/&|<>=~%";
    private int at;

    /// <summary>The next token; Broken for what no token begins with.</summary>
    public Token Next()
    {
        if (!SkipSpace())
        {
            return new Token(TokenKind.Broken, "", at);
        }

        if (at == source.Length)
        {
            return new Token(TokenKind.End, "", at);
        }

        var from = at;
        var first = source[at];
        if (char.IsAsciiLetter(first) || first == '_')
        {
            return new Token(TokenKind.Word, Word(), from);
        }

        if (char.IsAsciiDigit(first))
        {
            return new Token(TokenKind.Number, Number(), from);
        }

        return first switch
        {
            '\'' => Quoted(TokenKind.Text, '\''),
            '`' => Quoted(TokenKind.QuotedWord, '`'),
            '"' => Quoted(TokenKind.QuotedWord, '"'),
            '@' => Moment(),
            '$' => Special(),
            _ => Symbol(),
        };
    }

    private string Word()
    {
        var from = at;
        while (at < source.Length && (char.IsAsciiLetterOrDigit(source[at]) || source[at] == '_'))
        {
            at++;
        }

        return source[from..at];
    }

    private string Number()
    {
        var from = at;
        Digits();
        if (at + 1 < source.Length && source[at] == '.' && char.IsAsciiDigit(source[at + 1]))
        {
            at++;
            Digits();
        }

        return source[from..at];
    }

    private void Digits()
    {
        while (at < source.Length && char.IsAsciiDigit(source[at]))
        {
            at++;
        }
    }

    private Token Special()
    {
        var from = at++;
        return new Token(TokenKind.Special, Word(), from);
    }

    private Token Symbol()
    {
        foreach (var pair in Pairs)
        {
            if (string.CompareOrdinal(source, at, pair, 0, pair.Length) == 0)
            {
                at += pair.Length;
                return new Token(TokenKind.Symbol, pair, at - pair.Length);
            }
        }

        return Singles.Contains(source[at], StringComparison.Ordinal) ? new Token(TokenKind.Symbol, source[at].ToString(), at++) : new Token(TokenKind.Broken, "", at);
    }

    /// <summary>Digits and marks of a date and time. A point belongs to it only before a digit: <c>@T10:30.precision()</c>.</summary>
    private Token Moment()
    {
        var from = ++at;
        var timed = false;
        while (at < source.Length)
        {
            var letter = source[at];
            var zone = timed && from < at && letter is 'Z' or '+' or '-' && source[from] != 'T';
            if (letter == 'Z' && zone)
            {
                at++;
                break;
            }

            if (zone && !OffsetFollows())
            {
                break;
            }

            timed |= letter == 'T';
            var belongs = char.IsAsciiDigit(letter) || letter == 'T' || zone || (letter == '-' && !timed && DigitFollows()) || (letter == ':' && timed)
                || (letter == '.' && timed && DigitFollows());
            if (!belongs)
            {
                break;
            }

            at++;
        }

        return new Token(TokenKind.Moment, source[from..at], from - 1);
    }

    private bool DigitFollows() => at + 1 < source.Length && char.IsAsciiDigit(source[at + 1]);

    /// <summary><c>+hh:mm</c>: anything else after a time is arithmetic.</summary>
    private bool OffsetFollows() =>
        at + 5 < source.Length && char.IsAsciiDigit(source[at + 1]) && char.IsAsciiDigit(source[at + 2]) && source[at + 3] == ':'
        && char.IsAsciiDigit(source[at + 4]) && char.IsAsciiDigit(source[at + 5]);

    private Token Quoted(TokenKind kind, char quote)
    {
        var from = at++;
        var text = new StringBuilder();
        while (at < source.Length)
        {
            var letter = source[at++];
            if (letter == quote)
            {
                return new Token(kind, text.ToString(), from);
            }

            if (letter != '\\')
            {
                text.Append(letter);
            }
            else if (!Escape(text))
            {
                break;
            }
        }

        return new Token(TokenKind.Broken, "", from);
    }

    private bool Escape(StringBuilder text)
    {
        if (at == source.Length)
        {
            return false;
        }

        var letter = source[at++];
        if (letter == 'u')
        {
            if (at + 4 > source.Length || !ushort.TryParse(source.AsSpan(at, 4), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var unit))
            {
                return false;
            }

            at += 4;
            text.Append((char)unit);
            return true;
        }

        var plain = letter switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'f' => '\f', '\'' or '"' or '`' or '\\' or '/' => letter, _ => '\0' };
        text.Append(plain);
        return plain != '\0';
    }

    /// <summary>Skips white space and comments; false for a comment without an end.</summary>
    private bool SkipSpace()
    {
        while (at < source.Length)
        {
            if (char.IsWhiteSpace(source[at]))
            {
                at++;
            }
            else if (Begins("//"))
            {
                var end = source.IndexOf('\n', at);
                at = end < 0 ? source.Length : end + 1;
            }
            else if (Begins("/*"))
            {
                var end = source.IndexOf("*/", at + 2, StringComparison.Ordinal);
                if (end < 0)
                {
                    return false;
                }

                at = end + 2;
            }
            else
            {
                return true;
            }
        }

        return true;
    }

    private bool Begins(string text) => string.CompareOrdinal(source, at, text, 0, text.Length) == 0;
}
