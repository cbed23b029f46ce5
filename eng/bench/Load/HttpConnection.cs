using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace Sante.Bench.Load;

/// <summary>
/// One keep-alive HTTP/1.1 connection, one request at a time, on a bare socket so that the generator itself costs little. Understands
/// Content-Length, chunks and answers without a body. The body stays valid until the next request.
/// </summary>
internal sealed class HttpConnection(IPEndPoint server) : IDisposable
{
    private readonly Socket socket = new(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] buffer = new byte[64 * 1024];
    private byte[] joined = [];
    private int filled;

    /// <summary>Status of the last answer.</summary>
    public int Status { get; private set; }

    /// <summary>Body of the last answer.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    public Task OpenAsync() => socket.ConnectAsync(server);

    /// <summary>Sends a whole request (line, headers, body) and waits for its whole answer. Throws <see cref="IOException"/> when the other side closes.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> request)
    {
        for (var rest = request; rest.Length > 0;)
            rest = rest[await socket.SendAsync(rest, SocketFlags.None)..];
        filled = 0;
        int head;
        while ((head = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0)
            await ReceiveAsync();
        Status = Number(buffer.AsSpan(9, 3));
        var start = head + 4;
        if (HeaderOf(head, "content-length: "u8) is { } length)
        {
            var end = start + Number(buffer.AsSpan(length));
            while (filled < end)
                await ReceiveAsync();
            Body = buffer.AsMemory(start, end - start);
        }
        else if (HeaderOf(head, "transfer-encoding: chunked"u8) is not null)
            await ReceiveChunksAsync(start);
        else
            Body = default;
    }

    public void Dispose() => socket.Dispose();

    private async ValueTask ReceiveChunksAsync(int at)
    {
        var total = 0;
        while (true)
        {
            int line;
            while ((line = buffer.AsSpan(at, filled - at).IndexOf("\r\n"u8)) < 0)
                await ReceiveAsync();
            if (!Utf8Parser.TryParse(buffer.AsSpan(at, line), out int length, out _, 'x'))
                throw new IOException("A chunk without a length.");
            at += line + 2;
            while (filled < at + length + 2)
                await ReceiveAsync();
            if (length == 0)
                break;
            if (joined.Length < total + length)
                Array.Resize(ref joined, Math.Max(joined.Length * 2, total + length));
            buffer.AsSpan(at, length).CopyTo(joined.AsSpan(total));
            (total, at) = (total + length, at + length + 2);
        }

        Body = joined.AsMemory(0, total);
    }

    private async ValueTask ReceiveAsync()
    {
        if (filled == buffer.Length)
            Array.Resize(ref buffer, buffer.Length * 2);
        var received = await socket.ReceiveAsync(buffer.AsMemory(filled), SocketFlags.None);
        if (received == 0)
            throw new IOException("The server closed the connection.");
        filled += received;
    }

    /// <summary>Where the value of a header begins; names in any case, as written by Kestrel in canonical case.</summary>
    private int? HeaderOf(int head, ReadOnlySpan<byte> name)
    {
        var headers = buffer.AsSpan(0, head);
        for (var at = 0; at + name.Length <= headers.Length;)
        {
            if (System.Text.Ascii.EqualsIgnoreCase(headers.Slice(at, name.Length), name))
                return at + name.Length;
            var next = headers[at..].IndexOf("\r\n"u8);
            if (next < 0)
                return null;
            at += next + 2;
        }

        return null;
    }

    private static int Number(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out int number, out _) ? number : throw new IOException("No number in the answer's head.");
}
