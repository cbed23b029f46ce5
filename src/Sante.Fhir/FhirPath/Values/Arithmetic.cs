namespace Sante.Fhir.FhirPath;

/// <summary>Arithmetic of System values (http://hl7.org/fhirpath/N1/#math-2): None on overflow and division by zero, a fault on types without the operation.</summary>
internal static class Arithmetic
{
    public static FhirPathValue Apply(PathRun run, string operation, in FhirPathValue left, in FhirPathValue right)
    {
        try
        {
            return Checked(run, operation, left, right);
        }
        catch (OverflowException)
        {
            // Decimal and integer arithmetic have no other way to say that a result is out of range: FHIRPath then gives nothing.
            return default;
        }
    }

    private static FhirPathValue Checked(PathRun run, string operation, in FhirPathValue left, in FhirPathValue right)
    {
        if (left.Kind == FhirPathKind.Integer && right.Kind == FhirPathKind.Integer && operation != "/")
        {
            return Integers(operation, left.Whole, right.Whole);
        }

        if (IsNumber(left) && IsNumber(right))
        {
            return Decimals(operation, left.Number, right.Number);
        }

        if (operation == "+" && left.Kind == FhirPathKind.String && right.Kind == FhirPathKind.String)
        {
            if (left.String.Length + (long)right.String.Length <= run.Scope.Limits.MaxTextLength)
            {
                return FhirPathValue.Of(left.String + right.String);
            }

            run.Fail(PathFaults.TooCostly);
            return default;
        }

        if (operation is "+" or "-" && left.Kind is FhirPathKind.Date or FhirPathKind.DateTime or FhirPathKind.Time && right.Kind == FhirPathKind.Quantity)
        {
            return Moments(run, left.Moment, right.Quantity, operation == "+" ? 1 : -1);
        }

        if (Quantities.Promote(left, right, out var one, out var other) && operation is "+" or "-" or "*" or "/")
        {
            return Quantities.Apply(run, operation, one, other);
        }

        run.Fail(PathFaults.Type(operation));
        return default;
    }

    private static FhirPathValue Integers(string operation, int left, int right) => operation switch
    {
        "+" => FhirPathValue.Of(left + right),
        "-" => FhirPathValue.Of(left - right),
        "*" => FhirPathValue.Of(left * right),
        _ when right == 0 => default,
        // The one quotient (and, on some machines, rest) that does not fit.
        _ when right == -1 => operation == "div" ? FhirPathValue.Of(-left) : FhirPathValue.Of(0),
        "div" => FhirPathValue.Of(left / right),
        _ => FhirPathValue.Of(left % right),
    };

    private static FhirPathValue Decimals(string operation, decimal left, decimal right) => operation switch
    {
        "+" => FhirPathValue.Of(left + right),
        "-" => FhirPathValue.Of(left - right),
        "*" => FhirPathValue.Of(left * right),
        _ when right == 0 => default,
        "/" => FhirPathValue.Of(left / right),
        "div" => decimal.Truncate(left / right) is >= int.MinValue and <= int.MaxValue and var whole ? FhirPathValue.Of((int)whole) : default,
        _ => FhirPathValue.Of(left % right),
    };

    private static FhirPathValue Moments(PathRun run, Moment moment, Quantity duration, int sign)
    {
        var moved = MomentArithmetic.Add(moment, duration, sign, out var wrongUnit);
        if (wrongUnit)
        {
            run.Fail(PathFaults.Units);
        }

        return moved is null ? default : FhirPathValue.Of(moved);
    }

    private static bool IsNumber(in FhirPathValue value) => value.Kind is FhirPathKind.Integer or FhirPathKind.Decimal;
}
