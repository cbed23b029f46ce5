using System.Security.Cryptography;

namespace Sante.Ledger;

/// <summary>Random 128-bit ids from the operating system's generator: row ids, space ids, resource ids.</summary>
public static class Randomness
{
    public static Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        return new Guid(bytes, bigEndian: true);
    }
}
