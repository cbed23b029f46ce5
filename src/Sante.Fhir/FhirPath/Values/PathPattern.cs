using System.Text.RegularExpressions;

namespace Sante.Fhir.FhirPath;

/// <summary>A regular expression that cannot blow up: matched without backtracking, of bounded size, with a time limit.</summary>
internal sealed class PathPattern
{
    private const int MaxLength = 2000;
    // NonBacktracking unrolls counted repetitions: their product bounds the automaton.
    private const long MaxRepetitions = 20_000;
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(FhirPathLimits.MaxMatchMilliseconds);
    private readonly Regex regex;

    private PathPattern(string source, Regex regex, bool backtracks) => (Source, this.regex, Backtracks) = (source, regex, backtracks);

    public string Source { get; }

    /// <summary>How large the automaton may become.</summary>
    public long Size => SizeOf(Source);

    /// <summary>A bound of the states that a pattern may need; of one that is never made, its length.</summary>
    public static long SizeOf(string source) => source.Length > MaxLength || Repetitions(source) > MaxRepetitions ? source.Length : source.Length * Repetitions(source);

    /// <summary>Matching may take more than linear time.</summary>
    public bool Backtracks { get; }

    /// <summary>The compiled pattern; null when it is no pattern or too large.</summary>
    public static PathPattern? Of(string source)
    {
        if (source.Length > MaxLength || Repetitions(source) > MaxRepetitions)
        {
            return null;
        }

        try
        {
            const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.Singleline;
            var backtracks = NeedsBacktracking(source);
            return new PathPattern(source, new Regex(source, backtracks ? Options : Options | RegexOptions.NonBacktracking, Longest), backtracks);
        }
        catch (ArgumentException)
        {
            // The pattern is the expression's: the library tells a bad one only so.
            return null;
        }
        catch (NotSupportedException)
        {
            // Constructs that cannot be matched without backtracking and were not seen above.
            return null;
        }
    }

    /// <summary>True when the text holds a match, or is one as a whole; null when the time is over.</summary>
    public bool? IsMatch(string text, bool whole)
    {
        try
        {
            if (!whole)
            {
                return regex.IsMatch(text);
            }

            foreach (var match in regex.EnumerateMatches(text))
            {
                if (match.Index == 0 && match.Length == text.Length)
                {
                    return true;
                }
            }

            return false;
        }
        catch (RegexMatchTimeoutException)
        {
            // The limit asked for above: the library tells it only so.
            return null;
        }
    }

    /// <summary>The text with every match replaced ($1 or \1 for groups); null when the time is over or the result would pass the limit.</summary>
    public string? Replace(string text, string substitution, int maxLength)
    {
        try
        {
            if ((regex.Count(text) * (long)substitution.Length) + text.Length > maxLength || GrowsByGroups(text, substitution, maxLength))
            {
                return null;
            }

            return regex.Replace(text, substitution);
        }
        catch (RegexMatchTimeoutException)
        {
            // As above.
            return null;
        }
    }

    // Each $ may insert at most the whole text.
    private static bool GrowsByGroups(string text, string substitution, int maxLength) =>
        substitution.Count(letter => letter == '$') * (long)text.Length * text.Length > maxLength * 64L;

    private static bool NeedsBacktracking(string source) =>
        source.Contains("(?=", StringComparison.Ordinal) || source.Contains("(?!", StringComparison.Ordinal) || source.Contains("(?<", StringComparison.Ordinal)
        || source.Contains("(?>", StringComparison.Ordinal) || source.Contains("(?(", StringComparison.Ordinal) || HasBackReference(source);

    private static bool HasBackReference(string source)
    {
        for (var at = 0; at + 1 < source.Length; at++)
        {
            if (source[at] != '\\')
            {
                continue;
            }

            if (source[at + 1] is >= '1' and <= '9' or 'k')
            {
                return true;
            }

            at++;
        }

        return false;
    }

    private static long Repetitions(string source)
    {
        long product = 1;
        for (var at = 0; at < source.Length && product <= MaxRepetitions; at++)
        {
            if (source[at] != '{')
            {
                continue;
            }

            long largest = 0;
            long number = 0;
            for (at++; at < source.Length && source[at] != '}'; at++)
            {
                number = char.IsAsciiDigit(source[at]) ? Math.Min(MaxRepetitions + 1, (number * 10) + (source[at] - '0')) : 0;
                largest = Math.Max(largest, number);
            }

            product *= Math.Max(1, largest);
        }

        return product;
    }
}
