namespace Sante.Fhir.Ucum;

/// <summary>The functions of units that are not proportional to their base, http://unitsofmeasure.org §21–22: from the special value to the number of proper units, and back.</summary>
internal sealed record UcumSpecial(string Name, Func<double, double> ToProper, Func<double, double> FromProper)
{
    // Temperature scales are exact: an offset, in kelvins before scaling.
    private static readonly UcumSpecial[] All =
    [
        new("celsius", value => value + 273.15, proper => proper - 273.15),
        new("fahrenheit", value => value + 459.67, proper => proper - 459.67),
        new("reaumur", value => value + 218.52, proper => proper - 218.52),
        new("potential", value => Math.Pow(10, -value), proper => -Math.Log10(proper)),
        new("neper", Math.Exp, Math.Log),
        new("bel", value => Math.Pow(10, value), Math.Log10),
        new("twoBel", value => Math.Pow(10, value / 2), proper => 2 * Math.Log10(proper)),
        new("bits", value => Math.Pow(2, value), Math.Log2),
        new("hundredTan", value => Math.Atan(value / 100), proper => 100 * Math.Tan(proper)),
        new("root", value => value * value, Math.Sqrt),
        new("tenLog", value => Math.Pow(10, -value), proper => -Math.Log10(proper)),
        new("hundredLog", value => Math.Pow(100, -value), proper => -Math.Log(proper, 100)),
        new("thousandLog", value => Math.Pow(1000, -value), proper => -Math.Log(proper, 1000)),
        new("fiftyThousandLog", value => Math.Pow(50000, -value), proper => -Math.Log(proper, 50000)),
    ];

    /// <summary>The function of that name; of our own table only.</summary>
    public static UcumSpecial Of(string name) => Array.Find(All, one => one.Name == name) ?? throw new InvalidDataException($"No function {name} for special units.");

    /// <summary>The exact offset of a temperature scale, null for the others.</summary>
    public decimal? Offset => Name switch { "celsius" => 273.15m, "fahrenheit" => 459.67m, "reaumur" => 218.52m, _ => null };
}
