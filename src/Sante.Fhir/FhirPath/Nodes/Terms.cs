namespace Sante.Fhir.FhirPath;

/// <summary>Constants: a literal, or <c>{}</c>.</summary>
internal sealed class LiteralNode(params FhirPathValue[] values) : PathNode
{
    /// <summary>The only value; no item for <c>{}</c>.</summary>
    public FhirPathValue Value => values.Length == 1 ? values[0] : default;

    public override void Run(PathRun run, in FhirPathValue focus, Items output)
    {
        foreach (ref readonly var value in values.AsSpan())
        {
            output.Add(value);
        }
    }

    public override Truth Test(PathRun run, in FhirPathValue focus) => values.Length == 1 ? TruthOf(values[0]) : Truth.Empty;
}

/// <summary><c>$this</c>.</summary>
internal sealed class ThisNode : PathNode
{
    public override void Run(PathRun run, in FhirPathValue focus, Items output)
    {
        if (focus.Exists)
        {
            output.Add(focus);
        }
    }
}

/// <summary><c>$index</c>.</summary>
internal sealed class IndexNode : PathNode
{
    public override void Run(PathRun run, in FhirPathValue focus, Items output)
    {
        if (run.Index >= 0)
        {
            output.Add(FhirPathValue.Of(run.Index));
        }
    }
}

/// <summary><c>$total</c>.</summary>
internal sealed class TotalNode : PathNode
{
    public override void Run(PathRun run, in FhirPathValue focus, Items output)
    {
        if (run.Total is { } total)
        {
            output.AddRange(total);
        }
    }
}

/// <summary><c>%name</c>.</summary>
internal sealed class VariableNode(string name) : PathNode
{
    private const string Terminology = "http://hl7.org/fhir/ValueSet/";
    private const string Structure = "http://hl7.org/fhir/StructureDefinition/";

    // The constants that R4 fixes (http://hl7.org/fhir/R4/fhirpath.html#vars).
    private readonly FhirPathValue constant = name switch
    {
        "sct" => FhirPathValue.Of("http://snomed.info/sct"),
        "loinc" => FhirPathValue.Of("http://loinc.org"),
        "ucum" => FhirPathValue.Of("http://unitsofmeasure.org"),
        _ when name.StartsWith("vs-", StringComparison.Ordinal) => FhirPathValue.Of(Terminology + name[3..]),
        _ when name.StartsWith("ext-", StringComparison.Ordinal) => FhirPathValue.Of(Structure + name[4..]),
        _ => default,
    };

    public override void Run(PathRun run, in FhirPathValue focus, Items output)
    {
        var scope = run.Scope;
        FhirPathValue value;
        switch (name)
        {
            case "context":
                value = run.Context;
                break;
            case "resource":
                value = scope.Resource.Exists ? scope.Resource : run.Context;
                break;
            case "rootResource":
                value = scope.RootResource.Exists ? scope.RootResource : scope.Resource.Exists ? scope.Resource : run.Context;
                break;
            default:
                value = constant;
                if (!value.Exists && (scope.Variables is not { } variables || !variables.TryGetValue(name, out value)))
                {
                    run.Fail(PathFaults.UnknownVariable(name));
                }

                break;
        }

        if (value.Exists)
        {
            output.Add(value);
        }
    }
}

/// <summary>The elements of a name, of the focus or of what <paramref name="source"/> gives. The first name of a path may be the type of the focus.</summary>
internal sealed class MemberNode : PathNode
{
    private readonly PathNode? source;
    private readonly MemberName name;

    public MemberNode(PathNode? source, string name)
    {
        this.source = source;
        this.name = new MemberName(name);
        Depth = DepthOf(source);
    }

    public PathNode? Source => source;

    public string Name => name.Name;

    public override void Run(PathRun run, in FhirPathValue focus, Items output)
    {
        if (!run.Spend())
        {
            return;
        }

        if (source is null)
        {
            if (IsTypeOf(focus))
            {
                output.Add(focus);
            }
            else
            {
                Members.Add(run, focus, name, output);
            }

            return;
        }

        var items = run.Rent();
        source.Run(run, focus, items);
        for (var at = 0; at < items.Count && run.Spend(); at++)
        {
            Members.Add(run, items[at], name, output);
        }

        run.Return(items);
    }

    public override bool Any(PathRun run, in FhirPathValue focus)
    {
        if (!run.Spend())
        {
            return false;
        }

        if (source is null)
        {
            return IsTypeOf(focus) || Members.Has(run, focus, name);
        }

        var items = run.Rent();
        source.Run(run, focus, items);
        var any = false;
        for (var at = 0; at < items.Count && !any && run.Spend(); at++)
        {
            any = Members.Has(run, items[at], name);
        }

        run.Return(items);
        return any;
    }

    private bool IsTypeOf(in FhirPathValue focus) => name.MayBeType && focus.Kind == FhirPathKind.Element && TypeReference.IsNamed(focus, name.Name);
}

/// <summary><c>collection[index]</c>.</summary>
internal sealed class IndexerNode : PathNode
{
    private readonly PathNode source;
    private readonly PathNode index;

    public IndexerNode(PathNode source, PathNode index)
    {
        (this.source, this.index) = (source, index);
        Depth = DepthOf(source, index);
    }

    public override void Run(PathRun run, in FhirPathValue focus, Items output)
    {
        var items = run.Rent();
        source.Run(run, focus, items);
        var position = Conversion.ToSystem(run.Single(index, focus));
        if (position.Kind == FhirPathKind.Integer)
        {
            if (position.Whole >= 0 && position.Whole < items.Count)
            {
                output.Add(items[position.Whole]);
            }
        }
        else if (position.Exists)
        {
            run.Fail(PathFaults.Type("[ ]"));
        }

        run.Return(items);
    }
}
