using Sante.Kernel;

namespace Sante.Fhir.FhirPath;

/// <summary>Three-valued logic: an empty collection is neither.</summary>
internal enum Truth : byte
{
    Empty,
    False,
    True,
}

/// <summary>One evaluation: bounds, first fault, $index and $total, and buffers that are lent and given back in order.</summary>
internal sealed class PathRun(FhirPathScope scope)
{
    private readonly List<Items> buffers = [];
    private int lent;

    public FhirPathScope Scope => scope;

    /// <summary>Steps not used; none after a fault.</summary>
    public int StepsLeft { get; private set; }

    public FhirPathValue Context { get; private set; }

    public Refusal? Fault { get; private set; }

    public bool Failed => Fault is not null;

    /// <summary>$index, or -1 outside of a loop.</summary>
    public int Index { get; set; } = -1;

    /// <summary>$total, or null outside of aggregate().</summary>
    public Items? Total { get; set; }

    public void Begin(in FhirPathValue context)
    {
        (Context, Fault, Index, Total, StepsLeft, lent) = (context, null, -1, null, scope.Limits.MaxSteps, 0);
    }

    /// <summary>An empty buffer, to be given back last lent first.</summary>
    public Items Rent()
    {
        if (lent == buffers.Count)
        {
            buffers.Add(new Items(this));
        }

        var items = buffers[lent++];
        items.Clear();
        return items;
    }

    public void Return(Items items)
    {
        lent--;
        items.Trim();
    }

    /// <summary>Counts steps; false when there are none left or a fault was found.</summary>
    public bool Spend(int steps = 1)
    {
        if (StepsLeft >= steps)
        {
            StepsLeft -= steps;
            return Fault is null;
        }

        Fail(PathFaults.TooCostly);
        return false;
    }

    /// <summary>Keeps the first fault.</summary>
    public void Fail(Refusal refusal)
    {
        Fault ??= refusal;
        StepsLeft = 0;
    }

    /// <summary>The only item, none when empty; several are a fault.</summary>
    public FhirPathValue Single(Items items)
    {
        if (items.Count > 1)
        {
            Fail(PathFaults.NotSingle);
        }

        return items.Count == 1 ? items[0] : default;
    }

    /// <summary>Evaluates to at most one item.</summary>
    public FhirPathValue Single(PathNode node, in FhirPathValue focus)
    {
        var items = Rent();
        node.Run(this, focus, items);
        var value = Single(items);
        Return(items);
        return value;
    }

    /// <summary>A made string, or a fault when it is longer than allowed.</summary>
    public void AddText(Items output, string text)
    {
        if (Spend(1 + (text.Length / 64)) && text.Length <= scope.Limits.MaxTextLength)
        {
            output.Add(FhirPathValue.Of(text));
        }
        else
        {
            Fail(PathFaults.TooCostly);
        }
    }
}

/// <summary>A growing list of items that keeps its array between uses.</summary>
internal sealed class Items(PathRun run)
{
    private const int KeptLength = 4096;
    private FhirPathValue[] array = new FhirPathValue[4];

    public int Count { get; private set; }

    public ReadOnlySpan<FhirPathValue> Span => array.AsSpan(0, Count);

    public ref readonly FhirPathValue this[int index] => ref array[index];

    public void Add(in FhirPathValue value)
    {
        if (Count == array.Length)
        {
            if (Count >= run.Scope.Limits.MaxItems)
            {
                run.Fail(PathFaults.TooCostly);
                return;
            }

            Array.Resize(ref array, array.Length * 2);
        }

        array[Count++] = value;
    }

    public void Add(bool value) => Add(FhirPathValue.Of(value));

    public void AddRange(Items other)
    {
        for (var at = 0; at < other.Count && run.Spend(); at++)
        {
            Add(other.array[at]);
        }
    }

    public void Set(int index, in FhirPathValue value) => array[index] = value;

    public void Sort(Comparison<FhirPathValue> order) => MemoryExtensions.Sort(array.AsSpan(0, Count), order);

    public void Clear() => Count = 0;

    /// <summary>Frees what a large collection took.</summary>
    public void Trim()
    {
        if (array.Length > KeptLength)
        {
            array = new FhirPathValue[4];
        }

        Count = 0;
    }
}
