using System.Buffers;
using System.Buffers.Binary;

namespace Sante.Space;

/// <summary>
/// Bytes of a resource as they are stored, packed before they are sealed (sealed bytes no longer pack). Form 0: as they came. Form 1: their length, then
/// a Lempel-Ziv coding against the words of <c>packed-words-1.txt</c>, which never change: each step is a byte (how many plain bytes, how many
/// copied ones), the plain bytes, and how far back the copy begins, words included. What comes out is what went in, byte for byte.
/// </summary>
public static class PackedJson
{
    private const byte Plain = 0;
    private const byte Words1 = 1;
    private const int LeastMatch = 4;
    private const int HashBits = 13;
    /// <summary>How far back a copy may begin: two bytes.</summary>
    private const int Reach = ushort.MaxValue;
    private const int LongRun = 15;

    private static readonly byte[] Words = ReadWords();
    private static readonly int[] WordPlaces = PlacesOfWords();

    /// <summary>Packs; what would not become shorter stays as it is.</summary>
    public static byte[] Pack(ReadOnlySpan<byte> json)
    {
        var all = ArrayPool<byte>.Shared.Rent(Words.Length + json.Length);
        var output = ArrayPool<byte>.Shared.Rent(json.Length + (json.Length / 200) + 32);
        var places = ArrayPool<int>.Shared.Rent(1 << HashBits);
        try
        {
            Words.CopyTo(all, 0);
            json.CopyTo(all.AsSpan(Words.Length));
            WordPlaces.CopyTo(places, 0);
            var length = Encode(all.AsSpan(0, Words.Length + json.Length), places, output.AsSpan(5));
            if (length + 5 > json.Length)
                return [Plain, .. json];
            output[0] = Words1;
            BinaryPrimitives.WriteInt32LittleEndian(output.AsSpan(1), json.Length);
            return output.AsSpan(0, length + 5).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(all);
            ArrayPool<byte>.Shared.Return(output);
            ArrayPool<int>.Shared.Return(places);
        }
    }

    /// <summary>Throws <see cref="InvalidDataException"/> on bytes that <see cref="Pack"/> did not make.</summary>
    public static ReadOnlyMemory<byte> Unpack(ReadOnlySpan<byte> packed)
    {
        if (packed is [Plain, ..])
            return packed[1..].ToArray();
        if (packed.Length < 5 || packed[0] != Words1)
            throw new InvalidDataException("Not packed bytes.");
        // Each packed byte stands for at most 255 bytes: a damaged length reserves no more.
        var length = BinaryPrimitives.ReadInt32LittleEndian(packed[1..]);
        if (length < 0 || length > 260L * packed.Length)
            throw new InvalidDataException("Not packed bytes.");
        var json = new byte[length];
        return Decode(packed[5..], json) == length ? json : throw new InvalidDataException("Packed bytes end early.");
    }

    private static int Encode(ReadOnlySpan<byte> all, Span<int> places, Span<byte> output)
    {
        var (at, plainFrom, written) = (Words.Length, Words.Length, 0);
        while (at + LeastMatch <= all.Length)
        {
            ref var place = ref places[HashOf(all, at)];
            var candidate = place - 1;
            place = at + 1;
            if (candidate < 0 || at - candidate > Reach || !all.Slice(candidate, LeastMatch).SequenceEqual(all.Slice(at, LeastMatch)))
            {
                at++;
                continue;
            }
            var match = LeastMatch + all[(candidate + LeastMatch)..].CommonPrefixLength(all[(at + LeastMatch)..]);
            written += WriteStep(all[plainFrom..at], match, at - candidate, output[written..]);
            at += match;
            plainFrom = at;
        }
        return written + WriteStep(all[plainFrom..], 0, 0, output[written..]);
    }

    private static int WriteStep(ReadOnlySpan<byte> plain, int match, int back, Span<byte> output)
    {
        var copied = match == 0 ? 0 : match - LeastMatch;
        output[0] = (byte)((Math.Min(plain.Length, LongRun) << 4) | Math.Min(copied, LongRun));
        var at = 1 + WriteRun(plain.Length, output[1..]);
        plain.CopyTo(output[at..]);
        at += plain.Length;
        if (match == 0)
            return at;
        BinaryPrimitives.WriteUInt16LittleEndian(output[at..], (ushort)back);
        return at + 2 + WriteRun(copied, output[(at + 2)..]);
    }

    private static int WriteRun(int length, Span<byte> output)
    {
        var at = 0;
        if (length >= LongRun)
        {
            for (length -= LongRun; length >= 255; length -= 255)
                output[at++] = 255;
            output[at++] = (byte)length;
        }
        return at;
    }

    private static int Decode(ReadOnlySpan<byte> packed, Span<byte> json)
    {
        var (at, written) = (0, 0);
        while (at < packed.Length)
        {
            var step = packed[at++];
            var plain = ReadRun(packed, ref at, step >> 4);
            if (plain > packed.Length - at || plain > json.Length - written)
                throw new InvalidDataException("Packed bytes run over.");
            packed.Slice(at, plain).CopyTo(json[written..]);
            (at, written) = (at + plain, written + plain);
            if (at == packed.Length)
                break;
            if (packed.Length - at < 2)
                throw new InvalidDataException("Packed bytes end early.");
            var from = written - BinaryPrimitives.ReadUInt16LittleEndian(packed[at..]);
            at += 2;
            var copied = LeastMatch + ReadRun(packed, ref at, step & LongRun);
            if (from >= written || from < -Words.Length || copied > json.Length - written)
                throw new InvalidDataException("Packed bytes run over.");
            written = Copy(json, from, written, copied);
        }
        return written;
    }

    private static int Copy(Span<byte> json, int from, int to, int count)
    {
        if (from < 0)
        {
            var words = Math.Min(count, -from);
            Words.AsSpan(Words.Length + from, words).CopyTo(json[to..]);
            (from, to, count) = (0, to + words, count - words);
        }
        if (to - from >= count)
            json.Slice(from, count).CopyTo(json[to..]);
        else
            for (var i = 0; i < count; i++)
                json[to + i] = json[from + i];
        return to + count;
    }

    private static int ReadRun(ReadOnlySpan<byte> packed, ref int at, int length)
    {
        if (length < LongRun)
            return length;
        byte more;
        do
        {
            if (at >= packed.Length)
                throw new InvalidDataException("Packed bytes end early.");
            length += more = packed[at++];
        }
        while (more == 255);
        return length;
    }

    private static int HashOf(ReadOnlySpan<byte> bytes, int at) =>
        (int)(unchecked(BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]) * 2654435761u) >> (32 - HashBits));

    private static byte[] ReadWords()
    {
        using var stream = typeof(PackedJson).Assembly.GetManifestResourceStream("packed-words-1.txt") ?? throw new InvalidOperationException("packed-words-1.txt is not embedded.");
        var words = new byte[stream.Length];
        stream.ReadExactly(words);
        return words;
    }

    private static int[] PlacesOfWords()
    {
        var places = new int[1 << HashBits];
        for (var at = 0; at + LeastMatch <= Words.Length; at++)
            places[HashOf(Words, at)] = at + 1;
        return places;
    }
}
