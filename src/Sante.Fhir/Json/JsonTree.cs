namespace Sante.Fhir.Json;

/// <summary>One value of the document, 28 bytes, in document order. Positions are offsets into the original bytes.</summary>
internal struct JsonEntry
{
    /// <summary>Offset of the first byte of the value; for a string the first byte after the quote.</summary>
    public int Start;
    /// <summary>Length of the value; for a string without its quotes.</summary>
    public int Length;
    /// <summary>Index after the last descendant: the next sibling, when there is one.</summary>
    public int End;
    /// <summary>Offset of the member's name, after its quote; meaningless in arrays.</summary>
    public int NameStart;
    /// <summary><see cref="Utf8Hash"/> of the name's raw bytes.</summary>
    public uint NameHash;
    /// <summary>Length of the raw name in bytes.</summary>
    public ushort NameLength;
    public FhirNodeKind Kind;
    /// <summary>The string value holds an escape sequence.</summary>
    public bool Escaped;
    /// <summary>The member's name holds an escape sequence.</summary>
    public bool NameEscaped;
}

/// <summary>A parsed document: the original bytes and one flat array of entries; the root is entry 0.</summary>
internal sealed class JsonTree(ReadOnlyMemory<byte> utf8, JsonEntry[] entries)
{
    public readonly ReadOnlyMemory<byte> Utf8 = utf8;
    public readonly JsonEntry[] Entries = entries;

    public ReadOnlySpan<byte> Name(int index)
    {
        ref readonly var entry = ref Entries[index];
        return Utf8.Span.Slice(entry.NameStart, entry.NameLength);
    }

    public ReadOnlySpan<byte> Value(int index)
    {
        ref readonly var entry = ref Entries[index];
        return Utf8.Span.Slice(entry.Start, entry.Length);
    }

    /// <summary>The member of that name of the object at <paramref name="index"/>, or -1.</summary>
    public int Member(int index, ReadOnlySpan<byte> name) => Entries[index].Kind == FhirNodeKind.Map ? Member(index, Utf8Hash.Of(name), name) : -1;

    /// <summary>The same for a name whose hash is known.</summary>
    public int Member(int index, uint hash, ReadOnlySpan<byte> name)
    {
        ref readonly var parent = ref Entries[index];
        if (parent.Kind != FhirNodeKind.Map)
        {
            return -1;
        }

        for (var child = index + 1; child < parent.End; child = Entries[child].End)
        {
            if (Entries[child].NameHash == hash && Name(child).SequenceEqual(name))
            {
                return child;
            }
        }

        return -1;
    }
}

/// <summary>A small hash of short names: FNV-1a, 32 bits. Not keyed: tables that hold foreign names must not degrade on collisions.</summary>
internal static class Utf8Hash
{
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        unchecked
        {
            var hash = 2166136261u;
            foreach (var value in bytes)
            {
                hash = (hash ^ value) * 16777619u;
            }

            return hash;
        }
    }
}
