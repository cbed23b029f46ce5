using System.Buffers.Binary;
using System.Net.Sockets;

namespace Sante.Testing;

/// <summary>One client connection of a <see cref="CuttingProxy"/> with its connection to the server.</summary>
internal sealed class ProxiedConnection(CuttingProxy proxy, Socket client, Socket server) : IDisposable
{
    // Protocol numbers of the untyped first messages (PostgreSQL documentation, "Message Formats": SSLRequest, GSSENCRequest).
    private const int SslRequest = 80877103;
    private const int GssRequest = 80877104;

    private volatile bool untypedFromClient = true;
    private volatile bool oneByteFromServer;

    public Task RelayAsync() => Task.WhenAll(
        PumpAsync(client, server, Flow.ToServer),
        PumpAsync(server, client, Flow.ToClient));

    /// <summary>Both sides see a reset (no orderly end).</summary>
    public void Reset()
    {
        client.Close(0);
        server.Close(0);
    }

    public void Dispose()
    {
        client.Dispose();
        server.Dispose();
    }

    private async Task PumpAsync(Socket from, Socket to, Flow flow)
    {
        var buffer = new byte[64 * 1024];
        var filled = 0;
        try
        {
            while (true)
            {
                var read = await from.ReceiveAsync(buffer.AsMemory(filled));
                if (read == 0)
                {
                    to.Shutdown(SocketShutdown.Send);
                    return;
                }

                filled += read;
                var passed = 0;
                while (NextMessage(buffer.AsSpan(passed, filled - passed), flow) is var (type, length) && length > 0 && length <= filled - passed)
                {
                    Took(buffer.AsSpan(passed, length), flow);
                    if (!await PassAsync(to, buffer.AsMemory(passed, length), flow, type))
                    {
                        return;
                    }

                    passed += length;
                }

                buffer.AsSpan(passed, filled - passed).CopyTo(buffer);
                filled -= passed;
                if (filled == buffer.Length)
                {
                    Array.Resize(ref buffer, buffer.Length * 2);
                }
            }
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            Reset();
        }
    }

    /// <returns>False when the connection was cut.</returns>
    private async Task<bool> PassAsync(Socket to, ReadOnlyMemory<byte> message, Flow flow, char type)
    {
        var (fault, released) = proxy.Judge(flow, type, message.Length);
        if (fault is null)
        {
            await SendAsync(to, message);
            return true;
        }

        var first = Math.Min(fault.BytesOfIt, message.Length);
        await SendAsync(to, message[..first]);
        if (fault.Kind == FaultKind.Cut)
        {
            Reset();
            return false;
        }

        await released;
        await SendAsync(to, message[first..]);
        return true;
    }

    private static async Task SendAsync(Socket to, ReadOnlyMemory<byte> part)
    {
        while (part.Length > 0)
        {
            part = part[await to.SendAsync(part)..];
        }
    }

    /// <summary>Type and length in bytes of the message at the start of <paramref name="data"/>; length 0 when its head is not whole.</summary>
    private (char Type, int Length) NextMessage(ReadOnlySpan<byte> data, Flow flow)
    {
        if (flow == Flow.ToClient && oneByteFromServer)
        {
            return ('\0', data.Length > 0 ? 1 : 0);
        }

        if (flow == Flow.ToServer && untypedFromClient)
        {
            return ('\0', data.Length >= 8 ? BinaryPrimitives.ReadInt32BigEndian(data) : 0);
        }

        return data.Length >= 5 ? ((char)data[0], 1 + BinaryPrimitives.ReadInt32BigEndian(data[1..])) : ('\0', 0);
    }

    private void Took(ReadOnlySpan<byte> message, Flow flow)
    {
        if (flow == Flow.ToClient)
        {
            oneByteFromServer = false;
        }
        else if (untypedFromClient)
        {
            var asks = BinaryPrimitives.ReadInt32BigEndian(message[4..]) is SslRequest or GssRequest;
            oneByteFromServer = asks;
            untypedFromClient = asks;
        }
    }
}
