using System.Buffers.Binary;
using Sante.Kernel;

namespace Sante.Space;

/// <summary>Public ids (<see cref="RecordId"/>) and the 128-bit numbers under which rows are stored.</summary>
public static class SpaceIds
{
    public static Guid StoredId(RecordId id)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, id.Number);
        return new Guid(bytes, bigEndian: true);
    }
}
