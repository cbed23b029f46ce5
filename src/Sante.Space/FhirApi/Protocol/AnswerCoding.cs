using System.Buffers;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Sante.Space.FhirApi;

/// <summary>
/// Content codings of answers (RFC 9110 §8.4.1): <c>br</c>, else <c>gzip</c>, when the caller takes it and the body is worth it. Not for answers that mix
/// what several authors wrote in a citizen's space: their lengths would tell of each other's content (record 0036).
/// </summary>
internal static class AnswerCoding
{
    /// <summary>Shorter bodies fit one packet either way.</summary>
    private const int WorthBytes = 1400;

    /// <summary>Quality 4 of 11: about the size of gzip 6 at a third of its time, by the coder's own tables.</summary>
    private const int BrotliQuality = 4;
    private const int BrotliWindow = 22;

    /// <summary>The body coded as the caller likes best, with the header <c>Content-Encoding</c> set; or null when it goes as it is.</summary>
    public static ReadOnlyMemory<byte>? Code(HttpContext context, ReadOnlyMemory<byte> body)
    {
        context.Response.Headers.Vary = "Accept, Accept-Encoding";
        if (body.Length < WorthBytes || context.Request.Headers.AcceptEncoding is not { Count: > 0 } accepted)
            return null;
        if (Takes(accepted, "br"))
        {
            context.Response.Headers.ContentEncoding = "br";
            return Brotli(body.Span);
        }

        if (Takes(accepted, "gzip"))
        {
            context.Response.Headers.ContentEncoding = "gzip";
            return Gzip(body.Span);
        }

        return null;
    }

    /// <summary>Whether a coding is named with a quality that is not zero; <c>*</c> alone does not ask for any.</summary>
    private static bool Takes(StringValues accepted, string coding)
    {
        foreach (var value in accepted)
        {
            foreach (var range in value.AsSpan().Split(','))
            {
                var one = value.AsSpan()[range];
                var end = one.IndexOf(';');
                if ((end < 0 ? one : one[..end]).Trim().Equals(coding, StringComparison.OrdinalIgnoreCase))
                    return end < 0 || !IsZero(one[(end + 1)..]);
            }
        }

        return false;
    }

    private static bool IsZero(ReadOnlySpan<char> parameter)
    {
        var quality = parameter.Trim();
        return quality.StartsWith("q=0", StringComparison.OrdinalIgnoreCase) && quality[3..].TrimStart('.').TrimStart('0').IsEmpty;
    }

    private static byte[] Brotli(ReadOnlySpan<byte> body)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(body.Length));
        try
        {
            return BrotliEncoder.TryCompress(body, buffer, out var written, BrotliQuality, BrotliWindow)
                ? buffer.AsSpan(0, written).ToArray()
                : throw new InvalidOperationException("Brotli needs more than its own bound.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Gzip(ReadOnlySpan<byte> body)
    {
        using var coded = new MemoryStream(body.Length / 4);
        using (var stream = new GZipStream(coded, CompressionLevel.Fastest, leaveOpen: true))
            stream.Write(body);
        return coded.ToArray();
    }
}
