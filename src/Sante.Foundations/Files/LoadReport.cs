using System.Globalization;

namespace Sante.Foundations.Files;

/// <summary>Something wrong with one row. It never carries the row's values: extracts may hold private data.</summary>
/// <param name="Line">Line number in the file, from 1, the header included.</param>
/// <param name="Reason">Stable kebab-case reason, for example <c>column-count</c>.</param>
/// <param name="Column">Name of the column, or null when the whole row is meant.</param>
/// <param name="Kept">True for a warning: the row was loaded all the same.</param>
public sealed record RowProblem(long Line, string Reason, string? Column, bool Kept);

/// <summary>How far a load is.</summary>
/// <param name="Phase">What is being done, in French, for people.</param>
/// <param name="BytesRead">Bytes of the file read so far.</param>
/// <param name="Rows">Rows read so far.</param>
/// <param name="WrongRows">Rows refused so far.</param>
public readonly record struct LoadProgress(string Phase, long BytesRead, long Rows, long WrongRows);

/// <summary>The rows with a problem, counted by reason; the first <see cref="Kept"/> are listed.</summary>
public sealed class RowProblems
{
    /// <summary>Problems listed one by one at most; beyond, they are only counted (a wrong file has millions).</summary>
    public const int Kept = 100_000;

    private readonly List<RowProblem> listed = [];
    private readonly SortedDictionary<string, long> counts = new(StringComparer.Ordinal);

    /// <summary>Rows refused.</summary>
    public long Wrong { get; private set; }

    /// <summary>Warnings on rows that were loaded.</summary>
    public long Warnings { get; private set; }

    /// <summary>The first problems, in file order.</summary>
    public IReadOnlyList<RowProblem> Listed => listed;

    /// <summary>Number of problems by reason.</summary>
    public IReadOnlyDictionary<string, long> ByReason => counts;

    /// <summary>Counts a problem and lists it while there is room.</summary>
    public void Add(long line, string reason, string? column, bool kept)
    {
        counts[reason] = counts.GetValueOrDefault(reason) + 1;
        if (kept)
        {
            Warnings++;
        }
        else
        {
            Wrong++;
        }

        if (listed.Count < Kept)
        {
            listed.Add(new RowProblem(line, reason, column, kept));
        }
    }

    /// <summary>Writes the list as CSV: <c>line;reason;column;loaded</c>.</summary>
    public async Task WriteCsvAsync(TextWriter target)
    {
        ArgumentNullException.ThrowIfNull(target);
        await target.WriteLineAsync("line;reason;column;loaded");
        foreach (var problem in listed)
        {
            await target.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"{problem.Line};{problem.Reason};{problem.Column};{(problem.Kept ? "yes" : "no")}"));
        }
    }
}

/// <summary>What a load did. Times are wall-clock seconds.</summary>
/// <param name="Source">"rpps" or "finess".</param>
/// <param name="Rows">Rows of data read, the wrong ones included.</param>
/// <param name="Problems">Wrong rows and warnings.</param>
/// <param name="ReadSeconds">Reading, checking and copying into the staging tables.</param>
/// <param name="PublishSeconds">Building the next directory, its indexes, and putting it in place.</param>
/// <param name="Counts">What the directory holds now, by kind of record.</param>
public sealed record LoadReport(
    string Source,
    long Rows,
    RowProblems Problems,
    double ReadSeconds,
    double PublishSeconds,
    IReadOnlyDictionary<string, long> Counts)
{
    /// <summary>Rows per second over the whole load.</summary>
    public double RowsPerSecond => Rows / Math.Max(ReadSeconds + PublishSeconds, 0.001);
}
