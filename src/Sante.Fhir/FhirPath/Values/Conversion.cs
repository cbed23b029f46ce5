using System.Globalization;
using System.Text;
using Sante.Fhir.Definitions;
using Sante.Fhir.Json;

namespace Sante.Fhir.FhirPath;

/// <summary>The implicit conversion of FHIR primitives and Quantity to System values (http://hl7.org/fhir/R4/fhirpath.html#types).</summary>
internal static class Conversion
{
    private const string UcumSystem = "http://unitsofmeasure.org";

    /// <summary>The System value of an element; System values stay; None for what has no value or none that fits its type, and for complex elements.</summary>
    public static FhirPathValue ToSystem(in FhirPathValue value)
    {
        if (value.Kind != FhirPathKind.Element)
        {
            return value;
        }

        switch (value.NodeKind)
        {
            case FhirNodeKind.True: return FhirPathValue.Of(true);
            case FhirNodeKind.False: return FhirPathValue.Of(false);
            case FhirNodeKind.Number: return Number(value);
            case FhirNodeKind.Text: return Text(value);
            case FhirNodeKind.Map: return Schema.IsQuantity(value.Type) ? FromQuantity(value.Node) : default;
            default: return default;
        }
    }

    /// <summary>True for an element that is a primitive by its JSON.</summary>
    public static bool IsPrimitive(in FhirPathValue value) =>
        value.NodeKind is FhirNodeKind.Text or FhirNodeKind.Number or FhirNodeKind.True or FhirNodeKind.False
        || (value.Kind == FhirPathKind.Element && value.Index < 0 && value.CompanionIndex >= 0);

    /// <summary>The text of a String or of a primitive that converts to one, else null.</summary>
    public static string? StringOf(in FhirPathValue value)
    {
        if (value.Kind == FhirPathKind.String)
        {
            return value.String;
        }

        return ToSystem(value) is { Kind: FhirPathKind.String } text ? text.String : null;
    }

    private static FhirPathValue Number(in FhirPathValue value)
    {
        var bytes = value.Tree!.Value(value.Index);
        var isDecimal = value.Type is { Primitive: PrimitiveForm.Decimal } || (value.Type is null && bytes.IndexOfAny("."u8) >= 0);
        if (!isDecimal && int.TryParse(bytes, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            return FhirPathValue.Of(whole);
        }

        return decimal.TryParse(bytes, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? FhirPathValue.Of(number) : default;
    }

    private static FhirPathValue Text(in FhirPathValue value)
    {
        var kind = value.Type?.Primitive switch
        {
            PrimitiveForm.Date => FhirPathKind.Date,
            PrimitiveForm.DateTime or PrimitiveForm.Instant => FhirPathKind.DateTime,
            PrimitiveForm.Time => FhirPathKind.Time,
            _ => FhirPathKind.String,
        };
        if (kind == FhirPathKind.String)
        {
            return FhirPathValue.Of(value.Node.Text!);
        }

        var bytes = value.Tree!.Value(value.Index);
        Span<char> letters = stackalloc char[40];
        if (bytes.Length > letters.Length)
        {
            return default;
        }

        var length = Encoding.UTF8.GetChars(bytes, letters);
        var moment = kind == FhirPathKind.Time ? MomentText.Time(letters[..length]) : MomentText.Date(letters[..length], kind);
        return moment is null ? default : FhirPathValue.Of(moment);
    }

    // A Quantity with a comparator names no single value. A unit that is not UCUM's is comparable with itself only: its system goes with it.
    private static FhirPathValue FromQuantity(FhirNode node)
    {
        if (node["comparator"u8].Exists || !decimal.TryParse(node["value"u8].RawUtf8.Span, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return default;
        }

        var (code, system) = (node["code"u8].Text, node["system"u8].Text);
        var unit = system == UcumSystem ? code : code is null ? node["unit"u8].Text : system is null ? code : $"{system}|{code}";
        return FhirPathValue.Of(new Quantity(number, unit ?? Quantity.One, false));
    }
}
