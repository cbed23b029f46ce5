using System.Security.Cryptography;

namespace Sante.Kernel;

/// <summary>
/// The slot map: 4,096 places over which spaces are spread, and by which public ids lead to one PostgreSQL server.
/// A space's slot is part of ids that left the platform, so <see cref="SlotOf"/> can never change.
/// </summary>
public static class SlotMap
{
    /// <summary>How many slots there are; a slot is 0 to 4,095.</summary>
    public const int SlotCount = 4096;

    /// <summary>
    /// The space's slot: first 12 bits of SHA-256 over the 16 bytes of the id, big-endian as PostgreSQL stores a uuid.
    /// In SQL: <c>get_byte(sha256(uuid_send(id)), 0) * 16 + get_byte(sha256(uuid_send(id)), 1) / 16</c>.
    /// </summary>
    public static int SlotOf(SpaceId space)
    {
        Span<byte> id = stackalloc byte[16];
        space.Value.TryWriteBytes(id, bigEndian: true, out _);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(id, hash);
        return (hash[0] << 4) | (hash[1] >> 4);
    }
}
