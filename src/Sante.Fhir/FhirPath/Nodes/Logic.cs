namespace Sante.Fhir.FhirPath;

/// <summary><c>and</c>.</summary>
internal sealed class AndNode : ConditionNode
{
    private readonly PathNode left;
    private readonly PathNode right;

    public AndNode(PathNode left, PathNode right)
    {
        (this.left, this.right) = (left, right);
        Depth = DepthOf(left, right);
    }

    public override Truth Test(PathRun run, in FhirPathValue focus)
    {
        var one = left.Test(run, focus);
        if (one == Truth.False || !run.Spend())
        {
            return one;
        }

        var other = right.Test(run, focus);
        return other == Truth.False || one == Truth.True ? other : Truth.Empty;
    }
}

/// <summary><c>or</c>.</summary>
internal sealed class OrNode : ConditionNode
{
    private readonly PathNode left;
    private readonly PathNode right;

    public OrNode(PathNode left, PathNode right)
    {
        (this.left, this.right) = (left, right);
        Depth = DepthOf(left, right);
    }

    public override Truth Test(PathRun run, in FhirPathValue focus)
    {
        var one = left.Test(run, focus);
        if (one == Truth.True || !run.Spend())
        {
            return one;
        }

        var other = right.Test(run, focus);
        return other == Truth.True || one == Truth.False ? other : Truth.Empty;
    }
}

/// <summary><c>xor</c>.</summary>
internal sealed class XorNode : ConditionNode
{
    private readonly PathNode left;
    private readonly PathNode right;

    public XorNode(PathNode left, PathNode right)
    {
        (this.left, this.right) = (left, right);
        Depth = DepthOf(left, right);
    }

    public override Truth Test(PathRun run, in FhirPathValue focus)
    {
        var one = left.Test(run, focus);
        var other = run.Spend() ? right.Test(run, focus) : Truth.Empty;
        return one == Truth.Empty || other == Truth.Empty ? Truth.Empty : Of(one != other);
    }
}

/// <summary><c>implies</c>.</summary>
internal sealed class ImpliesNode : ConditionNode
{
    private readonly PathNode left;
    private readonly PathNode right;

    public ImpliesNode(PathNode left, PathNode right)
    {
        (this.left, this.right) = (left, right);
        Depth = DepthOf(left, right);
    }

    public override Truth Test(PathRun run, in FhirPathValue focus)
    {
        var one = left.Test(run, focus);
        if (one == Truth.False)
        {
            return Truth.True;
        }

        var other = run.Spend() ? right.Test(run, focus) : Truth.Empty;
        return one == Truth.True || other == Truth.True ? other : Truth.Empty;
    }
}

/// <summary><c>not()</c>.</summary>
internal sealed class NotNode : ConditionNode
{
    private readonly PathNode source;

    public NotNode(PathNode source)
    {
        this.source = source;
        Depth = DepthOf(source);
    }

    public override Truth Test(PathRun run, in FhirPathValue focus) => source.Test(run, focus) switch
    {
        Truth.True => Truth.False,
        Truth.False => Truth.True,
        _ => Truth.Empty,
    };
}

/// <summary><c>exists()</c> and <c>empty()</c> without criteria.</summary>
internal sealed class ExistsNode : ConditionNode
{
    private readonly PathNode source;
    private readonly bool wanted;

    public ExistsNode(PathNode source, bool wanted)
    {
        (this.source, this.wanted) = (source, wanted);
        Depth = DepthOf(source);
    }

    public override Truth Test(PathRun run, in FhirPathValue focus) => Of(source.Any(run, focus) == wanted);
}
