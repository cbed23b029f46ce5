using System.Text;
using System.Text.Encodings.Web;
using Sante.Fhir.FhirPath;
using Sante.Fhir.Json;
using Sante.Kernel;

namespace Sante.Fhir.Patch;

/// <summary>A JSON document under change: every edit splices bytes, so that all others stay as they came, and reads the result again.</summary>
internal sealed class PatchDocument(PatchLimits limits, int receivedBytes)
{
    private const int SmallBytes = 64 * 1024;
    private readonly long maxBytes = Math.Min(limits.Resource.MaxBytes, SmallBytes + ((long)limits.MaxGrowth * receivedBytes));
    private long read;
    private long stepsLeft = limits.MaxSteps;

    public byte[] Utf8 { get; private set; } = [];

    public JsonTree Tree { get; private set; } = null!;

    public FhirNode Root => new(Tree, 0);

    /// <summary>Takes new bytes; false when they are no JSON within the bounds, or all that may be read was read.</summary>
    public bool TryRead(byte[] utf8, out Refusal? fault)
    {
        read += utf8.Length;
        fault = read > limits.MaxBytesRead ? PatchFaults.TooCostly : null;
        if (fault is not null)
        {
            return false;
        }

        var tree = JsonScanner.Read(utf8, limits.Resource, out var broken, out var duplicates);
        if (tree is null || duplicates.Count > 0)
        {
            fault = broken.Code is "body-too-large" or "json-too-deep" or "json-too-many-values" or "json-number-too-long" ? PatchFaults.ResultTooLarge : PatchFaults.Malformed;
            return false;
        }

        (Utf8, Tree) = (utf8, tree);
        return true;
    }

    /// <summary>Replaces the value at a node.</summary>
    public bool Replace(FhirNode node, ReadOnlySpan<byte> value, out Refusal? fault)
    {
        var (from, to) = ValueRange(node.Index);
        return Splice(from, to, value, out fault);
    }

    /// <summary>Replaces a member, name and value.</summary>
    public bool ReplaceMember(FhirNode node, string name, ReadOnlySpan<byte> value, out Refusal? fault)
    {
        var from = Tree.Entries[node.Index].NameStart - 1;
        return Splice(from, ValueRange(node.Index).To, [.. NameOf(name), .. value], out fault);
    }

    /// <summary>Removes a member or an item, with the comma that belongs to it.</summary>
    public bool Remove(FhirNode node, FhirNode parent, out Refusal? fault)
    {
        var (from, to) = WholeRange(node.Index);
        var entries = Tree.Entries;
        var isFirst = node.Index == parent.Index + 1;
        var isLast = entries[node.Index].End == entries[parent.Index].End;
        if (!isLast)
        {
            to = WholeRange(entries[node.Index].End).From;
        }
        else if (!isFirst)
        {
            from = EndBefore(node.Index, parent.Index);
        }

        return Splice(from, to, [], out fault);
    }

    /// <summary>Adds a member at the end of an object.</summary>
    public bool AddMember(FhirNode map, string name, ReadOnlySpan<byte> value, out Refusal? fault) => Append(map, [.. NameOf(name), .. value], out fault);

    /// <summary>Puts an item before that of the position, or at the end.</summary>
    public bool Insert(FhirNode list, int position, ReadOnlySpan<byte> value, out Refusal? fault)
    {
        var at = 0;
        foreach (var item in list.Items)
        {
            if (at++ == position)
            {
                var from = ValueRange(item.Index).From;
                return Splice(from, from, [.. value, (byte)','], out fault);
            }
        }

        return Append(list, value, out fault);
    }

    /// <summary>Counts a walk over the document; a fault when all that may be read was read.</summary>
    public Refusal? Charge() => (read += Utf8.Length / 4) > limits.MaxBytesRead ? PatchFaults.TooCostly : null;

    /// <summary>Evaluates a path on the whole document, on what the paths before left of the steps.</summary>
    public Outcome<IReadOnlyList<FhirPathValue>> Evaluate(FhirPathExpression path)
    {
        var root = FhirPathValue.Of(Root, Schema.ResourceType(Root));
        var steps = (int)Math.Clamp(stepsLeft, 0, FhirPathLimits.Foreign.MaxSteps);
        var scope = new FhirPathScope { Resource = root, Limits = FhirPathLimits.Foreign with { MaxSteps = steps } };
        var items = path.Evaluate(root, scope);
        stepsLeft -= scope.StepsUsed;
        return items.Refusal is null ? items : items.Refusal.Code == PathFaults.TooCostly.Code ? PatchFaults.TooCostly : PatchFaults.PathInvalid;
    }

    private bool Append(FhirNode container, ReadOnlySpan<byte> content, out Refusal? fault)
    {
        var entries = Tree.Entries;
        if (entries[container.Index].End == container.Index + 1)
        {
            // Empty: right behind the bracket.
            var start = entries[container.Index].Start + 1;
            return Splice(start, start, content, out fault);
        }

        var end = EndBefore(entries[container.Index].End, container.Index);
        return Splice(end, end, [(byte)',', .. content], out fault);
    }

    /// <summary>End of the value of the sibling before an entry.</summary>
    private int EndBefore(int index, int parent)
    {
        var last = parent + 1;
        while (Tree.Entries[last].End < index)
        {
            last = Tree.Entries[last].End;
        }

        return ValueRange(last).To;
    }

    private (int From, int To) ValueRange(int index)
    {
        ref readonly var entry = ref Tree.Entries[index];
        var quote = entry.Kind == FhirNodeKind.Text ? 1 : 0;
        return (entry.Start - quote, entry.Start + entry.Length + quote);
    }

    /// <summary>From the name's quote, when there is a name.</summary>
    private (int From, int To) WholeRange(int index)
    {
        var (from, to) = ValueRange(index);
        ref readonly var entry = ref Tree.Entries[index];
        return (entry.NameStart > 0 ? entry.NameStart - 1 : from, to);
    }

    private bool Splice(int from, int to, ReadOnlySpan<byte> content, out Refusal? fault)
    {
        if ((long)Utf8.Length - (to - from) + content.Length > maxBytes)
        {
            fault = PatchFaults.ResultTooLarge;
            return false;
        }

        var made = new byte[Utf8.Length - (to - from) + content.Length];
        Utf8.AsSpan(0, from).CopyTo(made);
        content.CopyTo(made.AsSpan(from));
        Utf8.AsSpan(to).CopyTo(made.AsSpan(from + content.Length));
        return TryRead(made, out fault);
    }

    private static byte[] NameOf(string name) => Encoding.UTF8.GetBytes($"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(name)}\":");
}
