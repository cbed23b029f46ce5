using System.Text;

namespace Sante.Fhir.FhirPath;

/// <summary><c>=</c>, <c>!=</c>, <c>~</c>, <c>!~</c>.</summary>
internal sealed class EqualityNode : ConditionNode
{
    private readonly PathNode left;
    private readonly PathNode right;
    private readonly bool equivalence;
    private readonly bool negated;
    // A string literal on the right, by far the usual case in FHIR: compared with the JSON's bytes.
    private readonly byte[]? literal;

    public EqualityNode(PathNode left, PathNode right, bool equivalence, bool negated)
    {
        (this.left, this.right, this.equivalence, this.negated) = (left, right, equivalence, negated);
        literal = !equivalence && right is LiteralNode { Value: { Kind: FhirPathKind.String } value } ? Encoding.UTF8.GetBytes(value.String) : null;
        Depth = DepthOf(left, right);
    }

    public override Truth Test(PathRun run, in FhirPathValue focus)
    {
        if (!run.Spend())
        {
            return Truth.Empty;
        }

        var one = run.Rent();
        left.Run(run, focus, one);
        bool? equal;
        if (literal is not null && one.Count == 1 && one[0].NodeKind == FhirNodeKind.Text
            && one[0].Type?.Primitive is not (Definitions.PrimitiveForm.Date or Definitions.PrimitiveForm.DateTime or Definitions.PrimitiveForm.Instant or Definitions.PrimitiveForm.Time))
        {
            equal = one[0].Node.TextEquals(literal);
        }
        else
        {
            var other = run.Rent();
            right.Run(run, focus, other);
            equal = equivalence ? Equality.Equivalent(run, one, other) : Equality.Equal(run, one, other);
            run.Return(other);
        }

        run.Return(one);
        return equal is { } known ? Of(known != negated) : Truth.Empty;
    }
}

/// <summary><c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c>, <c>&gt;=</c>.</summary>
internal sealed class OrderNode : ConditionNode
{
    private readonly PathNode left;
    private readonly PathNode right;
    private readonly string operation;

    public OrderNode(PathNode left, PathNode right, string operation)
    {
        (this.left, this.right, this.operation) = (left, right, operation);
        Depth = DepthOf(left, right);
    }

    public override Truth Test(PathRun run, in FhirPathValue focus)
    {
        if (!run.Spend())
        {
            return Truth.Empty;
        }

        var one = run.Single(left, focus);
        var other = run.Single(right, focus);
        if (!one.Exists || !other.Exists || run.Failed)
        {
            return Truth.Empty;
        }

        if (!Ordering.TryCompare(one, other, out var order))
        {
            run.Fail(PathFaults.Type(operation));
        }

        return order is not { } sign ? Truth.Empty : Of(operation switch
        {
            "<" => sign < 0,
            "<=" => sign <= 0,
            ">" => sign > 0,
            _ => sign >= 0,
        });
    }
}

/// <summary><c>in</c> (and <c>contains</c> with its sides changed).</summary>
internal sealed class MembershipNode : ConditionNode
{
    private readonly PathNode item;
    private readonly PathNode collection;

    public MembershipNode(PathNode item, PathNode collection)
    {
        (this.item, this.collection) = (item, collection);
        Depth = DepthOf(item, collection);
    }

    public override Truth Test(PathRun run, in FhirPathValue focus)
    {
        var wanted = run.Single(item, focus);
        if (!wanted.Exists || !run.Spend())
        {
            return Truth.Empty;
        }

        var items = run.Rent();
        collection.Run(run, focus, items);
        var found = false;
        for (var at = 0; at < items.Count && !found && run.Spend(); at++)
        {
            found = Equality.Same(run, wanted, items[at]);
        }

        run.Return(items);
        return Of(found);
    }
}

/// <summary><c>is</c>.</summary>
internal sealed class IsNode : ConditionNode
{
    private readonly PathNode source;
    private readonly TypeReference type;

    public IsNode(PathNode source, TypeReference type)
    {
        (this.source, this.type) = (source, type);
        Depth = DepthOf(source);
    }

    public override Truth Test(PathRun run, in FhirPathValue focus)
    {
        var value = run.Single(source, focus);
        return value.Exists ? Of(type.IsOf(value)) : Truth.Empty;
    }
}

/// <summary><c>as</c> and <c>ofType()</c>.</summary>
internal sealed class AsNode : PathNode
{
    private readonly PathNode source;
    private readonly TypeReference type;
    private readonly bool filters;

    public AsNode(PathNode source, TypeReference type, bool filters)
    {
        (this.source, this.type, this.filters) = (source, type, filters);
        Depth = DepthOf(source);
    }

    public override void Run(PathRun run, in FhirPathValue focus, Items output)
    {
        var items = run.Rent();
        source.Run(run, focus, items);
        if (items.Count > 1 && !filters && run.Scope.AsNeedsOneItem)
        {
            run.Fail(PathFaults.NotSingle);
        }

        for (var at = 0; at < items.Count && run.Spend(); at++)
        {
            if (type.Takes(items[at]))
            {
                output.Add(items[at]);
            }
        }

        run.Return(items);
    }
}
