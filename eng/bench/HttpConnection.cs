using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Sante.Bench;

/// <summary>One kept-alive HTTP/1.1 connection with one request in flight: a bare socket, so that the generator costs little beside what it measures.</summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly Uri server;
    private readonly byte[] head;
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] buffer = new byte[64 << 10];
    private int filled;

    private HttpConnection(Uri server, string token)
    {
        this.server = server;
        head = Encoding.ASCII.GetBytes($" HTTP/1.1\r\nHost: {server.Authority}\r\nAccept: application/fhir+json\r\nAuthorization: Bearer {token}\r\n");
    }

    public static async Task<HttpConnection> OpenAsync(Uri server, string token)
    {
        var connection = new HttpConnection(server, token);
        await connection.socket.ConnectAsync(server.Host, server.Port);
        return connection;
    }

    /// <summary>Sends and reads the whole answer; the body is good until the next call.</summary>
    public async ValueTask<(int Status, ReadOnlyMemory<byte> Body)> SendAsync(string method, string path, ReadOnlyMemory<byte> body)
    {
        var request = new ArrayBufferWriter<byte>(512 + body.Length);
        request.Write(Encoding.ASCII.GetBytes($"{method} {server.AbsolutePath.TrimEnd('/')}{path}"));
        request.Write(head);
        if (body.Length > 0)
            request.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"Content-Type: application/fhir+json\r\nContent-Length: {body.Length}\r\n")));
        request.Write("\r\n"u8);
        request.Write(body.Span);
        for (var sent = 0; sent < request.WrittenCount;)
            sent += await socket.SendAsync(request.WrittenMemory[sent..]);
        return await ReadAsync();
    }

    private async ValueTask<(int, ReadOnlyMemory<byte>)> ReadAsync()
    {
        filled = 0;
        int end;
        while ((end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0)
            await FillAsync();
        var headers = Encoding.ASCII.GetString(buffer, 0, end);
        var status = int.Parse(headers.AsSpan(9, 3), CultureInfo.InvariantCulture);
        var start = end + 4;
        if (Find(headers, "content-length:") is { } length)
        {
            var size = int.Parse(length, CultureInfo.InvariantCulture);
            while (filled < start + size)
                await FillAsync();
            return (status, buffer.AsMemory(start, size));
        }
        return (status, Find(headers, "transfer-encoding:") is null ? default : await ReadChunksAsync(start));
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadChunksAsync(int at)
    {
        var body = new ArrayBufferWriter<byte>();
        while (true)
        {
            int line;
            while ((line = buffer.AsSpan(at, filled - at).IndexOf("\r\n"u8)) < 0)
                await FillAsync();
            var size = int.Parse(Encoding.ASCII.GetString(buffer, at, line), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            at += line + 2;
            while (filled < at + size + 2)
                await FillAsync();
            if (size == 0)
                return body.WrittenMemory;
            body.Write(buffer.AsSpan(at, size));
            at += size + 2;
        }
    }

    private async ValueTask FillAsync()
    {
        if (filled == buffer.Length)
            Array.Resize(ref buffer, buffer.Length * 2);
        var read = await socket.ReceiveAsync(buffer.AsMemory(filled));
        filled += read > 0 ? read : throw new IOException("The server closed the connection.");
    }

    private static string? Find(string headers, string name)
    {
        var at = headers.IndexOf("\r\n" + name, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            return null;
        at += name.Length + 2;
        var end = headers.IndexOf('\r', at);
        return (end < 0 ? headers[at..] : headers[at..end]).Trim();
    }

    public void Dispose() => socket.Dispose();
}
