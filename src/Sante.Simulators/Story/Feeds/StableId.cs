using System.Security.Cryptography;
using System.Text;

namespace Sante.Simulators.Story;

/// <summary>Identifiers that a sender makes again from the same words after it was killed.</summary>
public static class StableId
{
    /// <summary>128 bits of the SHA-256 of the words, in the form of a version 8 UUID (RFC 9562).</summary>
    public static Guid Of(string words)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(words)).AsSpan(0, 16);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
