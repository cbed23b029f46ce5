namespace Sante.DirectoryFiles;

/// <summary>A small generator (SplitMix64, Steele, Lea and Flood 2014) whose sequence is ours for ever: the same seed and number give the same thing on any runtime.</summary>
public struct Dice
{
    private ulong state;

    /// <summary>The dice of one thing: its kind and number under a seed.</summary>
    public Dice(int seed, string kind, long number)
    {
        state = unchecked((ulong)seed * 0x9E3779B97F4A7C15UL ^ (ulong)number * 0xD1B54A32D192ED03UL);
        foreach (var c in kind)
        {
            state = unchecked((state ^ c) * 0x100000001B3UL);
        }
    }

    /// <summary>From 0 to <paramref name="bound"/> - 1.</summary>
    public int Next(int bound)
    {
        unchecked
        {
            state += 0x9E3779B97F4A7C15UL;
            var z = state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return (int)((z ^ (z >> 31)) % (ulong)bound);
        }
    }

    /// <summary>One of a list.</summary>
    public T Of<T>(IReadOnlyList<T> list) => list[Next(list.Count)];

    /// <summary>True so many times in a hundred.</summary>
    public bool Percent(int percent) => Next(100) < percent;
}
