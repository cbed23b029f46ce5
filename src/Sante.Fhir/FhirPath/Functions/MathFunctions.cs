namespace Sante.Fhir.FhirPath;

/// <summary>Mathematics (http://hl7.org/fhirpath/N1/#math): nothing when there is no result in range.</summary>
internal static class MathFunctions
{
    private const int MostDigits = 28;

    public static readonly PathFunctionEntry[] All =
    [
        new("abs", 0, 0, Abs),
        new("ceiling", 0, 0, static (PathRun run, CallNode call, in FhirPathValue _, Items input, Items output) => ToWhole(run, call, input, output, decimal.Ceiling)),
        new("floor", 0, 0, static (PathRun run, CallNode call, in FhirPathValue _, Items input, Items output) => ToWhole(run, call, input, output, decimal.Floor)),
        new("truncate", 0, 0, static (PathRun run, CallNode call, in FhirPathValue _, Items input, Items output) => ToWhole(run, call, input, output, decimal.Truncate)),
        new("exp", 0, 0, static (PathRun run, CallNode call, in FhirPathValue _, Items input, Items output) => Real(run, call, input, output, Math.Exp)),
        new("ln", 0, 0, static (PathRun run, CallNode call, in FhirPathValue _, Items input, Items output) => Real(run, call, input, output, Math.Log)),
        new("sqrt", 0, 0, static (PathRun run, CallNode call, in FhirPathValue _, Items input, Items output) => Real(run, call, input, output, Math.Sqrt)),
        new("log", 1, 1, Log),
        new("power", 1, 1, Power),
        new("round", 0, 1, Round),
    ];

    /// <summary>The input as a number; None when empty; another type is a fault.</summary>
    private static FhirPathValue Number(PathRun run, CallNode call, FhirPathValue value)
    {
        if (value.Kind is not (FhirPathKind.None or FhirPathKind.Integer or FhirPathKind.Decimal))
        {
            run.Fail(PathFaults.Type(call.Name));
            return default;
        }

        return value;
    }

    private static void Abs(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        var value = call.Input(run, input);
        if (value.Kind == FhirPathKind.Quantity)
        {
            output.Add(FhirPathValue.Of(value.Quantity with { Value = Math.Abs(value.Quantity.Value) }));
        }
        else if (Number(run, call, value) is { Kind: FhirPathKind.Decimal } real)
        {
            output.Add(FhirPathValue.Of(Math.Abs(real.Number)));
        }
        else if (Number(run, call, value) is { Kind: FhirPathKind.Integer } whole && whole.Whole != int.MinValue)
        {
            output.Add(FhirPathValue.Of(Math.Abs(whole.Whole)));
        }
    }

    private static void ToWhole(PathRun run, CallNode call, Items input, Items output, Func<decimal, decimal> round)
    {
        if (Number(run, call, call.Input(run, input)) is { Exists: true } value && round(value.Number) is >= int.MinValue and <= int.MaxValue and var whole)
        {
            output.Add(FhirPathValue.Of((int)whole));
        }
    }

    private static void Real(PathRun run, CallNode call, Items input, Items output, Func<double, double> function)
    {
        if (Number(run, call, call.Input(run, input)) is { Exists: true } value)
        {
            Add(output, function((double)value.Number));
        }
    }

    private static void Log(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        var value = Number(run, call, call.Input(run, input));
        var root = Number(run, call, call.Argument(run, focus, 0));
        if (value.Exists && root.Exists)
        {
            Add(output, Math.Log((double)value.Number, (double)root.Number));
        }
    }

    private static void Power(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        var value = Number(run, call, call.Input(run, input));
        var exponent = Number(run, call, call.Argument(run, focus, 0));
        if (!value.Exists || !exponent.Exists)
        {
            return;
        }

        if (exponent.Kind == FhirPathKind.Integer && exponent.Whole >= 0)
        {
            AddWholePower(output, value, exponent.Whole);
        }
        else
        {
            Add(output, Math.Pow((double)value.Number, (double)exponent.Number));
        }
    }

    /// <summary>Exact, by squares.</summary>
    private static void AddWholePower(Items output, in FhirPathValue value, int exponent)
    {
        try
        {
            var (result, square) = (1m, value.Number);
            for (; exponent > 0; exponent >>= 1)
            {
                result = (exponent & 1) == 1 ? result * square : result;
                square = exponent > 1 ? square * square : square;
            }

            output.Add(value.Kind == FhirPathKind.Integer && result is >= int.MinValue and <= int.MaxValue ? FhirPathValue.Of((int)result) : FhirPathValue.Of(result));
        }
        catch (OverflowException)
        {
            // Out of the range of decimals: FHIRPath then gives nothing.
        }
    }

    private static void Round(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        var value = Number(run, call, call.Input(run, input));
        var digits = call.Whole(run, focus, 0) ?? 0;
        if (digits < 0)
        {
            run.Fail(PathFaults.Type(call.Name));
        }
        else if (value.Exists)
        {
            output.Add(FhirPathValue.Of(Math.Round(value.Number, Math.Min(digits, MostDigits), MidpointRounding.AwayFromZero)));
        }
    }

    private static void Add(Items output, double value)
    {
        if (double.IsFinite(value) && Math.Abs(value) < 7.9e28)
        {
            output.Add(FhirPathValue.Of((decimal)value));
        }
    }
}
