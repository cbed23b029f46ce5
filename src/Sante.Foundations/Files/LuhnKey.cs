namespace Sante.Foundations.Files;

/// <summary>The Luhn key (ISO/IEC 7812-1) of RPPS, FINESS, SIREN and SIRET numbers written as ASCII digits.</summary>
public static class LuhnKey
{
    /// <summary>True when every character is a digit and the last one is the key of the others.</summary>
    public static bool Holds(ReadOnlySpan<byte> digits)
    {
        var sum = 0;
        for (var i = digits.Length - 1; i >= 0; i--)
        {
            var digit = digits[i] - '0';
            if (digit is < 0 or > 9)
            {
                return false;
            }

            var doubled = (digits.Length - 1 - i) % 2 == 1 ? digit * 2 : digit;
            sum += doubled > 9 ? doubled - 9 : doubled;
        }

        return digits.Length > 1 && sum % 10 == 0;
    }
}
