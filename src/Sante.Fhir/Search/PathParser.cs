using System.Globalization;

namespace Sante.Fhir.Search;

/// <summary>Reads the expressions of search parameters; null for what is outside the part of FHIRPath that <see cref="PathExpression"/> has.</summary>
internal ref struct PathParser
{
    private readonly ReadOnlySpan<char> text;
    private int at;
    private bool failed;

    private PathParser(ReadOnlySpan<char> text) => this.text = text;

    public static PathExpression? Parse(string expression)
    {
        var parser = new PathParser(expression);
        var path = parser.And();
        parser.Space();
        return parser.failed || parser.at < parser.text.Length ? null : path;
    }

    private PathExpression And()
    {
        var left = Equality();
        while (!failed && Word("and"))
        {
            left = new PathAnd(left, Equality());
        }

        return left;
    }

    private PathExpression Equality()
    {
        var left = Union();
        Space();
        if (Take("!="))
        {
            return new PathEquals(left, Union(), true);
        }

        return Take("=") ? new PathEquals(left, Union(), false) : left;
    }

    private PathExpression Union()
    {
        var left = Typed();
        while (!failed && Take("|"))
        {
            left = new PathUnion(left, Typed());
        }

        return left;
    }

    private PathExpression Typed()
    {
        var left = Path();
        return Word("as") ? new PathAs(left, Name())
            : Word("is") ? Resolved(left)
            : left;
    }

    private PathResolvesTo Resolved(PathExpression left)
    {
        failed |= left is not PathResolve;
        return new PathResolvesTo(Name());
    }

    private PathExpression Path()
    {
        Space();
        PathExpression path;
        if (Take("("))
        {
            path = And();
            failed |= !Take(")");
        }
        else if (at < text.Length && text[at] == '\'')
        {
            return new PathLiteral(Quoted());
        }
        else
        {
            path = Step(new PathThis());
        }

        while (!failed && at < text.Length && (text[at] == '.' || text[at] == '['))
        {
            if (text[at++] == '.')
            {
                path = Step(path);
                continue;
            }

            var number = Digits();
            failed |= !Take("]");
            path = new PathIndex(path, number);
        }

        return path;
    }

    private PathExpression Step(PathExpression from)
    {
        var name = Name();
        if (failed)
        {
            return from;
        }

        if (at >= text.Length || text[at] != '(')
        {
            return name is "true" or "false" && from is PathThis ? new PathLiteral(name) : new PathName(from, name);
        }

        at++;
        return Function(from, name);
    }

    private PathExpression Function(PathExpression from, string name)
    {
        PathExpression made;
        switch (name)
        {
            case "where":
                made = new PathWhere(from, And());
                break;
            case "as" or "ofType":
                made = new PathAs(from, Name());
                break;
            case "exists":
                made = new PathExists(from);
                break;
            case "first":
                made = new PathIndex(from, 0);
                break;
            case "resolve":
                made = new PathResolve();
                break;
            case "extension":
                made = Extension(from);
                break;
            case "hasExtension":
                // No function of FHIRPath, and used by one parameter of R4 (QuestionnaireResponse item-subject).
                made = new PathExists(Extension(from));
                break;
            default:
                return Fail();
        }

        Space();
        return Take(")") ? made : Fail();
    }

    private PathWhere Extension(PathExpression from)
    {
        Space();
        return new PathWhere(new PathName(from, "extension"), new PathEquals(new PathName(new PathThis(), "url"), new PathLiteral(Quoted()), false));
    }

    private string Name()
    {
        Space();
        var from = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_'))
        {
            at++;
        }

        failed |= at == from;
        return text[from..at].ToString();
    }

    private string Quoted()
    {
        if (at >= text.Length || text[at] != '\'' || text[(at + 1)..].IndexOf('\'') is not (var length and >= 0))
        {
            failed = true;
            return "";
        }

        var value = text.Slice(at + 1, length).ToString();
        at += length + 2;
        return value;
    }

    private int Digits()
    {
        var from = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        failed |= !int.TryParse(text[from..at], NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        return number;
    }

    private bool Word(string word)
    {
        Space();
        if (!text[at..].StartsWith(word) || (at + word.Length < text.Length && char.IsAsciiLetterOrDigit(text[at + word.Length])))
        {
            return false;
        }

        at += word.Length;
        return true;
    }

    private bool Take(string token)
    {
        Space();
        if (!text[at..].StartsWith(token))
        {
            return false;
        }

        at += token.Length;
        return true;
    }

    private void Space()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }
    }

    private PathThis Fail()
    {
        failed = true;
        return new PathThis();
    }

    /// <summary>A mark: only <c>resolve() is X</c> is understood.</summary>
    private sealed record PathResolve : PathExpression
    {
        public override List<PathValue> Evaluate(Definitions.R4 definitions, List<PathValue> focus) => focus;
    }
}
