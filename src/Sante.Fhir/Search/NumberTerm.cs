using System.Globalization;

namespace Sante.Fhir.Search;

/// <summary>A number with its prefix; equality admits what rounds to it (half of the last digit given).</summary>
internal sealed record NumberTerm(SearchPrefix Prefix, decimal Number, decimal Half) : SearchTerm
{
    public override bool Matches(IndexValue value) => value is NumberValue number && IsMatch(number.Value);

    public bool IsMatch(decimal value) => Prefix switch
    {
        SearchPrefix.Eq => value >= Number - Half && value < Number + Half,
        SearchPrefix.Ne => value < Number - Half || value >= Number + Half,
        SearchPrefix.Gt or SearchPrefix.Sa => value > Number,
        SearchPrefix.Lt or SearchPrefix.Eb => value < Number,
        SearchPrefix.Ge => value >= Number,
        SearchPrefix.Le => value <= Number,
        _ => Math.Abs(value - Number) <= Math.Max(Half, Math.Abs(Number) / 10),
    };

    public override bool Narrow(SearchParameter parameter, string code, NarrowingList into)
    {
        if (Prefix == SearchPrefix.Ne)
        {
            return false;
        }

        var (low, high) = Range((double)Number, (double)Half);
        into.Numbers.Add(NumberWindows.Widened(low, high, ""));
        into.IsExact = false;
        return true;
    }

    /// <summary>The range that matching values lie in, for the same number in any unit.</summary>
    public (double Low, double High) Range(double number, double half)
    {
        var margin = Math.Max(half, Math.Abs(number) / 10);
        return Prefix switch
        {
            SearchPrefix.Eq => (number - half, number + half),
            SearchPrefix.Gt or SearchPrefix.Sa or SearchPrefix.Ge => (number, double.PositiveInfinity),
            SearchPrefix.Lt or SearchPrefix.Eb or SearchPrefix.Le => (double.NegativeInfinity, number),
            _ => (number - margin, number + margin),
        };
    }

    /// <summary>A prefix and a number of at most 10^27; null for anything else.</summary>
    public static NumberTerm? Read(string text)
    {
        var prefix = SearchValueText.PrefixOf(ref text);
        return text.Length <= 64 && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            && Math.Abs(number) <= SearchIndex.MaxNumber ? new NumberTerm(prefix, number, HalfOf(text)) : null;
    }

    /// <summary>Half of the last digit's worth: 5.40 → 0.005; 1e2 → 50.</summary>
    public static decimal HalfOf(string text)
    {
        var exponentAt = text.IndexOfAny(['e', 'E']);
        var mantissa = exponentAt < 0 ? text : text[..exponentAt];
        var exponent = exponentAt < 0 || !int.TryParse(text[(exponentAt + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var power) ? 0 : Math.Clamp(power, -1000, 1000);
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var places = (point < 0 ? 0 : mantissa.Length - point - 1) - exponent;
        return 0.5m * (decimal)Math.Pow(10, Math.Clamp(-places, -27, 27));
    }
}

/// <summary>
/// <c>number|system|code</c>, <c>number||code</c> or a number alone. A UCUM unit is converted (71500 g finds 71.5 kg), the precision asked with it;
/// other units are compared as written, a number alone without its unit.
/// </summary>
internal sealed record QuantityTerm(NumberTerm Number, string? System, string? Code) : SearchTerm
{
    private readonly CanonicalQuantity asked = CanonicalQuantity.Of(Number.Number, System ?? CanonicalQuantity.Ucum, Code, null);
    private readonly double half = Math.Abs(CanonicalQuantity.Of(Number.Number + Number.Half, System ?? CanonicalQuantity.Ucum, Code, null).Value
        - CanonicalQuantity.Of(Number.Number, System ?? CanonicalQuantity.Ucum, Code, null).Value);

    public override bool Matches(IndexValue value)
    {
        if (value is not QuantityValue quantity)
        {
            return false;
        }

        if (Code is null || IsAsWritten(quantity))
        {
            return (System is null || System == quantity.System) && Number.IsMatch(quantity.Value);
        }

        return quantity.Canonical.Unit == asked.Unit && quantity.Code is not null && IsMatch(quantity.Canonical.Value);
    }

    public override bool Narrow(SearchParameter parameter, string code, NarrowingList into)
    {
        // A unit alone may also be the text of one: only a system says where to look.
        if (Code is null || System is null || Number.Prefix == SearchPrefix.Ne)
        {
            return false;
        }

        var (low, high) = Number.Range(asked.Value, half);
        into.Numbers.Add(NumberWindows.Widened(low, high, asked.Unit));
        into.IsExact = false;
        return true;
    }

    private bool IsAsWritten(QuantityValue quantity) =>
        Code == quantity.Code ? System is null || System == quantity.System : System is null && Code == quantity.Unit;

    // Conversion is in floating point: what differs by less than it can tell is equal.
    private bool IsMatch(double value)
    {
        var (low, high) = Number.Range(asked.Value, half);
        var slack = NumberWindows.Slack(asked.Value);
        return Number.Prefix switch
        {
            SearchPrefix.Eq => value >= low - slack && value < high - slack,
            SearchPrefix.Ne => value < asked.Value - half - slack || value >= asked.Value + half - slack,
            SearchPrefix.Gt or SearchPrefix.Sa => value > low + slack,
            SearchPrefix.Lt or SearchPrefix.Eb => value < high - slack,
            _ => value >= low - slack && value <= high + slack,
        };
    }
}

/// <summary>Ranges of doubles with room for rounding.</summary>
internal static class NumberWindows
{
    /// <summary>A conversion's relative error stays far below this.</summary>
    private const double Relative = 1e-12;

    public static double Slack(double value) => Math.Abs(value) * Relative;

    public static NumberWindow Widened(double low, double high, string unit) =>
        new(double.IsInfinity(low) ? low : low - Slack(low), double.IsInfinity(high) ? high : high + Slack(high), unit);
}

/// <summary><c>near</c>: within a distance of a point (http://hl7.org/fhir/R4/location.html#search), over the great circle.</summary>
internal sealed record PlaceTerm(double Latitude, double Longitude, double DistanceKm) : SearchTerm
{
    /// <summary>When the query gives no distance (R4 leaves it to the server).</summary>
    public const double DefaultKm = 50;

    /// <summary>Mean radius of the Earth (IUGG).</summary>
    private const double EarthKm = 6371.0088;

    public override bool Matches(IndexValue value) => value is PlaceValue place && DistanceTo(place) <= DistanceKm;

    private double DistanceTo(PlaceValue place)
    {
        var (here, there) = (double.DegreesToRadians(Latitude), double.DegreesToRadians(place.Latitude));
        var sines = Math.Pow(Math.Sin((there - here) / 2), 2)
            + (Math.Cos(here) * Math.Cos(there) * Math.Pow(Math.Sin(double.DegreesToRadians(place.Longitude - Longitude) / 2), 2));
        return 2 * EarthKm * Math.Asin(Math.Min(1, Math.Sqrt(sines)));
    }
}
