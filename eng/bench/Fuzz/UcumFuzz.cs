using System.Text;
using Sante.Fhir.Ucum;

namespace Sante.Bench.Fuzz;

/// <summary>Seeded fuzz of UCUM codes: reading ends in a unit or in none; a unit's canonical text is a unit of the same dimension whose amount is itself. Nothing may throw.</summary>
internal static class UcumFuzz
{
    private static readonly string[] Parts =
        ["m", "g", "s", "kg", "mg", "dL", "L", "mol", "mmol", "[iU]", "[lb_av]", "m[Hg]", "Cel", "[degF]", "[pH]", "B[SPL]", "10*", "10^", "%", "[pi]", "rad", "deg", "'", "''", "a", "mo", "[in_i'Hg]", ".", "/", ".", "/", "(", ")", "{x}", "{", "}", "2", "3", "-1", "+2", "-", "99", "100", "0", "1000000", "[", "]", " ", "é", "daL", "kkg", "da", "Ki", "Bq", "[car_Au]", "[hp_X]", "\0"];

    /// <summary>How many of the inputs are units; throws, naming the input, at the first that breaks a promise.</summary>
    public static long Run(long from, long to, int seed)
    {
        var units = 0L;
        for (var number = from; number < to; number++)
        {
            var random = new Random(unchecked((int)((number * 2654435761) ^ (seed * 40503))));
            var text = new StringBuilder();
            for (var parts = random.Next(1, 9); parts > 0; parts--)
            {
                text.Append(Parts[random.Next(Parts.Length)]);
            }

            try
            {
                units += Try(text.ToString(), (decimal)random.Next(-1000, 1000) / 100) ? 1 : 0;
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"Input {number} of seed {seed}: {text}", fault);
            }
        }

        return units;
    }

    private static bool Try(string code, decimal value)
    {
        var known = UcumUnit.TryCanonical(value, code, out var canonical, out var canonicalUnit);
        if (!UcumUnit.TryParse(code, out var unit))
        {
            return known ? throw new InvalidOperationException("Broken: an amount of no unit") : false;
        }

        var own = UcumUnit.TryParse(unit.CanonicalUnit, out var whole) && whole.IsComparableWith(unit) && whole.CanonicalUnit == unit.CanonicalUnit;
        var kept = !known || (double.IsFinite(canonical) && canonicalUnit == unit.CanonicalUnit);
        return own && kept && whole!.Canonical(value) == (double)value ? true : throw new InvalidOperationException($"Broken: {unit.CanonicalUnit} is its own canonical unit");
    }
}
