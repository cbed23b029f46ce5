using System.Globalization;
using System.Net;
using System.Text;
using Sante.Bench.Load;

namespace Sante.Bench.Fhir;

/// <summary>The server under load: how its requests are written, and whose CPU time it costs.</summary>
internal sealed class FhirServer
{
    private readonly IPEndPoint endpoint;
    private readonly string path;
    private readonly string headers;
    private readonly IReadOnlyList<(string Name, int Pid)> processes;

    /// <param name="address">Base address; a loopback or other literal address.</param>
    /// <param name="token">Bearer token.</param>
    /// <param name="processes"><c>name=pid</c> each; children count with their parent (PostgreSQL's).</param>
    public FhirServer(Uri address, string token, IEnumerable<string> processes)
    {
        endpoint = new IPEndPoint(IPAddress.Parse(address.Host), address.Port);
        path = address.AbsolutePath.TrimEnd('/');
        headers = $" HTTP/1.1\r\nHost: {address.Authority}\r\nAccept: application/fhir+json\r\nAuthorization: Bearer {token}\r\n";
        this.processes = [.. processes.Select(text => text.Split('=')).Select(parts => (parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture)))];
    }

    public async Task<HttpConnection> ConnectAsync()
    {
        var connection = new HttpConnection(endpoint);
        await connection.OpenAsync();
        return connection;
    }

    public ReadOnlyMemory<byte> Request(string method, string relative, string? body)
    {
        var content = body is null ? "" : string.Create(CultureInfo.InvariantCulture, $"Content-Type: application/fhir+json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n");
        return Encoding.UTF8.GetBytes($"{method} {path}{relative}{headers}{content}\r\n{body}");
    }

    /// <summary>CPU milliseconds so far, by process, and of this generator.</summary>
    public IReadOnlyDictionary<string, double> Cpu()
    {
        var spent = processes.ToDictionary(process => process.Name, process => 1000 * CpuClock.SecondsOfFamily(process.Pid));
        spent["generator"] = 1000 * CpuClock.SecondsOf(Environment.ProcessId);
        return spent;
    }
}
