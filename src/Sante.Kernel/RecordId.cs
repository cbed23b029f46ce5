using System.Globalization;

namespace Sante.Kernel;

/// <summary>
/// Public name of anything under <c>/fhir</c>, patients included: <c>slot-number</c>, the slot in decimal (0–4095, see <see cref="SlotMap"/>)
/// and a random 128-bit number as 26 characters of Crockford's base 32 in lower case, most significant first.
/// Fits the FHIR id grammar (at most 31 characters). One number has one spelling: anything else is not an id.
/// </summary>
/// <param name="Slot">Place in the slot map, 0 to 4,095.</param>
/// <param name="Number">The random number.</param>
public readonly record struct RecordId(int Slot, UInt128 Number)
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int NumberLength = 26;
    private const int LongestSlot = 4;

    /// <summary>Makes the id of a new record from 128 random bits, given by the caller. Throws when the slot is out of range.</summary>
    public static RecordId Of(int slot, UInt128 random)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, SlotMap.SlotCount);
        return new RecordId(slot, random);
    }

    /// <summary>As <see cref="Of(int, UInt128)"/>, with the 16 bytes of a Guid, big-endian. A version-4 Guid has 122 random bits.</summary>
    public static RecordId Of(int slot, Guid random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.TryWriteBytes(bytes, bigEndian: true, out _);
        return Of(slot, System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    /// <summary>Reads the one canonical spelling: no capitals, no leading zero in the slot. Refusal: <c>not-found</c>, as for any id that leads nowhere.</summary>
    public static Outcome<RecordId> TryParse(string? text)
    {
        var hyphen = (text ?? "").IndexOf('-', StringComparison.Ordinal);
        if (hyphen is >= 1 and <= LongestSlot && text!.Length == hyphen + 1 + NumberLength
            && TrySlot(text.AsSpan(0, hyphen), out var slot) && TryNumber(text.AsSpan(hyphen + 1), out var number))
        {
            return new RecordId(slot, number);
        }

        return new Refusal("not-found", RefusalKind.Unknown, "Ressource introuvable.");
    }

    public override string ToString()
    {
        Span<char> characters = stackalloc char[NumberLength];
        var rest = Number;
        for (var i = NumberLength - 1; i >= 0; i--)
        {
            characters[i] = Alphabet[(int)(rest & 31)];
            rest >>= 5;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{Slot}-{characters}");
    }

    private static bool TrySlot(ReadOnlySpan<char> text, out int slot) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out slot)
        && slot < SlotMap.SlotCount && (text[0] != '0' || text.Length == 1);

    private static bool TryNumber(ReadOnlySpan<char> text, out UInt128 number)
    {
        number = 0;
        // 26 characters hold 130 bits: the first may only carry three.
        if (text[0] is < '0' or > '7')
        {
            return false;
        }

        foreach (var c in text)
        {
            var digit = Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0)
            {
                return false;
            }

            number = (number << 5) | (UInt128)digit;
        }

        return true;
    }
}
