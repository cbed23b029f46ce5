namespace Sante.Fhir.FhirPath;

/// <summary>toX() and convertsToX() (http://hl7.org/fhirpath/N1/#conversion).</summary>
internal static class ConversionFunctions
{
    public static readonly PathFunctionEntry[] All =
    [
        .. Pair("Boolean", static value => ToBoolean(value)),
        .. Pair("Integer", static value => ToInteger(value)),
        .. Pair("Decimal", static value => ToDecimal(value)),
        .. Pair("String", static value => ToText(value)),
        .. Pair("Date", static value => ToDate(value)),
        .. Pair("DateTime", static value => ToDateTime(value)),
        .. Pair("Time", static value => value.Kind == FhirPathKind.Time ? value : Of(value.Kind == FhirPathKind.String ? MomentText.Time(value.String) : null)),
        new("toQuantity", 0, 1, static (PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output) => Quantity(run, call, focus, input, output, false)),
        new("convertsToQuantity", 0, 1, static (PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output) => Quantity(run, call, focus, input, output, true)),
    ];

    private static PathFunctionEntry[] Pair(string type, Func<FhirPathValue, FhirPathValue> convert) =>
    [
        new("to" + type, 0, 0, (PathRun run, CallNode _, in FhirPathValue _, Items input, Items output) =>
        {
            if (convert(Conversion.ToSystem(run.Single(input))) is { Exists: true } made)
            {
                output.Add(made);
            }
        }),
        new("convertsTo" + type, 0, 0, (PathRun run, CallNode _, in FhirPathValue _, Items input, Items output) =>
        {
            if (input.Count > 0)
            {
                output.Add(convert(Conversion.ToSystem(run.Single(input))).Exists);
            }
        }),
    ];

    private static FhirPathValue ToBoolean(in FhirPathValue value)
    {
        switch (value.Kind)
        {
            case FhirPathKind.Boolean:
                return value;
            case FhirPathKind.Integer or FhirPathKind.Decimal when value.Number is 0 or 1:
                return FhirPathValue.Of(value.Number == 1);
            case FhirPathKind.String:
                return value.String.ToUpperInvariant() switch
                {
                    "TRUE" or "T" or "YES" or "Y" or "1" or "1.0" => FhirPathValue.Of(true),
                    "FALSE" or "F" or "NO" or "N" or "0" or "0.0" => FhirPathValue.Of(false),
                    _ => default,
                };
            default:
                return default;
        }
    }

    private static FhirPathValue ToInteger(in FhirPathValue value) => value.Kind switch
    {
        FhirPathKind.Integer => value,
        FhirPathKind.Boolean => FhirPathValue.Of(value.Truth ? 1 : 0),
        FhirPathKind.String when Numbers.TryInteger(value.String, out var whole) => FhirPathValue.Of(whole),
        _ => default,
    };

    private static FhirPathValue ToDecimal(in FhirPathValue value) => value.Kind switch
    {
        FhirPathKind.Integer => FhirPathValue.Of(value.Number),
        FhirPathKind.Decimal => value,
        FhirPathKind.Boolean => FhirPathValue.Of(value.Truth ? 1m : 0m),
        FhirPathKind.String when Numbers.TryDecimal(value.String, out var number) => FhirPathValue.Of(number),
        _ => default,
    };

    private static FhirPathValue ToText(in FhirPathValue value) =>
        value.Kind is FhirPathKind.None or FhirPathKind.Type ? default : FhirPathValue.Of(value.Text!);

    private static FhirPathValue ToDate(in FhirPathValue value) => value.Kind switch
    {
        FhirPathKind.Date => value,
        FhirPathKind.DateTime => Of(DateOf(value.Moment)),
        FhirPathKind.String => Of(MomentText.Date(value.String, FhirPathKind.DateTime) is { } moment ? DateOf(moment) : null),
        _ => default,
    };

    private static FhirPathValue ToDateTime(in FhirPathValue value) => value.Kind switch
    {
        FhirPathKind.DateTime => value,
        FhirPathKind.Date => FhirPathValue.Of(value.Moment.AsDateTime()),
        FhirPathKind.String => Of(MomentText.Date(value.String, FhirPathKind.DateTime)),
        _ => default,
    };

    private static Moment DateOf(Moment moment) => new(FhirPathKind.Date, moment.Ticks - (moment.Ticks % TimeSpan.TicksPerDay),
        moment.Part > MomentPart.Day ? MomentPart.Day : moment.Part, 0, null, false);

    private static FhirPathValue Of(Moment? moment) => moment is null ? default : FhirPathValue.Of(moment);

    private static void Quantity(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output, bool asks)
    {
        var value = Conversion.ToSystem(run.Single(input));
        var made = value.Kind switch
        {
            FhirPathKind.Boolean => new Quantity(value.Truth ? 1m : 0m, FhirPath.Quantity.One, false),
            FhirPathKind.String => QuantityText.Read(value.String),
            _ => Quantities.Of(value),
        };
        if (made is not null && call.Text(run, focus, 0) is { } unit)
        {
            made = Quantities.In(made, unit);
        }

        if (asks)
        {
            if (input.Count > 0)
            {
                output.Add(made is not null);
            }
        }
        else if (made is not null)
        {
            output.Add(FhirPathValue.Of(made));
        }
    }
}
