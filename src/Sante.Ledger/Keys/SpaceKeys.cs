using System.Buffers.Binary;
using System.Security.Cryptography;
using Sante.Kernel;

namespace Sante.Ledger.Keys;

/// <summary>
/// The keys of one space, derived by HKDF-SHA256 (RFC 5869) from its two random roots. The content root gives state, index and
/// content keys: destroying it erases the record; the trace root gives the trace key, which outlives it until its legal term.
/// </summary>
public sealed class SpaceKeys
{
    private readonly byte[]? state;
    private readonly byte[]? content;
    private readonly byte[]? index;
    private readonly byte[]? trace;

    private readonly ulong salt;

    internal SpaceKeys(SpaceId space, byte[]? contentRoot, byte[]? traceRoot, Guid? workbench = null)
    {
        (Space, Workbench) = (space, workbench);
        salt = BinaryPrimitives.ReadUInt64LittleEndian(space.Value.ToByteArray());
        state = Derive(contentRoot, "state");
        content = Derive(contentRoot, "content");
        index = workbench is { } shared ? SharedIndex.KeyOf(shared) : Derive(contentRoot, "index");
        trace = Derive(traceRoot, "trace");
    }

    public SpaceId Space { get; }

    /// <summary>False once the content root is destroyed: nothing but the trace can be opened.</summary>
    public bool HasContent => content is not null;

    /// <summary>Seals a row of this space. Throws <see cref="InvalidOperationException"/> when the key of that table is destroyed.</summary>
    public byte[] Seal(SealedTable table, Guid rowId, ReadOnlySpan<byte> plain) =>
        Sealing.Seal(KeyOf(table), plain, Sealing.AssociatedData(Space.Value, table, rowId));

    /// <summary>Opens a row of this space. Throws <see cref="CryptographicException"/> when the row is not what it claims to be.</summary>
    public byte[] Open(SealedTable table, Guid rowId, ReadOnlySpan<byte> sealedBytes) =>
        Sealing.Open(KeyOf(table), sealedBytes, Sealing.AssociatedData(Space.Value, table, rowId));

    /// <summary>The workbench that the space is of, or null: then its index is in clear, and shared with the workbench's other spaces (record 0008).</summary>
    public Guid? Workbench { get; }

    /// <summary>Sets up the key of a table for opening many of its rows; the caller disposes of it.</summary>
    internal AesGcm Opener(SealedTable table) => new(KeyOf(table), Sealing.TagBytes);

    /// <summary>Opens a row with <see cref="Opener"/>.</summary>
    internal byte[] Open(AesGcm opener, SealedTable table, Guid rowId, ReadOnlySpan<byte> sealedBytes) =>
        Sealing.Open(opener, sealedBytes, Sealing.AssociatedData(Space.Value, table, rowId));

    /// <summary>Token of a name or value: in this space only (equal values of two spaces have unrelated tokens), or of a workbench, the same in all its spaces.</summary>
    public long IndexToken(string parameter, string value) => Workbench is { } shared
        ? SharedIndex.TokenOf(shared, index!, parameter, value)
        : Sealing.Token(index ?? throw Destroyed(), parameter, value);

    /// <summary>Token of a type or parameter as the index keeps it: positive, or negative when shared.</summary>
    public long IndexName(string parameter, string value) => Workbench is null ? IndexToken(parameter, value) & long.MaxValue : IndexToken(parameter, value) | long.MinValue;

    /// <summary>Token of a value by which it is found in this space alone: positive.</summary>
    public long OwnToken(string parameter, string value) => Workbench is null ? IndexToken(parameter, value) & long.MaxValue : SharedIndex.Salted(salt, IndexToken(parameter, value));

    internal byte[] LongIndexToken(string use, string value) => Sealing.LongToken(index ?? throw Destroyed(), use, value);

    private byte[] KeyOf(SealedTable table) => table switch
    {
        SealedTable.Trace => trace,
        SealedTable.Resource or SealedTable.Idempotency => content,
        _ => state,
    } ?? throw Destroyed();

    private static InvalidOperationException Destroyed() => new("The key root of this space is destroyed.");

    private static byte[]? Derive(byte[]? root, string use) =>
        root is null ? null : HKDF.DeriveKey(HashAlgorithmName.SHA256, root, 32, info: System.Text.Encoding.UTF8.GetBytes("sante/space/" + use));
}
