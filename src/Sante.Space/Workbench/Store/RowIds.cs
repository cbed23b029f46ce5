using System.Security.Cryptography;
using System.Text;

namespace Sante.Space.Workbench;

/// <summary>From the ids of a workbench, which clients choose, to the 128-bit numbers under which rows are stored.</summary>
internal static class RowIds
{
    /// <summary>First 128 bits of SHA-256 over the workbench's number, type and id: so an id leads to its row without a table more.</summary>
    public static Guid Of(Guid workbench, string type, string id)
    {
        Span<byte> input = stackalloc byte[16 + 1 + 3 * (type.Length + id.Length)];
        workbench.TryWriteBytes(input, bigEndian: true, out _);
        var length = 16 + Encoding.UTF8.GetBytes(type, input[16..]);
        input[length++] = (byte)'/';
        length += Encoding.UTF8.GetBytes(id, input[length..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input[..length], hash);
        return new Guid(hash[..16], bigEndian: true);
    }

    /// <summary>Longest id of FHIR (http://hl7.org/fhir/R4/datatypes.html#id); a longer one is of nothing.</summary>
    public const int MaxLength = 64;
}
