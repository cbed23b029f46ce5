using System.Text;
using Sante.Fhir.Json;

namespace Sante.Fhir;

/// <summary>
/// One value inside a parsed resource: a position in a flat table, 16 bytes, nothing allocated. A default node does not exist: every
/// question to it answers "nothing", so paths can be followed without tests on the way.
/// </summary>
public readonly struct FhirNode : IEquatable<FhirNode>
{
    private readonly JsonTree? tree;
    private readonly int index;

    internal FhirNode(JsonTree tree, int index) => (this.tree, this.index) = (tree, index);

    internal JsonTree Tree => tree!;
    internal int Index => index;

    /// <summary>False for what is absent.</summary>
    public bool Exists => tree is not null;

    /// <summary>The JSON kind; <see cref="FhirNodeKind.None"/> when absent.</summary>
    public FhirNodeKind Kind => tree is null ? FhirNodeKind.None : tree.Entries[index].Kind;

    /// <summary>The member's name as in the source; empty for items of arrays and for the root.</summary>
    public ReadOnlySpan<byte> NameUtf8 => tree is null ? default : tree.Name(index);

    /// <summary>The member's name.</summary>
    public string Name => Encoding.UTF8.GetString(NameUtf8);

    /// <summary>The value exactly as received, quotes, spaces and all decimals included.</summary>
    public ReadOnlyMemory<byte> RawUtf8
    {
        get
        {
            if (tree is null)
            {
                return default;
            }

            ref readonly var entry = ref tree.Entries[index];
            return entry.Kind == FhirNodeKind.Text
                ? tree.Utf8.Slice(entry.Start - 1, entry.Length + 2)
                : tree.Utf8.Slice(entry.Start, entry.Length);
        }
    }

    /// <summary>Text of a string (escapes resolved), the source text of a number or boolean; null for anything else.</summary>
    public string? Text => Kind switch
    {
        FhirNodeKind.Text => JsonText.Unescape(tree!.Value(index), tree.Entries[index].Escaped),
        FhirNodeKind.Number or FhirNodeKind.True or FhirNodeKind.False => Encoding.ASCII.GetString(tree!.Value(index)),
        _ => null,
    };

    /// <summary>The <see cref="Text"/> without a string of its own where it fits into the buffer; empty when there is none.</summary>
    internal ReadOnlySpan<char> TextIn(Span<char> buffer)
    {
        if (Kind != FhirNodeKind.Text || tree!.Entries[index].Escaped || tree.Entries[index].Length > buffer.Length)
        {
            return Text;
        }

        return buffer[..Encoding.UTF8.GetChars(tree.Value(index), buffer)];
    }

    /// <summary>True when this is a string, number or boolean with exactly this text.</summary>
    public bool TextEquals(ReadOnlySpan<byte> utf8)
    {
        if (Kind is not (FhirNodeKind.Text or FhirNodeKind.Number or FhirNodeKind.True or FhirNodeKind.False))
        {
            return false;
        }

        return tree!.Entries[index].Escaped ? Encoding.UTF8.GetBytes(Text!).AsSpan().SequenceEqual(utf8) : tree.Value(index).SequenceEqual(utf8);
    }

    /// <summary>The member of an object; absent when there is none or this is no object.</summary>
    public FhirNode this[ReadOnlySpan<byte> name] =>
        tree is not null && tree.Member(index, name) is var child and >= 0 ? new FhirNode(tree, child) : default;

    /// <summary>The member of an object; absent when there is none.</summary>
    public FhirNode this[string name] => this[Encoding.UTF8.GetBytes(name)];

    /// <summary>Follows names separated by points, taking the first item of arrays: <c>content.attachment.url</c>.</summary>
    public FhirNode At(string path)
    {
        var node = First;
        foreach (var name in path.Split('.'))
        {
            node = node[name].First;
        }

        return node;
    }

    /// <summary>The first item of an array, or this node itself.</summary>
    public FhirNode First => Kind != FhirNodeKind.List ? this
        : tree!.Entries[index].End > index + 1 ? new FhirNode(tree, index + 1) : default;

    /// <summary>The items of an array; else this node alone; nothing when absent.</summary>
    public FhirNodes Items => tree is null ? default
        : Kind == FhirNodeKind.List ? new FhirNodes(tree, index + 1, tree.Entries[index].End)
        : new FhirNodes(tree, index, tree.Entries[index].End);

    /// <summary>The members of an object, in order; nothing for any other kind.</summary>
    public FhirNodes Members => Kind == FhirNodeKind.Map ? new FhirNodes(tree!, index + 1, tree!.Entries[index].End) : default;

    /// <inheritdoc/>
    public bool Equals(FhirNode other) => ReferenceEquals(tree, other.tree) && index == other.index;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FhirNode other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => index;

    /// <summary>Same place in the same document.</summary>
    public static bool operator ==(FhirNode left, FhirNode right) => left.Equals(right);

    /// <summary>Another place.</summary>
    public static bool operator !=(FhirNode left, FhirNode right) => !left.Equals(right);

    /// <summary>The kind only: values are personal.</summary>
    public override string ToString() => $"({Kind})";
}

/// <summary>Siblings, enumerated without allocation.</summary>
public readonly struct FhirNodes
{
    private readonly JsonTree? tree;
    private readonly int from;
    private readonly int to;

    internal FhirNodes(JsonTree tree, int from, int to) => (this.tree, this.from, this.to) = (tree, from, to);

    /// <summary>How many there are; walks them.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            foreach (var _ in this)
            {
                count++;
            }

            return count;
        }
    }

    /// <summary>Starts at the first.</summary>
    public Enumerator GetEnumerator() => new(tree, from, to);

    /// <summary>A copy, for use beyond loops.</summary>
    public List<FhirNode> ToList()
    {
        var list = new List<FhirNode>();
        foreach (var node in this)
        {
            list.Add(node);
        }

        return list;
    }

    /// <summary>Walks siblings.</summary>
    public struct Enumerator
    {
        private readonly JsonTree? tree;
        private readonly int to;
        private int next;
        private int current;

        internal Enumerator(JsonTree? tree, int from, int to) => (this.tree, next, this.to) = (tree, from, to);

        /// <summary>The present sibling.</summary>
        public readonly FhirNode Current => new(tree!, current);

        /// <summary>To the next.</summary>
        public bool MoveNext()
        {
            if (tree is null || next >= to)
            {
                return false;
            }

            current = next;
            next = tree.Entries[next].End;
            return true;
        }
    }
}
