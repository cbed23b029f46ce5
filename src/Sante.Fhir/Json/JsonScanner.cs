using System.Buffers;
using System.Text.Unicode;

namespace Sante.Fhir.Json;

/// <summary>Why a text is not the JSON that we read. <paramref name="At"/> is a byte offset.</summary>
internal readonly record struct JsonFault(string Code, int At);

/// <summary>
/// Reads RFC 8259 JSON into a <see cref="JsonTree"/>: strict grammar and UTF-8, no byte order mark, no lone surrogate, bounded depth and
/// density. Iterative, so depth costs no stack. Duplicate names are found when an object closes and reported all together.
/// </summary>
internal ref struct JsonScanner
{
    private static readonly SearchValues<byte> EndsPlainText = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Select(value => (byte)value), (byte)'"', (byte)'\\']);

    private readonly ReadOnlySpan<byte> text;
    private readonly FhirLimits limits;
    private readonly int maxEntries;
    private readonly List<int> duplicates;
    private JsonEntry[] entries;
    private int count;
    private int position;
    private JsonFault fault;

    private JsonScanner(ReadOnlySpan<byte> text, FhirLimits limits)
    {
        this.text = text;
        this.limits = limits;
        // 28 bytes an entry: at most 3.5 × the input. Real resources have a value per 12 to 40 bytes.
        maxEntries = 256 + (text.Length / 8);
        duplicates = [];
        entries = ArrayPool<JsonEntry>.Shared.Rent(Math.Min(maxEntries, 64 + (text.Length / 16)));
    }

    /// <summary>The tree, or null with the fault. <paramref name="duplicates"/> lists entries whose name occurred before in their object.</summary>
    public static JsonTree? Read(ReadOnlyMemory<byte> utf8, FhirLimits limits, out JsonFault fault, out List<int> duplicates)
    {
        duplicates = [];
        if (!IsTextWithinLimits(utf8.Span, limits, out fault))
        {
            return null;
        }

        var scanner = new JsonScanner(utf8.Span, limits);
        try
        {
            if (!scanner.Document())
            {
                fault = scanner.fault;
                return null;
            }

            duplicates = scanner.duplicates;
            return new JsonTree(utf8, scanner.entries.AsSpan(0, scanner.count).ToArray());
        }
        finally
        {
            ArrayPool<JsonEntry>.Shared.Return(scanner.entries);
        }
    }

    private static bool IsTextWithinLimits(ReadOnlySpan<byte> text, FhirLimits limits, out JsonFault fault)
    {
        fault = text.Length > limits.MaxBytes ? new("body-too-large", limits.MaxBytes)
            : text.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? new("json-byte-order-mark", 0)
            : !Utf8.IsValid(text) ? new("json-not-utf8", 0)
            : default;
        return fault.Code is null;
    }

    private bool Document()
    {
        Span<int> open = stackalloc int[limits.MaxDepth];
        var depth = 0;
        SkipSpace();
        if (!Value(0, 0, false, open, ref depth))
        {
            return false;
        }

        while (depth > 0)
        {
            if (!Step(open, ref depth))
            {
                return false;
            }
        }

        SkipSpace();
        return position == text.Length || Fail("json-trailing-content");
    }

    /// <summary>Reads the next member or item of the innermost open container, or closes it.</summary>
    private bool Step(scoped Span<int> open, ref int depth)
    {
        var top = open[depth - 1];
        var isObject = entries[top].Kind == FhirNodeKind.Map;
        SkipSpace();
        if (Peek() == (isObject ? '}' : ']'))
        {
            position++;
            depth--;
            return Close(top);
        }

        if (count > top + 1)
        {
            if (Peek() != ',')
            {
                return Fail("json-syntax");
            }

            position++;
            SkipSpace();
        }

        return isObject ? Member(open, ref depth) : Value(0, 0, false, open, ref depth);
    }

    private bool Member(scoped Span<int> open, ref int depth)
    {
        if (Peek() != '"' || !Text(out var start, out var length, out var escaped))
        {
            return Fail("json-syntax");
        }

        SkipSpace();
        if (Peek() != ':')
        {
            return Fail("json-syntax");
        }

        position++;
        SkipSpace();
        return length > ushort.MaxValue ? Fail("json-name-too-long") : Value(start, length, escaped, open, ref depth);
    }

    private bool Value(int nameStart, int nameLength, bool nameEscaped, scoped Span<int> open, ref int depth)
    {
        if (count == entries.Length && !Grow())
        {
            return false;
        }

        var index = count++;
        ref var entry = ref entries[index];
        entry = new JsonEntry
        {
            NameStart = nameStart,
            NameLength = (ushort)nameLength,
            NameEscaped = nameEscaped,
            NameHash = nameLength == 0 ? 0 : Utf8Hash.Of(text.Slice(nameStart, nameLength)),
            Start = position,
            End = count,
        };
        switch (Peek())
        {
            case '{': entry.Kind = FhirNodeKind.Map; return Open(index, open, ref depth);
            case '[': entry.Kind = FhirNodeKind.List; return Open(index, open, ref depth);
            case '"': entry.Kind = FhirNodeKind.Text; return Text(out entry.Start, out entry.Length, out entry.Escaped);
            case 't': entry.Kind = FhirNodeKind.True; return Word(ref entry, "true"u8);
            case 'f': entry.Kind = FhirNodeKind.False; return Word(ref entry, "false"u8);
            case 'n': entry.Kind = FhirNodeKind.Null; return Word(ref entry, "null"u8);
            default: entry.Kind = FhirNodeKind.Number; return Number(ref entry);
        }
    }

    private bool Open(int index, scoped Span<int> open, ref int depth)
    {
        if (depth == open.Length)
        {
            return Fail("json-too-deep");
        }

        open[depth++] = index;
        position++;
        return true;
    }

    private bool Close(int index)
    {
        ref var entry = ref entries[index];
        entry.Length = position - entry.Start;
        entry.End = count;
        if (entry.Kind == FhirNodeKind.Map)
        {
            JsonDuplicates.Collect(text, entries, index, duplicates);
        }

        return true;
    }

    private bool Word(ref JsonEntry entry, ReadOnlySpan<byte> word)
    {
        if (!text[position..].StartsWith(word))
        {
            return Fail("json-syntax");
        }

        entry.Length = word.Length;
        position += word.Length;
        return true;
    }

    private bool Text(out int start, out int length, out bool escaped)
    {
        start = ++position;
        length = 0;
        escaped = false;
        while (true)
        {
            var stop = text[position..].IndexOfAny(EndsPlainText);
            if (stop < 0)
            {
                position = text.Length;
                return Fail("json-syntax");
            }

            position += stop;
            if (text[position] == '"')
            {
                length = position++ - start;
                return true;
            }

            var read = text[position] == '\\' ? JsonText.EscapeLength(text[position..], out var code) : Control(out code);
            if (read == 0)
            {
                return Fail(code);
            }

            escaped = true;
            position += read;
        }
    }

    private static int Control(out string code)
    {
        code = "json-control-character";
        return 0;
    }

    private bool Number(ref JsonEntry entry)
    {
        var length = JsonText.NumberLength(text[position..]);
        if (length == 0)
        {
            return Fail("json-syntax");
        }

        if (length > limits.MaxNumberBytes)
        {
            return Fail("json-number-too-long");
        }

        entry.Length = length;
        position += length;
        return true;
    }

    private bool Grow()
    {
        if (entries.Length >= maxEntries)
        {
            return Fail("json-too-many-values");
        }

        var larger = ArrayPool<JsonEntry>.Shared.Rent(Math.Min(maxEntries, entries.Length * 2));
        entries.AsSpan(0, count).CopyTo(larger);
        ArrayPool<JsonEntry>.Shared.Return(entries);
        entries = larger;
        return true;
    }

    private void SkipSpace()
    {
        while (position < text.Length && text[position] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            position++;
        }
    }

    private readonly int Peek() => position < text.Length ? text[position] : -1;

    private bool Fail(string code)
    {
        // The first fault is the true one; callers up the chain only pass it on.
        if (fault.Code is null)
        {
            fault = new JsonFault(code, position);
        }

        return false;
    }
}
