using Sante.Kernel;

namespace Sante.Fhir.FhirPath;

/// <summary>Reads an expression by precedence (http://hl7.org/fhirpath/N1/#operator-precedence) and compiles it in the same pass.</summary>
internal sealed partial class PathSyntax
{
    private const int MaxNesting = 120;
    private const int TypePrecedence = 8;
    private readonly PathLexer lexer;
    private Token token;
    private int nesting;

    public PathSyntax(string source)
    {
        lexer = new PathLexer(source);
        token = lexer.Next();
    }

    /// <summary>Why there is no expression.</summary>
    public Refusal? Fault { get; private set; }

    /// <summary>The compiled expression, or null with the fault.</summary>
    public PathNode? Parse()
    {
        var node = Operators(0);
        if (token.Kind != TokenKind.End)
        {
            Broken();
        }

        return Fault is null ? node : null;
    }

    private ThisNode Fail(Refusal refusal)
    {
        Fault ??= refusal;
        // Nothing more is read: every loop sees the end.
        token = new Token(TokenKind.End, "", token.At);
        return new ThisNode();
    }

    private ThisNode Broken() => Fail(PathFaults.Syntax(token.At));

    private void Move() => token = Fault is null ? lexer.Next() : token;

    /// <summary>How tightly an operator binds, 0 for none.</summary>
    private static int PrecedenceOf(in Token token) => token.Kind is not (TokenKind.Symbol or TokenKind.Word) ? 0 : token.Text switch
    {
        "implies" => 1,
        "or" or "xor" => 2,
        "and" => 3,
        "in" or "contains" => 4,
        "=" or "!=" or "~" or "!~" => 5,
        "<" or "<=" or ">" or ">=" => 6,
        "|" => 7,
        "is" or "as" => TypePrecedence,
        "+" or "-" or "&" => 9,
        "*" or "/" or "div" or "mod" => 10,
        _ => 0,
    };

    private PathNode Operators(int least)
    {
        if (++nesting > MaxNesting)
        {
            return Fail(PathFaults.TooComplex);
        }

        var left = Signed();
        while (Fault is null && PrecedenceOf(token) is var precedence && precedence > least)
        {
            var operation = token.Text;
            Move();
            if (precedence == TypePrecedence)
            {
                left = Typed(left, operation);
            }
            else
            {
                left = Binary(operation, left, Operators(precedence));
            }

            if (left.Depth > FhirPathLimits.MaxExpressionDepth)
            {
                return Fail(PathFaults.TooComplex);
            }
        }

        nesting--;
        return left;
    }

    private static PathNode Binary(string operation, PathNode left, PathNode right) => operation switch
    {
        "implies" => new ImpliesNode(left, right),
        "or" => new OrNode(left, right),
        "xor" => new XorNode(left, right),
        "and" => new AndNode(left, right),
        "in" => new MembershipNode(left, right),
        "contains" => new MembershipNode(right, left),
        "=" or "!=" => new EqualityNode(left, right, false, operation == "!="),
        "~" or "!~" => new EqualityNode(left, right, true, operation == "!~"),
        "<" or "<=" or ">" or ">=" => new OrderNode(left, right, operation),
        "|" => new UnionNode(left, right),
        _ => new ArithmeticNode(left, right, operation),
    };

    private PathNode Typed(PathNode left, string operation)
    {
        var name = Word();
        string? space = null;
        if (token.Is("."))
        {
            Move();
            (space, name) = (name, Word());
        }

        if (Fault is not null)
        {
            return left;
        }

        return TypeReference.Find(space, name) is not { } type ? Fail(PathFaults.UnknownType(name))
            : operation == "is" ? new IsNode(left, type) : new AsNode(left, type, false);
    }

    private PathNode Signed()
    {
        if (!token.Is("-") && !token.Is("+"))
        {
            return Path();
        }

        var negative = token.Text == "-";
        Move();
        if (++nesting > MaxNesting)
        {
            return Fail(PathFaults.TooComplex);
        }

        var signed = new SignNode(Signed(), negative);
        nesting--;
        return signed;
    }

    /// <summary>A term and what follows it: <c>.member</c>, <c>.function()</c>, <c>[index]</c>.</summary>
    private PathNode Path()
    {
        var node = Term();
        while (Fault is null)
        {
            if (token.Is("."))
            {
                Move();
                node = token.Kind == TokenKind.Special ? SpecialOf(node) : Invocation(node);
            }
            else if (token.Is("["))
            {
                Move();
                var index = Operators(0);
                Expect("]");
                node = new IndexerNode(node, index);
            }
            else
            {
                break;
            }

            if (node.Depth > FhirPathLimits.MaxExpressionDepth)
            {
                return Fail(PathFaults.TooComplex);
            }
        }

        return node;
    }

    private PathNode Term()
    {
        switch (token.Kind)
        {
            case TokenKind.Text: return Literal(FhirPathValue.Of(token.Text));
            case TokenKind.Number: return NumberOrQuantity();
            case TokenKind.Moment: return MomentLiteral();
            case TokenKind.Special: return SpecialOf(null);
            case TokenKind.Word when token.Text is "true" or "false": return Literal(FhirPathValue.Of(token.Text == "true"));
            case TokenKind.Word or TokenKind.QuotedWord: return Invocation(null);
            case TokenKind.Symbol: return Enclosed();
            default: return Broken();
        }
    }

    private PathNode Enclosed()
    {
        if (token.Is("("))
        {
            Move();
            var inner = Operators(0);
            Expect(")");
            return inner;
        }

        if (token.Is("{"))
        {
            Move();
            Expect("}");
            return new LiteralNode();
        }

        if (!token.Is("%"))
        {
            return Broken();
        }

        Move();
        var name = token.Text;
        if (token.Kind is not (TokenKind.Word or TokenKind.QuotedWord or TokenKind.Text))
        {
            return Broken();
        }

        Move();
        return new VariableNode(name);
    }

    private PathNode SpecialOf(PathNode? source)
    {
        // x.$this is allowed by the grammar and says x.
        var special = token.Text;
        Move();
        return special switch
        {
            "this" => source ?? new ThisNode(),
            "index" => new IndexNode(),
            "total" => new TotalNode(),
            _ => Broken(),
        };
    }

    private PathNode Invocation(PathNode? source)
    {
        var quoted = token.Kind == TokenKind.QuotedWord;
        var name = Word();
        if (Fault is not null || quoted || !token.Is("("))
        {
            return new MemberNode(source, name);
        }

        Move();
        List<PathNode> arguments = [];
        if (!token.Is(")"))
        {
            do
            {
                arguments.Add(Operators(0));
            }
            while (Fault is null && token.Is(",") && MoveOn());
        }

        Expect(")");
        return Fault is not null ? new ThisNode() : FunctionTable.Make(name, source, arguments, out var fault) is { } node ? node : Fail(fault!);
    }

    private bool MoveOn()
    {
        Move();
        return true;
    }

    private string Word()
    {
        var name = token.Text;
        if (token.Kind is not (TokenKind.Word or TokenKind.QuotedWord))
        {
            Broken();
            return "";
        }

        Move();
        return name;
    }

    private void Expect(string symbol)
    {
        if (token.Is(symbol))
        {
            Move();
        }
        else if (Fault is null)
        {
            Broken();
        }
    }
}
