using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sante.Ledger.Keys;

/// <summary>The tables whose rows are sealed; part of the associated data, so that a row cannot be moved to another table.</summary>
public enum SealedTable : byte { Event = 1, Trace = 2, Resource = 3, Due = 4, Outbox = 5, Idempotency = 6, Registry = 7 }

/// <summary>
/// AES-256-GCM (NIST SP 800-38D). Sealed form: version byte 1, nonce of 12 random bytes, cipher text, tag of 16 bytes:
/// 29 bytes more than the content. Under one key fewer than 2^32 rows are sealed (a space's whole life is far below).
/// </summary>
public static class Sealing
{
    private const int NonceBytes = 12;
    internal const int TagBytes = 16;
    private const byte FormatVersion = 1;
    /// <summary>What sealing adds to a content.</summary>
    public const int OverheadBytes = 1 + NonceBytes + TagBytes;

    /// <summary>Seals <paramref name="content"/> bound to <paramref name="associated"/>.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> content, ReadOnlySpan<byte> associated)
    {
        var sealedBytes = new byte[content.Length + OverheadBytes];
        sealedBytes[0] = FormatVersion;
        var nonce = sealedBytes.AsSpan(1, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var gcm = new AesGcm(key, TagBytes);
        gcm.Encrypt(nonce, content, sealedBytes.AsSpan(1 + NonceBytes, content.Length), sealedBytes.AsSpan(sealedBytes.Length - TagBytes), associated);
        return sealedBytes;
    }

    /// <summary>Opens. Throws <see cref="CryptographicException"/> when key, bytes or associated data do not belong together.</summary>
    public static byte[] Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> associated)
    {
        using var gcm = new AesGcm(key, TagBytes);
        return Open(gcm, sealedBytes, associated);
    }

    /// <summary>The same under a key that is set up already: for many rows in a row. Not for several threads at once.</summary>
    internal static byte[] Open(AesGcm gcm, ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> associated)
    {
        if (sealedBytes.Length < OverheadBytes || sealedBytes[0] != FormatVersion)
            throw new CryptographicException("Not a sealed row.");
        var content = new byte[sealedBytes.Length - OverheadBytes];
        gcm.Decrypt(sealedBytes.Slice(1, NonceBytes), sealedBytes.Slice(1 + NonceBytes, content.Length),
            sealedBytes[^TagBytes..], content, associated);
        return content;
    }

    /// <summary>Associated data of a row: owner (16 bytes), table (1), row id (16).</summary>
    public static byte[] AssociatedData(Guid owner, SealedTable table, Guid rowId)
    {
        var data = new byte[33];
        owner.TryWriteBytes(data, bigEndian: true, out _);
        data[16] = (byte)table;
        rowId.TryWriteBytes(data.AsSpan(17), bigEndian: true, out _);
        return data;
    }

    /// <summary>Keyed token of 64 bits: HMAC-SHA256 over length-prefixed parts, first 8 bytes. Candidates found by it are checked after opening.</summary>
    public static long Token(ReadOnlySpan<byte> key, string part1, string part2) =>
        BinaryPrimitives.ReadInt64BigEndian(LongToken(key, part1, part2));

    /// <summary>Keyed token of 128 bits, where a collision would be a wrong answer rather than one more candidate.</summary>
    public static byte[] LongToken(ReadOnlySpan<byte> key, string part1, string part2)
    {
        var length1 = System.Text.Encoding.UTF8.GetByteCount(part1);
        var length2 = System.Text.Encoding.UTF8.GetByteCount(part2);
        var total = 4 + length1 + length2;
        Span<byte> input = total <= 512 ? stackalloc byte[total] : new byte[total];
        BinaryPrimitives.WriteInt32BigEndian(input, length1);
        System.Text.Encoding.UTF8.GetBytes(part1, input[4..]);
        System.Text.Encoding.UTF8.GetBytes(part2, input[(4 + length1)..]);
        Span<byte> mac = stackalloc byte[32];
        HMACSHA256.HashData(key, input, mac);
        return mac[..16].ToArray();
    }
}
