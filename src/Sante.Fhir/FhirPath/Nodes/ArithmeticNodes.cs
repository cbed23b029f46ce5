namespace Sante.Fhir.FhirPath;

/// <summary><c>+ - * / div mod &amp;</c>.</summary>
internal sealed class ArithmeticNode : PathNode
{
    private readonly PathNode left;
    private readonly PathNode right;
    private readonly string operation;

    public ArithmeticNode(PathNode left, PathNode right, string operation)
    {
        (this.left, this.right, this.operation) = (left, right, operation);
        Depth = DepthOf(left, right);
    }

    public override void Run(PathRun run, in FhirPathValue focus, Items output)
    {
        if (!run.Spend())
        {
            return;
        }

        var one = Operand(run, left, focus);
        var other = Operand(run, right, focus);
        if (run.Failed)
        {
            return;
        }

        if (operation == "&")
        {
            Concatenate(run, one, other, output);
        }
        else if (one.Exists && other.Exists)
        {
            var result = Arithmetic.Apply(run, operation, one, other);
            if (result.Kind == FhirPathKind.String)
            {
                run.AddText(output, result.String);
            }
            else if (result.Exists)
            {
                output.Add(result);
            }
        }
    }

    private FhirPathValue Operand(PathRun run, PathNode node, in FhirPathValue focus)
    {
        var item = run.Single(node, focus);
        var value = Conversion.ToSystem(item);
        if (item.Exists && !value.Exists && !Conversion.IsPrimitive(item))
        {
            run.Fail(PathFaults.Type(operation));
        }

        return value;
    }

    private void Concatenate(PathRun run, in FhirPathValue one, in FhirPathValue other, Items output)
    {
        if ((one.Exists && one.Kind != FhirPathKind.String) || (other.Exists && other.Kind != FhirPathKind.String))
        {
            run.Fail(PathFaults.Type(operation));
            return;
        }

        var (first, second) = (one.Exists ? one.String : "", other.Exists ? other.String : "");
        if (first.Length + (long)second.Length > run.Scope.Limits.MaxTextLength)
        {
            run.Fail(PathFaults.TooCostly);
            return;
        }

        run.AddText(output, first + second);
    }
}

/// <summary>Unary <c>-</c> and <c>+</c>.</summary>
internal sealed class SignNode : PathNode
{
    private readonly PathNode source;
    private readonly bool negative;

    public SignNode(PathNode source, bool negative)
    {
        (this.source, this.negative) = (source, negative);
        Depth = DepthOf(source);
    }

    /// <summary>What is signed: in sort() a minus asks for descending order.</summary>
    public PathNode Source => source;

    public bool IsNegative => negative;

    public override void Run(PathRun run, in FhirPathValue focus, Items output)
    {
        var item = run.Single(source, focus);
        var value = Conversion.ToSystem(item);
        switch (value.Kind)
        {
            case FhirPathKind.Integer when !negative || value.Whole != int.MinValue:
                output.Add(FhirPathValue.Of(negative ? -value.Whole : value.Whole));
                break;
            case FhirPathKind.Decimal:
                output.Add(FhirPathValue.Of(negative ? -value.Number : value.Number));
                break;
            case FhirPathKind.Quantity:
                output.Add(FhirPathValue.Of(negative ? value.Quantity with { Value = -value.Quantity.Value } : value.Quantity));
                break;
            case FhirPathKind.None when !item.Exists:
            case FhirPathKind.Integer:
                break;
            default:
                run.Fail(PathFaults.Type(negative ? "-" : "+"));
                break;
        }
    }
}

/// <summary><c>|</c> and <c>union()</c>: each distinct item once.</summary>
internal sealed class UnionNode : PathNode
{
    private readonly PathNode left;
    private readonly PathNode right;

    public UnionNode(PathNode left, PathNode right)
    {
        (this.left, this.right) = (left, right);
        Depth = DepthOf(left, right);
    }

    public override void Run(PathRun run, in FhirPathValue focus, Items output)
    {
        var items = run.Rent();
        left.Run(run, focus, items);
        if (run.Spend())
        {
            right.Run(run, focus, items);
        }

        Distinct.Add(run, items, output);
        run.Return(items);
    }

    public override bool Any(PathRun run, in FhirPathValue focus) => left.Any(run, focus) || (run.Spend() && right.Any(run, focus));
}
