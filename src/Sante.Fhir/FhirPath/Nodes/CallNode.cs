namespace Sante.Fhir.FhirPath;

/// <summary>What a function does with its input: adds to <paramref name="output"/>.</summary>
internal delegate void PathFunction(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output);

/// <summary>A call of a function that has no node of its own. The input is what is before the point, or the focus.</summary>
internal sealed class CallNode : PathNode
{
    private readonly PathNode? source;
    private readonly PathFunction body;

    public CallNode(string name, PathNode? source, List<PathNode> arguments, PathFunction body)
    {
        (Name, this.source, Arguments, this.body) = (name, source, arguments, body);
        Depth = Math.Max(DepthOf(source), arguments.Count == 0 ? 1 : 1 + arguments.Max(one => one.Depth));
    }

    public string Name { get; }

    public List<PathNode> Arguments { get; }

    /// <summary>A compiled regular expression of a constant pattern, kept after the first use.</summary>
    public PathPattern? Pattern { get; set; }

    public override void Run(PathRun run, in FhirPathValue focus, Items output)
    {
        var input = run.Rent();
        if (source is not null)
        {
            source.Run(run, focus, input);
        }
        else if (focus.Exists)
        {
            input.Add(focus);
        }

        if (run.Spend())
        {
            body(run, this, focus, input, output);
        }

        run.Return(input);
    }

    /// <summary>The single System value of an argument; None when absent, empty or without value.</summary>
    public FhirPathValue Argument(PathRun run, in FhirPathValue focus, int at) =>
        at < Arguments.Count ? Conversion.ToSystem(run.Single(Arguments[at], focus)) : default;

    /// <summary>A string argument; null when empty; another type is a fault.</summary>
    public string? Text(PathRun run, in FhirPathValue focus, int at)
    {
        var value = Argument(run, focus, at);
        if (value.Kind is FhirPathKind.None or FhirPathKind.String)
        {
            return value.Exists ? value.String : null;
        }

        run.Fail(PathFaults.Type(Name));
        return null;
    }

    /// <summary>An integer argument; null when absent or empty; another type is a fault.</summary>
    public int? Whole(PathRun run, in FhirPathValue focus, int at)
    {
        var value = Argument(run, focus, at);
        if (value.Kind is FhirPathKind.None or FhirPathKind.Integer)
        {
            return value.Exists ? value.Whole : null;
        }

        run.Fail(PathFaults.Type(Name));
        return null;
    }

    /// <summary>The single System value of the input; several items, or one of no System type, are a fault.</summary>
    public FhirPathValue Input(PathRun run, Items input)
    {
        var item = run.Single(input);
        var value = Conversion.ToSystem(item);
        if (item.Exists && !value.Exists && !Conversion.IsPrimitive(item))
        {
            run.Fail(PathFaults.Type(Name));
        }

        return value;
    }

    /// <summary>The single string of the input; null when empty; another type is a fault.</summary>
    public string? InputText(PathRun run, Items input)
    {
        var value = Input(run, input);
        if (value.Kind is FhirPathKind.None or FhirPathKind.String)
        {
            return value.Exists ? value.String : null;
        }

        run.Fail(PathFaults.Type(Name));
        return null;
    }

    /// <summary>Runs an argument for one item of a loop, with $this and $index.</summary>
    public void RunFor(PathRun run, int at, in FhirPathValue item, int index, Items output)
    {
        var outer = run.Index;
        run.Index = index;
        Arguments[at].Run(run, item, output);
        run.Index = outer;
    }
}
