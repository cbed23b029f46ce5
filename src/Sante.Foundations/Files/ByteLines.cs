using System.Diagnostics.CodeAnalysis;

namespace Sante.Foundations.Files;

/// <summary>How a line ended.</summary>
public enum LineKind
{
    /// <summary>Ended by a line feed (a carriage return before it is dropped).</summary>
    Whole,
    /// <summary>The last line of a file that does not end with a line feed: perhaps cut.</summary>
    Unterminated,
    /// <summary>Longer than the limit: its text is dropped, only its number is known.</summary>
    TooLong,
}

/// <summary>
/// Reads a stream line by line as bytes, without a string: <c>do { while (TryNext(out line, out kind)) … } while (await FillAsync())</c>.
/// A UTF-8 byte order mark at the start is skipped. A span is valid until the next <see cref="FillAsync"/>. Not thread-safe.
/// </summary>
public sealed class ByteLines(Stream source, int bufferBytes = 1 << 20, int longestLineBytes = 1 << 16)
{
    private byte[] buffer = new byte[Math.Max(bufferBytes, longestLineBytes + 2)];
    private int start;
    private int end;
    private bool atEnd;
    private bool droppingLongLine;

    /// <summary>Number of the last line given, from 1.</summary>
    public long LineNumber { get; private set; }

    /// <summary>Bytes taken from the stream so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>The next line in the buffer; false when more bytes are needed or the file is finished.</summary>
    public bool TryNext(out ReadOnlySpan<byte> line, out LineKind kind)
    {
        line = default;
        kind = LineKind.Whole;
        while (true)
        {
            var rest = buffer.AsSpan(start, end - start);
            var feed = rest.IndexOf((byte)'\n');
            if (feed < 0)
            {
                return TryUnfinished(rest, out line, out kind);
            }

            start += feed + 1;
            LineNumber++;
            if (droppingLongLine || feed > longestLineBytes)
            {
                droppingLongLine = false;
                kind = LineKind.TooLong;
                return true;
            }

            line = rest[..feed];
            if (line is [.., (byte)'\r'])
            {
                line = line[..^1];
            }

            return true;
        }
    }

    private bool TryUnfinished(ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> line, out LineKind kind)
    {
        line = default;
        kind = LineKind.Unterminated;
        if (rest.Length > longestLineBytes)
        {
            droppingLongLine = true;
            start = end;
            rest = default;
        }

        if (!atEnd || (rest.IsEmpty && !droppingLongLine))
        {
            return false;
        }

        start = end;
        LineNumber++;
        kind = droppingLongLine ? LineKind.TooLong : LineKind.Unterminated;
        droppingLongLine = false;
        line = rest;
        return true;
    }

    /// <summary>Takes more bytes from the stream. False when everything has been given.</summary>
    [SuppressMessage("Performance", "CA1835", Justification = "The memory overload is used.")]
    public async ValueTask<bool> FillAsync(CancellationToken cancel = default)
    {
        if (atEnd)
        {
            return start < end || droppingLongLine;
        }

        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        var read = await source.ReadAsync(buffer.AsMemory(end), cancel);
        if (BytesRead == 0)
        {
            read = await FillMarkAsync(read, cancel);
        }

        BytesRead += read;
        end += read;
        atEnd = read == 0;
        SkipMark();
        return !atEnd || start < end || droppingLongLine;
    }

    /// <summary>A slow stream may give the first bytes one by one: the byte order mark needs three.</summary>
    private async ValueTask<int> FillMarkAsync(int read, CancellationToken cancel)
    {
        while (read is > 0 and < 3)
        {
            var more = await source.ReadAsync(buffer.AsMemory(end + read), cancel);
            if (more == 0)
            {
                break;
            }

            read += more;
        }

        return read;
    }

    private void SkipMark()
    {
        if (LineNumber == 0 && BytesRead == end && buffer.AsSpan(start, end - start).StartsWith("\uFEFF"u8))
        {
            start += 3;
        }
    }
}
