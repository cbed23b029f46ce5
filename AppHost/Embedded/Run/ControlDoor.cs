using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Sante.AppHost.Embedded.Postgres;

namespace Sante.AppHost.Embedded.Run;

/// <summary>
/// What a development run lets its own story do to it, on loopback only: <c>POST {control}/postgres/restart</c> (<c>?how=kill</c>: by kill -9)
/// answers 200 <c>{"pid":n}</c> when PostgreSQL is up again, 409 <c>{"skipped":true}</c> when it is borrowed (SANTE_POSTGRES). A page of a
/// browser cannot call it: the header <c>X-Sante-Control: 1</c> is asked for.
/// </summary>
internal sealed class ControlDoor : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly PostgresServer server;
    private readonly Action restarted;
    private readonly Task serving;

    private ControlDoor(PostgresServer server, Action restarted)
    {
        (this.server, this.restarted) = (server, restarted);
        Url = $"http://127.0.0.1:{FreePort()}";
        listener.Prefixes.Add(Url + "/");
        listener.Start();
        serving = ServeAsync();
    }

    public string Url { get; }

    /// <param name="server">What is restarted.</param>
    /// <param name="restarted">Called when it is up again.</param>
    public static ControlDoor Open(PostgresServer server, Action restarted) => new(server, restarted);

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                await AnswerAsync(context);
            }
        }
        catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
        {
            // The run ends.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var request = context.Request;
        var (status, answer) = request.Headers["X-Sante-Control"] != "1" ? (403, (object)new { error = "X-Sante-Control" })
            : request.HttpMethod != "POST" || request.Url?.AbsolutePath != "/postgres/restart" ? (404, new { error = "unknown" })
            : !server.CanRestart ? (409, new { skipped = true })
            : await RestartAsync(request.QueryString["how"] == "kill");
        try
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            context.Response.Close(JsonSerializer.SerializeToUtf8Bytes(answer), willBlock: true);
        }
        catch (HttpListenerException)
        {
            // The caller did not wait for the answer.
        }
    }

    private async Task<(int Status, object Answer)> RestartAsync(bool byKill)
    {
        try
        {
            await (byKill ? server.KillAsync() : server.StopAsync());
            await server.StartAsync();
            restarted();
            return (200, new { pid = server.ProcessId });
        }
        catch (PostgresUnavailableException failed)
        {
            Report.Say(failed.Message);
            return (500, new { error = "postgres" });
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
