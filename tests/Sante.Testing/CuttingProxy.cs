using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Sante.Testing;

/// <summary>Which way bytes flow.</summary>
public enum Flow
{
    ToServer,
    ToClient,
}

/// <summary>What happens at the point of a <see cref="ProxyFault"/>.</summary>
public enum FaultKind
{
    /// <summary>Both connections are reset.</summary>
    Cut,

    /// <summary>Nothing more flows this way until <see cref="CuttingProxy.Release"/>.</summary>
    Stall,
}

/// <summary>One fault, which strikes once. Its point is counted from the moment it is armed, over all connections.</summary>
/// <param name="Flow">The direction that is counted and struck.</param>
/// <param name="Message">
/// The protocol message (1 = the next one) that is struck: it does not pass. Use the number after it to let its predecessor pass whole.
/// </param>
/// <param name="Kind">Cut or stall.</param>
public sealed record ProxyFault(Flow Flow, long Message, FaultKind Kind = FaultKind.Cut)
{
    /// <summary>Counts only messages of this type, as PostgreSQL names them (to server: 'Q', 'P', 'B', 'E', 'S'; to client: 'C', 'Z', 'D'…).</summary>
    public char? Type { get; init; }

    /// <summary>That many bytes of the struck message pass before the fault.</summary>
    public int BytesOfIt { get; init; }
}

/// <summary>
/// A TCP relay before PostgreSQL that understands where messages of the wire protocol begin, so that a test can cut or stall the
/// connection at each step of a transaction. Loopback only, no TLS.
/// </summary>
public sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ending = new();
    private readonly Lock gate = new();
    private readonly HashSet<ProxiedConnection> open = [];
    private readonly string host;
    private readonly int port;
    private readonly Task accepting;
    private readonly long[] messages = new long[2];
    private readonly long[] bytes = new long[2];
    private ProxyFault? armed;
    private long struckMessages;
    private TaskCompletionSource fired = NewSignal();
    private TaskCompletionSource released = NewSignal();
    private bool refusing;

    private CuttingProxy(string connectionString)
    {
        var target = new NpgsqlConnectionStringBuilder(connectionString);
        (host, port) = (target.Host!, target.Port);
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>Relays to the server of this connection string.</summary>
    public static CuttingProxy Start(string connectionString) => new(connectionString);

    /// <summary>Messages passed in each direction since the start or the last <see cref="Arm"/>; faults strike at these numbers.</summary>
    public (long ToServer, long ToClient) Messages => (Interlocked.Read(ref messages[0]), Interlocked.Read(ref messages[1]));

    /// <summary>Bytes passed in each direction since the start or the last <see cref="Arm"/>.</summary>
    public (long ToServer, long ToClient) Bytes => (Interlocked.Read(ref bytes[0]), Interlocked.Read(ref bytes[1]));

    /// <summary>Ends when the armed fault has struck.</summary>
    public Task Fired => fired.Task;

    /// <summary>While true, new connections are reset at once.</summary>
    public bool Refusing
    {
        get => Volatile.Read(ref refusing);
        set => Volatile.Write(ref refusing, value);
    }

    /// <summary>The same connection string, through this proxy. Its pool is separate from that of the original.</summary>
    public string Through(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString)
    {
        Host = "127.0.0.1",
        Port = ((IPEndPoint)listener.LocalEndpoint).Port,
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
    }.ConnectionString;

    /// <summary>Sets the counters to zero and arms a fault (or none, to count a good run).</summary>
    public void Arm(ProxyFault? fault)
    {
        lock (gate)
        {
            armed = fault;
            struckMessages = 0;
            Array.Clear(messages);
            Array.Clear(bytes);
            fired = NewSignal();
        }
    }

    /// <summary>Lets stalled directions flow again.</summary>
    public void Release()
    {
        lock (gate)
        {
            released.TrySetResult();
            released = NewSignal();
        }
    }

    /// <summary>Resets every open connection now.</summary>
    public void CutAll()
    {
        ProxiedConnection[] all;
        lock (gate)
        {
            all = [.. open];
        }

        foreach (var connection in all)
        {
            connection.Reset();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        listener.Stop();
        Release();
        CutAll();
        await accepting;
        ending.Dispose();
    }

    /// <summary>Asked by a connection before a whole message passes.</summary>
    /// <returns>The fault when this message is struck, with the signal that ends a stall.</returns>
    internal (ProxyFault? Fault, Task Released) Judge(Flow flow, char type, int length)
    {
        lock (gate)
        {
            if (armed is { } fault && fault.Flow == flow && (fault.Type is null || fault.Type == type) && ++struckMessages == fault.Message)
            {
                armed = null;
                fired.TrySetResult();
                return (fault, released.Task);
            }

            messages[(int)flow]++;
            bytes[(int)flow] += length;
            return (null, Task.CompletedTask);
        }
    }

    private async Task AcceptAsync()
    {
        var relays = new List<Task>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync(ending.Token);
                if (Refusing)
                {
                    client.Close(0);
                    continue;
                }

                relays.RemoveAll(relay => relay.IsCompletedSuccessfully);
                relays.Add(RelayAsync(client));
            }
        }
        // Stopped between two calls, the listener says InvalidOperationException.
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException || (stopped is InvalidOperationException && ending.IsCancellationRequested))
        {
            await Task.WhenAll(relays);
        }
    }

    private async Task RelayAsync(Socket client)
    {
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var connection = new ProxiedConnection(this, client, server);
        lock (gate)
        {
            open.Add(connection);
        }

        try
        {
            await server.ConnectAsync(host, port, ending.Token);
            await connection.RelayAsync();
        }
        catch (Exception gone) when (gone is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The server is away: the client sees a reset, as it would without us.
            connection.Reset();
        }
        finally
        {
            lock (gate)
            {
                open.Remove(connection);
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
