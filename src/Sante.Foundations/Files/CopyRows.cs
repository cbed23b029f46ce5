using System.Buffers.Binary;
using Npgsql;

namespace Sante.Foundations.Files;

/// <summary>
/// Writes rows of a PostgreSQL binary COPY straight from bytes (format: PostgreSQL manual, COPY, "Binary Format"), so that no field becomes a string.
/// UTF-8 must have been checked before: one bad byte would end the whole COPY. Empty text is written as NULL. Not thread-safe.
/// </summary>
public sealed class CopyRows : IAsyncDisposable
{
    private const int FlushAtBytes = 1 << 17;
    private static readonly byte[] Signature = [.. "PGCOPY\n"u8, 0xFF, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0];

    private readonly NpgsqlRawCopyStream stream;
    private byte[] buffer = new byte[FlushAtBytes * 2];
    private int length;
    private bool finished;

    private CopyRows(NpgsqlRawCopyStream stream)
    {
        this.stream = stream;
        Signature.CopyTo(buffer, 0);
        length = Signature.Length;
    }

    /// <summary>Rows begun so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Starts <c>COPY table (columns) FROM STDIN</c> on a connection that is then busy until the end.</summary>
    public static async Task<CopyRows> OpenAsync(NpgsqlConnection connection, string tableAndColumns, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return new CopyRows(await connection.BeginRawBinaryCopyAsync($"COPY {tableAndColumns} FROM STDIN (FORMAT binary)", cancel));
    }

    /// <summary>Begins a row of so many columns; each must then be written once, in order.</summary>
    public void Begin(short columns)
    {
        Rows++;
        BinaryPrimitives.WriteInt16BigEndian(Take(2), columns);
    }

    /// <summary>A text column; NULL when empty.</summary>
    public void Text(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            Null();
            return;
        }

        var room = Take(4 + utf8.Length);
        BinaryPrimitives.WriteInt32BigEndian(room, utf8.Length);
        utf8.CopyTo(room[4..]);
    }

    /// <summary>A text column made of two parts (for example a table's name and a code); NULL when the second is empty.</summary>
    public void Text(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            Null();
            return;
        }

        var room = Take(4 + prefix.Length + utf8.Length);
        BinaryPrimitives.WriteInt32BigEndian(room, prefix.Length + utf8.Length);
        prefix.CopyTo(room[4..]);
        utf8.CopyTo(room[(4 + prefix.Length)..]);
    }

    /// <summary>A text column, folded for search (<see cref="Folding"/>); never NULL.</summary>
    public void Folded(ReadOnlySpan<byte> utf8)
    {
        var room = Take(4 + utf8.Length * 3);
        var written = Folding.Fold(utf8, room[4..]);
        BinaryPrimitives.WriteInt32BigEndian(room, written);
        length -= utf8.Length * 3 - written;
    }

    /// <summary>A column without value.</summary>
    public void Null() => BinaryPrimitives.WriteInt32BigEndian(Take(4), -1);

    /// <summary>A <c>uuid</c> column from 16 bytes.</summary>
    public void Uuid(ReadOnlySpan<byte> sixteen)
    {
        var room = Take(20);
        BinaryPrimitives.WriteInt32BigEndian(room, 16);
        sixteen[..16].CopyTo(room[4..]);
    }

    /// <summary>A <c>float8</c> column; NULL when not a number.</summary>
    public void Float8(double value)
    {
        if (double.IsNaN(value))
        {
            Null();
            return;
        }

        var room = Take(12);
        BinaryPrimitives.WriteInt32BigEndian(room, 8);
        BinaryPrimitives.WriteDoubleBigEndian(room[4..], value);
    }

    /// <summary>A <c>date</c> column: days since 2000-01-01; NULL when absent.</summary>
    public void Date(DateOnly? value)
    {
        if (value is not { } date)
        {
            Null();
            return;
        }

        var room = Take(8);
        BinaryPrimitives.WriteInt32BigEndian(room, 4);
        BinaryPrimitives.WriteInt32BigEndian(room[4..], date.DayNumber - new DateOnly(2000, 1, 1).DayNumber);
    }

    /// <summary>Sends what has gathered, when it is enough.</summary>
    public ValueTask FlushIfFullAsync(CancellationToken cancel) => length < FlushAtBytes ? ValueTask.CompletedTask : FlushAsync(cancel);

    /// <summary>Ends the COPY: the rows are then in the table.</summary>
    public async Task CompleteAsync(CancellationToken cancel)
    {
        BinaryPrimitives.WriteInt16BigEndian(Take(2), -1);
        await FlushAsync(cancel);
        finished = true;
        await stream.DisposeAsync();
    }

    /// <summary>Without <see cref="CompleteAsync"/> the COPY is given up and leaves nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!finished)
        {
            finished = true;
            await stream.CancelAsync();
            await stream.DisposeAsync();
        }
    }

    private async ValueTask FlushAsync(CancellationToken cancel)
    {
        await stream.WriteAsync(buffer.AsMemory(0, length), cancel);
        length = 0;
    }

    private Span<byte> Take(int bytes)
    {
        if (buffer.Length - length < bytes)
        {
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + bytes));
        }

        length += bytes;
        return buffer.AsSpan(length - bytes, bytes);
    }
}
