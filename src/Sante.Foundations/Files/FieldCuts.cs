namespace Sante.Foundations.Files;

/// <summary>Cuts one line into its fields: positions only, reused from line to line. Not thread-safe.</summary>
public sealed class FieldCuts
{
    /// <summary>More fields than any official layout has; the rest of a line beyond is one field.</summary>
    private const int MostFields = 256;

    private readonly int[] ends = new int[MostFields];

    /// <summary>Number of fields: separators + 1, the empty one after a trailing separator included.</summary>
    public int Count { get; private set; }

    /// <summary>Remembers where each field ends and returns their number.</summary>
    public int Cut(ReadOnlySpan<byte> line, byte separator)
    {
        var count = 0;
        var from = 0;
        while (count < MostFields - 1)
        {
            var next = line[from..].IndexOf(separator);
            if (next < 0)
            {
                break;
            }

            ends[count++] = from + next;
            from += next + 1;
        }

        ends[count++] = line.Length;
        return Count = count;
    }

    /// <summary>Field <paramref name="index"/> of the line last cut; empty when the index is negative (a column the file does not have).</summary>
    public ReadOnlySpan<byte> Field(ReadOnlySpan<byte> line, int index)
    {
        if (index < 0)
        {
            return default;
        }

        var from = index == 0 ? 0 : ends[index - 1] + 1;
        return line[from..ends[index]];
    }
}
