namespace Sante.Kernel;

/// <summary>The mod-10 check of ISO/IEC 7812-1 annex B, used by RPPS, FINESS, SIREN, SIRET and LOINC.</summary>
internal static class Luhn
{
    /// <summary>True when the last digit checks the ones before it. Digits only.</summary>
    public static bool Holds(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            sum += i % 2 == 0 ? digit : (digit * 2 / 10) + (digit * 2 % 10);
        }

        return sum % 10 == 0;
    }
}
