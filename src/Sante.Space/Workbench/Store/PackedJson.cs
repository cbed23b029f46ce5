namespace Sante.Space.Workbench;

/// <summary>Bytes of a resource as they are stored: form byte 0, then as they came.</summary>
internal static class PackedJson
{
    private const byte Plain = 0;

    public static byte[] Pack(ReadOnlySpan<byte> json)
    {
        var packed = new byte[json.Length + 1];
        packed[0] = Plain;
        json.CopyTo(packed.AsSpan(1));
        return packed;
    }

    /// <summary>Throws <see cref="InvalidDataException"/> on another form.</summary>
    public static ReadOnlyMemory<byte> Unpack(ReadOnlySpan<byte> packed) =>
        packed is [Plain, ..] ? packed[1..].ToArray() : throw new InvalidDataException("Not packed bytes.");
}
