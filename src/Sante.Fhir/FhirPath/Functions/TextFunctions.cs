namespace Sante.Fhir.FhirPath;

/// <summary>String functions (http://hl7.org/fhirpath/N1/#string-manipulation, with trim, split, join, matchesFull and lastIndexOf of the later editions).</summary>
internal static class TextFunctions
{
    public static readonly PathFunctionEntry[] All =
    [
        new("indexOf", 1, 1, static (PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output) => Search(run, call, focus, input, output, static (text, part) => FhirPathValue.Of(text.IndexOf(part, StringComparison.Ordinal)))),
        new("lastIndexOf", 1, 1, static (PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output) => Search(run, call, focus, input, output, static (text, part) => FhirPathValue.Of(text.LastIndexOf(part, StringComparison.Ordinal)))),
        new("startsWith", 1, 1, static (PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output) => Search(run, call, focus, input, output, static (text, part) => FhirPathValue.Of(text.StartsWith(part, StringComparison.Ordinal)))),
        new("endsWith", 1, 1, static (PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output) => Search(run, call, focus, input, output, static (text, part) => FhirPathValue.Of(text.EndsWith(part, StringComparison.Ordinal)))),
        new("contains", 1, 1, static (PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output) => Search(run, call, focus, input, output, static (text, part) => FhirPathValue.Of(text.Contains(part, StringComparison.Ordinal)))),
        new("upper", 0, 0, static (PathRun run, CallNode call, in FhirPathValue _, Items input, Items output) => Change(run, call, input, output, static text => text.ToUpperInvariant())),
        new("lower", 0, 0, static (PathRun run, CallNode call, in FhirPathValue _, Items input, Items output) => Change(run, call, input, output, static text => text.ToLowerInvariant())),
        new("trim", 0, 0, static (PathRun run, CallNode call, in FhirPathValue _, Items input, Items output) => Change(run, call, input, output, static text => text.Trim())),
        new("length", 0, 0, Length),
        new("substring", 1, 2, Substring),
        new("replace", 2, 2, Replace),
        new("matches", 1, 2, static (PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output) => Matches(run, call, focus, input, output, false)),
        new("matchesFull", 1, 2, static (PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output) => Matches(run, call, focus, input, output, true)),
        new("replaceMatches", 2, 2, ReplaceMatches),
        new("toChars", 0, 0, ToChars),
        new("split", 1, 1, Split),
        new("join", 0, 1, Join),
    ];

    private static void Search(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output, Func<string, string, FhirPathValue> search)
    {
        var text = call.InputText(run, input);
        var part = call.Text(run, focus, 0);
        if (text is not null && part is not null && run.Spend(1 + (text.Length / 64)))
        {
            output.Add(search(text, part));
        }
    }

    private static void Change(PathRun run, CallNode call, Items input, Items output, Func<string, string> change)
    {
        if (call.InputText(run, input) is { } text)
        {
            run.AddText(output, change(text));
        }
    }

    private static void Length(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        if (call.InputText(run, input) is { } text)
        {
            output.Add(FhirPathValue.Of(text.Length));
        }
    }

    private static void Substring(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        var text = call.InputText(run, input);
        var from = call.Whole(run, focus, 0);
        if (text is null || from is not { } start || start < 0 || start >= text.Length)
        {
            return;
        }

        // An empty length is as if it were not given.
        var length = Math.Clamp(call.Whole(run, focus, 1) ?? text.Length, 0, text.Length - start);
        run.AddText(output, text.Substring(start, length));
    }

    private static void Replace(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        var (text, pattern, substitution) = (call.InputText(run, input), call.Text(run, focus, 0), call.Text(run, focus, 1));
        if (text is null || pattern is null || substitution is null)
        {
            return;
        }

        if (((long)text.Length + 1) * (substitution.Length + 1) / Math.Max(1, pattern.Length) > run.Scope.Limits.MaxTextLength)
        {
            run.Fail(PathFaults.TooCostly);
        }
        else
        {
            // An empty pattern is found around every character.
            run.AddText(output, pattern.Length > 0 ? text.Replace(pattern, substitution, StringComparison.Ordinal)
                : substitution + string.Concat(text.Select(letter => letter + substitution)));
        }
    }

    private static void Matches(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output, bool whole)
    {
        var text = call.InputText(run, input);
        if (text is null || !run.Spend(4 + (text.Length / 8)) || PatternOf(run, call, focus) is not { } pattern)
        {
            return;
        }

        if (pattern.IsMatch(text, whole) is { } match)
        {
            output.Add(match);
        }
        else
        {
            run.Fail(PathFaults.Pattern);
        }
    }

    private static void ReplaceMatches(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        var (text, substitution) = (call.InputText(run, input), call.Text(run, focus, 1));
        if (PatternOf(run, call, focus) is not { } pattern || text is null || substitution is null || !run.Spend(4 + (text.Length / 8)))
        {
            return;
        }

        // An empty pattern matches nothing here, as the test suite of the standard has it.
        if (pattern.Source.Length == 0)
        {
            output.Add(FhirPathValue.Of(text));
        }
        else if (pattern.Replace(text, substitution, run.Scope.Limits.MaxTextLength) is { } made)
        {
            run.AddText(output, made);
        }
        else
        {
            run.Fail(PathFaults.Pattern);
        }
    }

    private static PathPattern? PatternOf(PathRun run, CallNode call, in FhirPathValue focus)
    {
        var source = call.Text(run, focus, 0);
        if (source is null)
        {
            return null;
        }

        var pattern = call.Pattern;
        if (pattern?.Source != source)
        {
            // To compile a pattern costs far more than a step, and counted repetitions are unrolled.
            call.Pattern = pattern = run.Spend((int)Math.Min(int.MaxValue, 500 + PathPattern.SizeOf(source))) ? PathPattern.Of(source) : null;
        }

        if (pattern is null || (pattern.Backtracks && !run.Scope.Limits.AllowsBacktracking))
        {
            run.Fail(PathFaults.Pattern);
            return null;
        }

        return pattern;
    }

    private static void ToChars(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        foreach (var letter in call.InputText(run, input) ?? "")
        {
            run.AddText(output, letter.ToString());
        }
    }

    private static void Split(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        var (text, separator) = (call.InputText(run, input), call.Text(run, focus, 0));
        if (text is null || !run.Spend(1 + (text.Length / 16)))
        {
            return;
        }

        foreach (var part in string.IsNullOrEmpty(separator) ? [text] : text.Split(separator))
        {
            run.AddText(output, part);
        }
    }

    private static void Join(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        var separator = call.Text(run, focus, 0) ?? "";
        var parts = new List<string>(input.Count);
        long length = 0;
        for (var at = 0; at < input.Count && run.Spend(); at++)
        {
            if (Conversion.StringOf(input[at]) is not { } part)
            {
                run.Fail(PathFaults.Type(call.Name));
                return;
            }

            parts.Add(part);
            length += part.Length + separator.Length;
        }

        if (length > run.Scope.Limits.MaxTextLength)
        {
            run.Fail(PathFaults.TooCostly);
        }
        else if (parts.Count > 0)
        {
            run.AddText(output, string.Join(separator, parts));
        }
    }
}
