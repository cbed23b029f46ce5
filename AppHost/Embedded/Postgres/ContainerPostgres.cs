using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace Sante.AppHost.Embedded.Postgres;

/// <summary>The last resort: PostgreSQL in a container of docker or podman, its data in a named volume, published on loopback only.</summary>
internal sealed class ContainerPostgres(PostgresOptions options, string runtime) : PostgresServer
{
    private const string Image = "docker.io/library/postgres:17";
    private readonly string name = "sante-" + ClonePath.Hash(Path.Combine(options.StateDirectory, options.Name));
    private string password = "";
    private int port;

    public override string NamePrefix => "";

    public override bool CanRestart => true;

    public override int? ProcessId => null;

    public override string AdminConnectionString => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = port,
        Username = "postgres",
        Password = password,
        Database = "postgres",
        SslMode = SslMode.Disable,
        Pooling = false,
    }.ConnectionString;

    private string SecretPath => Path.Combine(options.StateDirectory, "secrets", options.Name + ".container.env");

    /// <summary>docker, else podman, whichever answers (a client without its daemon does not count).</summary>
    public static string? FindRuntime() => ((string[])["docker", "podman"]).FirstOrDefault(Answers);

    public override async Task StartAsync(CancellationToken cancel = default)
    {
        SecretFile.CreateFolder(Path.GetDirectoryName(SecretPath)!);
        if (!File.Exists(SecretPath))
        {
            await SecretFile.WriteAsync(SecretPath, "POSTGRES_PASSWORD=" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)), cancel);
        }

        password = (await File.ReadAllTextAsync(SecretPath, cancel)).Split('=', 2)[1].Trim();
        port = port == 0 ? FreePort() : port;
        await RunAsync(["rm", "-f", name], cancel);
        string[] settings = [.. PostgresSettings.Write(options, 5432).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith("listen_addresses", StringComparison.Ordinal) && !line.StartsWith("unix_socket", StringComparison.Ordinal))
            .SelectMany(line => (string[])["-c", line.Replace(" = ", "=", StringComparison.Ordinal).Replace("'", "", StringComparison.Ordinal)])];
        var (exitCode, output) = await RunAsync(
            ["run", "-d", "--name", name, "-p", $"127.0.0.1:{port}:5432", "--env-file", SecretPath, "--shm-size", "512m",
             "-e", "POSTGRES_INITDB_ARGS=--data-checksums --locale=C --encoding=UTF8 --auth-host=scram-sha-256",
             "-v", name + ":/var/lib/postgresql/data", Image, .. settings],
            cancel);
        if (exitCode != 0)
        {
            throw new PostgresUnavailableException($"{runtime} did not start PostgreSQL: {output}");
        }

        await WaitUntilItAnswersAsync(cancel);
    }

    public override async Task StopAsync(CancellationToken cancel = default) =>
        // The image declares SIGINT as its stop signal, which is PostgreSQL's fast stop.
        await RunAsync(["stop", "-t", "60", name], cancel);

    public override async Task KillAsync() => await RunAsync(["kill", "-s", "KILL", name], CancellationToken.None);

    public override async Task RemoveAsync()
    {
        await RunAsync(["rm", "-f", name], CancellationToken.None);
        await RunAsync(["volume", "rm", "-f", name], CancellationToken.None);
        File.Delete(SecretPath);
    }

    private async Task WaitUntilItAnswersAsync(CancellationToken cancel)
    {
        var limit = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(AdminConnectionString);
                await connection.OpenAsync(cancel);
                return;
            }
            catch (NpgsqlException) when (limit.Elapsed < TimeSpan.FromMinutes(2))
            {
                await Task.Delay(100, cancel);
            }
        }
    }

    private Task<(int ExitCode, string Output)> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancel) =>
        new ClusterUser((string?)null).RunAsync(Environment.CurrentDirectory, runtime, arguments, cancel: cancel);

    private static bool Answers(string program)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, ["info"]) { RedirectStandardOutput = true, RedirectStandardError = true });
            process!.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            return process.WaitForExit(TimeSpan.FromSeconds(10)) && process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
