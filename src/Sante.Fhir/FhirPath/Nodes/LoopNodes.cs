namespace Sante.Fhir.FhirPath;

/// <summary>A node that asks a condition of each item of its source.</summary>
internal abstract class LoopNode : PathNode
{
    protected LoopNode(PathNode? source, PathNode criteria)
    {
        (Source, Criteria) = (source, criteria);
        Depth = DepthOf(source, criteria);
    }

    protected PathNode? Source { get; }

    protected PathNode Criteria { get; }

    protected void Input(PathRun run, in FhirPathValue focus, Items input)
    {
        if (Source is not null)
        {
            Source.Run(run, focus, input);
        }
        else if (focus.Exists)
        {
            input.Add(focus);
        }
    }

    /// <summary>True when the criteria hold for the item.</summary>
    protected bool Holds(PathRun run, in FhirPathValue item, int index)
    {
        var outer = run.Index;
        run.Index = index;
        var truth = Criteria.Test(run, item);
        run.Index = outer;
        return truth == Truth.True;
    }
}

/// <summary><c>where(criteria)</c>; <c>exists(criteria)</c> asks it for any item.</summary>
internal sealed class WhereNode(PathNode? source, PathNode criteria) : LoopNode(source, criteria)
{
    public override void Run(PathRun run, in FhirPathValue focus, Items output)
    {
        var items = run.Rent();
        Input(run, focus, items);
        for (var at = 0; at < items.Count && run.Spend(); at++)
        {
            if (Holds(run, items[at], at))
            {
                output.Add(items[at]);
            }
        }

        run.Return(items);
    }

    public override bool Any(PathRun run, in FhirPathValue focus)
    {
        var items = run.Rent();
        Input(run, focus, items);
        var any = false;
        for (var at = 0; at < items.Count && !any && run.Spend(); at++)
        {
            any = Holds(run, items[at], at);
        }

        run.Return(items);
        return any;
    }
}

/// <summary><c>all(criteria)</c>: true for no items.</summary>
internal sealed class AllNode(PathNode? source, PathNode criteria) : LoopNode(source, criteria)
{
    public override void Run(PathRun run, in FhirPathValue focus, Items output)
    {
        var truth = Test(run, focus);
        if (!run.Failed)
        {
            output.Add(truth == Truth.True);
        }
    }

    public override Truth Test(PathRun run, in FhirPathValue focus)
    {
        var items = run.Rent();
        Input(run, focus, items);
        var all = true;
        for (var at = 0; at < items.Count && all && run.Spend(); at++)
        {
            all = Holds(run, items[at], at);
        }

        run.Return(items);
        return all ? Truth.True : Truth.False;
    }
}

/// <summary><c>select(projection)</c>.</summary>
internal sealed class SelectNode(PathNode? source, PathNode projection) : LoopNode(source, projection)
{
    public override void Run(PathRun run, in FhirPathValue focus, Items output)
    {
        var items = run.Rent();
        Input(run, focus, items);
        var outer = run.Index;
        for (var at = 0; at < items.Count && run.Spend(); at++)
        {
            run.Index = at;
            Criteria.Run(run, items[at], output);
        }

        run.Index = outer;
        run.Return(items);
    }
}

/// <summary><c>repeat(projection)</c>: the projection of each item and of what it gave, until nothing new comes.</summary>
internal sealed class RepeatNode(PathNode? source, PathNode projection) : LoopNode(source, projection)
{
    public override void Run(PathRun run, in FhirPathValue focus, Items output)
    {
        var (items, found) = (run.Rent(), run.Rent());
        Input(run, focus, items);
        var seen = new Distinct(run);
        var outer = run.Index;
        for (var at = 0; at < items.Count && run.Spend(); at++)
        {
            run.Index = at;
            found.Clear();
            var item = items[at];
            Criteria.Run(run, item, found);
            for (var next = 0; next < found.Count && run.Spend(); next++)
            {
                if (seen.Add(found[next]))
                {
                    output.Add(found[next]);
                    items.Add(found[next]);
                }
            }
        }

        run.Index = outer;
        run.Return(found);
        run.Return(items);
    }
}

/// <summary><c>hasValue()</c>: the input is one primitive with a value.</summary>
internal sealed class HasValueNode : ConditionNode
{
    private readonly PathNode source;

    public HasValueNode(PathNode source)
    {
        this.source = source;
        Depth = DepthOf(source);
    }

    public override Truth Test(PathRun run, in FhirPathValue focus)
    {
        var items = run.Rent();
        source.Run(run, focus, items);
        var has = items.Count == 1 && (items[0].Kind != FhirPathKind.Element || items[0].NodeKind is not (FhirNodeKind.Map or FhirNodeKind.None));
        run.Return(items);
        return Of(has);
    }
}

/// <summary><c>iif(criterion, one, other)</c>: only the branch taken is evaluated.</summary>
internal sealed class IifNode : PathNode
{
    private readonly PathNode? source;
    private readonly List<PathNode> parts;

    public IifNode(PathNode? source, List<PathNode> parts)
    {
        (this.source, this.parts) = (source, parts);
        Depth = Math.Max(DepthOf(source), 1 + parts.Max(one => one.Depth));
    }

    public override void Run(PathRun run, in FhirPathValue focus, Items output)
    {
        var item = source is null ? focus : run.Single(source, focus);
        var criterion = run.Single(parts[0], item);
        var value = Conversion.ToSystem(criterion);
        if (value.Exists && value.Kind != FhirPathKind.Boolean)
        {
            run.Fail(PathFaults.Type("iif"));
        }

        if (!run.Spend())
        {
            return;
        }

        if (TruthOf(criterion) == Truth.True && criterion.Exists)
        {
            parts[1].Run(run, item, output);
        }
        else if (parts.Count > 2)
        {
            parts[2].Run(run, item, output);
        }
    }
}
