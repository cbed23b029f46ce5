namespace Sante.Foundations.Directories;

/// <summary>Reading of French postal lines.</summary>
internal static class Addresses
{
    /// <summary>The city of a last address line ("01440 VIRIAT", "33076 BORDEAUX CEDEX"): what follows the postcode; else the commune's label.</summary>
    public static ReadOnlySpan<byte> City(ReadOnlySpan<byte> lastLine, ReadOnlySpan<byte> communeLabel)
    {
        if (lastLine.IsEmpty)
        {
            return communeLabel;
        }

        return HasPostcode(lastLine)
            ? lastLine[Postcode(lastLine).Length..].TrimStart((byte)' ')
            : lastLine;
    }

    /// <summary>The five digits that begin a last address line, or nothing.</summary>
    public static ReadOnlySpan<byte> Postcode(ReadOnlySpan<byte> lastLine) => HasPostcode(lastLine) ? lastLine[..5] : default;

    /// <summary>
    /// The INSEE code of a commune from FINESS's department and commune: 01 + 451 = 01451; overseas 9A–9F + 123 = 97123, others (9J…) + 613 = 98613,
    /// as the commune's first digit is then the department's last.
    /// </summary>
    public static ReadOnlySpan<byte> CommuneCode(ReadOnlySpan<byte> department, ReadOnlySpan<byte> commune, Span<byte> target)
    {
        if (department.Length != 2 || commune.Length != 3)
        {
            return default;
        }

        department.CopyTo(target);
        commune.CopyTo(target[2..]);
        if (department[0] == '9' && char.IsAsciiLetter((char)department[1]))
        {
            target[1] = department[1] is >= (byte)'A' and <= (byte)'F' ? (byte)'7' : (byte)'8';
        }

        return target[..5];
    }

    private static bool HasPostcode(ReadOnlySpan<byte> line) =>
        line.Length > 5 && line[5] == ' ' && !line[..5].ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
