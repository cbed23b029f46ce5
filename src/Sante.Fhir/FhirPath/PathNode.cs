namespace Sante.Fhir.FhirPath;

/// <summary>A node of a compiled expression. Immutable but for caches; evaluated by many threads.</summary>
internal abstract class PathNode
{
    /// <summary>Depth of the tree below, itself included.</summary>
    public int Depth { get; protected init; } = 1;

    /// <summary>Adds the node's items for a focus ($this).</summary>
    public abstract void Run(PathRun run, in FhirPathValue focus, Items output);

    /// <summary>The node as a condition: its only item as a Boolean; several items are a fault.</summary>
    public virtual Truth Test(PathRun run, in FhirPathValue focus)
    {
        var items = run.Rent();
        Run(run, focus, items);
        var truth = TruthOf(run, items);
        run.Return(items);
        return truth;
    }

    /// <summary>True when there is any item.</summary>
    public virtual bool Any(PathRun run, in FhirPathValue focus)
    {
        var items = run.Rent();
        Run(run, focus, items);
        var any = items.Count > 0;
        run.Return(items);
        return any;
    }

    /// <summary>A single item counts as true unless it is the Boolean false (http://hl7.org/fhirpath/N1/#singleton-evaluation-of-collections).</summary>
    protected static Truth TruthOf(PathRun run, Items items)
    {
        if (items.Count == 0)
        {
            return Truth.Empty;
        }

        if (items.Count > 1)
        {
            run.Fail(PathFaults.NotSingle);
            return Truth.Empty;
        }

        return TruthOf(items[0]);
    }

    protected static Truth TruthOf(in FhirPathValue value) => value.Kind switch
    {
        FhirPathKind.Boolean => value.Truth ? Truth.True : Truth.False,
        FhirPathKind.Element when value.NodeKind == FhirNodeKind.False => Truth.False,
        // A boolean that has extensions only has no value.
        FhirPathKind.Element when value.Index < 0 && value.Type is { Primitive: Definitions.PrimitiveForm.Boolean } => Truth.Empty,
        _ => Truth.True,
    };

    protected static int DepthOf(PathNode? one, PathNode? other = null) => 1 + Math.Max(one?.Depth ?? 0, other?.Depth ?? 0);
}

/// <summary>A node that gives a Boolean or nothing.</summary>
internal abstract class ConditionNode : PathNode
{
    public sealed override void Run(PathRun run, in FhirPathValue focus, Items output)
    {
        var truth = Test(run, focus);
        if (truth != Truth.Empty && !run.Failed)
        {
            output.Add(truth == Truth.True);
        }
    }

    public abstract override Truth Test(PathRun run, in FhirPathValue focus);

    public sealed override bool Any(PathRun run, in FhirPathValue focus) => Test(run, focus) != Truth.Empty;

    protected static Truth Of(bool value) => value ? Truth.True : Truth.False;
}
