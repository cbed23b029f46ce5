using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace Sante.AppHost.Embedded.Postgres;

/// <summary>
/// A private cluster run from local binaries: loopback TCP on a free port, no socket file, SCRAM, data checksums, UTF-8, C locale.
/// <c>pg_ctl</c> starts the postmaster in a session of its own, so a signal to our terminal or our own death does not reach it.
/// </summary>
internal sealed class LocalPostgres(PostgresOptions options, PostgresBinaries binaries) : PostgresServer
{
    private const string Superuser = "sante_superuser";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ClusterUser user = ClusterUser.Current;
    private ClusterFolder? folder;
    private string password = "";
    private int port;

    public override string NamePrefix => "";

    public override bool CanRestart => true;

    public override int? ProcessId => folder is null ? null : ReadPid();

    public override string AdminConnectionString => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = port,
        Username = Superuser,
        Password = password,
        Database = "postgres",
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
        Pooling = false,
    }.ConnectionString;

    private string SecretPath => SecretPathOf(options);

    internal static void ForgetSecret(PostgresOptions options)
    {
        if (File.Exists(SecretPathOf(options)))
        {
            File.Delete(SecretPathOf(options));
        }
    }

    private static string SecretPathOf(PostgresOptions options) =>
        Path.Combine(options.StateDirectory, "secrets", options.Name + ".superuser");

    public override async Task StartAsync(CancellationToken cancel = default)
    {
        folder ??= await ClusterFolder.OpenAsync(options, user, cancel);
        await CreateWhenMissingAsync(folder, cancel);
        if (ReadPid() is not null)
        {
            // Left by a host that was killed: its settings may be older than ours, so it is restarted.
            await StopAsync(cancel);
        }

        await ForgetKilledAsync(folder, cancel);
        var (exitCode, output) = (-1, "");
        for (var attempt = 0; attempt < 3 && exitCode != 0; attempt++)
        {
            // The first start picks a port; between picking and binding another program may take it, hence the next attempts.
            port = port == 0 || attempt > 0 ? FreePort() : port;
            await user.WriteFileAsync(Path.Combine(folder.Data, "postgresql.conf"), PostgresSettings.Write(options, port), cancel);
            (exitCode, output) = await PgCtlAsync(["start", "-w", "-t", "60", "-l", folder.Log], cancel);
        }

        if (exitCode != 0)
        {
            throw new PostgresUnavailableException($"PostgreSQL did not start: {output}{Environment.NewLine}Its log: {folder.Log}");
        }
    }

    public override async Task StopAsync(CancellationToken cancel = default)
    {
        if (ReadPid() is not { } pid)
        {
            return;
        }

        var (exitCode, output) = await PgCtlAsync(["stop", "-m", "fast", "-w", "-t", "60"], cancel);
        if (exitCode != 0 && ProcessMark.Read(pid) is not null)
        {
            throw new PostgresUnavailableException($"PostgreSQL did not stop: {output}");
        }
    }

    public override async Task KillAsync()
    {
        if (ReadPid() is { } pid && ProcessMark.Read(pid) is { } postmaster)
        {
            await postmaster.EndAsync(withChildren: true, Patience);
        }
    }

    public override async Task RemoveAsync()
    {
        if (folder is null && !ClusterFolder.Exists(options, user))
        {
            return;
        }

        folder ??= await ClusterFolder.OpenAsync(options, user, CancellationToken.None);
        // Nothing is kept, so nothing is written first.
        await KillAsync();
        await folder.RemoveAsync(options);
        ForgetSecret(options);
    }

    /// <summary>
    /// After a kill -9: waits for the orphans of the old postmaster, then removes its <c>postmaster.pid</c>. A new postmaster would do so
    /// itself, except while the dead one waits to be collected by its parent, when it takes it for alive.
    /// </summary>
    private async Task ForgetKilledAsync(ClusterFolder place, CancellationToken cancel)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists(Path.Combine(place.Data, "postmaster.pid")))
        {
            return;
        }

        foreach (var orphan in ProcessMark.WorkingIn(place.Data))
        {
            await orphan.WaitUntilGoneAsync(Patience);
        }

        await user.RunAsync("/", "/bin/rm", ["-f", "--", Path.Combine(place.Data, "postmaster.pid")], cancel: cancel);
    }

    private async Task CreateWhenMissingAsync(ClusterFolder place, CancellationToken cancel)
    {
        var complete = await ReadAsync(Path.Combine(place.Path, "complete"), cancel) is not null;
        if (complete && File.Exists(SecretPath))
        {
            password = await File.ReadAllTextAsync(SecretPath, cancel);
            return;
        }

        // A cluster whose password is gone (the clone was removed and made again at the same place) is of no use, and may still run.
        await KillAsync();
        await user.RunAsync("/", "/bin/rm", ["-rf", "--", place.Data], cancel: cancel);
        SecretFile.CreateFolder(Path.GetDirectoryName(SecretPath)!);
        password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        await SecretFile.WriteAsync(SecretPath, password, cancel);
        var passwordFile = Path.Combine(place.Path, "superuser");
        await user.WriteFileAsync(passwordFile, password, cancel);
        var (exitCode, output) = await user.RunAsync(
            place.Path,
            binaries.Initdb,
            ["-D", place.Data, "-U", Superuser, "--pwfile", passwordFile, "-E", "UTF8", "--locale=C", "--data-checksums",
             "--auth=scram-sha-256", .. options.CrashSafe ? Array.Empty<string>() : ["--no-sync"]],
            cancel: cancel);
        await user.RunAsync("/", "/bin/rm", ["-f", "--", passwordFile], cancel: cancel);
        if (exitCode != 0)
        {
            throw new PostgresUnavailableException($"initdb failed: {output}");
        }

        await user.WriteFileAsync(Path.Combine(place.Data, "pg_hba.conf"), PostgresSettings.HostAccess, cancel);
        await user.WriteFileAsync(Path.Combine(place.Path, "complete"), "", cancel);
    }

    private Task<(int ExitCode, string Output)> PgCtlAsync(IReadOnlyList<string> arguments, CancellationToken cancel) =>
        user.RunAsync(folder!.Path, binaries.PgCtl, [.. arguments, "-D", folder.Data], cancel: cancel);

    /// <summary>First line of <c>postmaster.pid</c>, when that process lives and is a postmaster of this folder (its pid may have been reused).</summary>
    private int? ReadPid()
    {
        var path = folder is null ? null : Path.Combine(folder.Data, "postmaster.pid");
        if (path is null || !File.Exists(path))
        {
            return null;
        }

        using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return int.TryParse(file.ReadLine(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            && ProcessMark.Read(pid) is { } mark
            && (!OperatingSystem.IsLinux() || ProcessMark.WorkingIn(folder!.Data).Contains(mark))
            ? pid : null;
    }

    private static async Task<string?> ReadAsync(string path, CancellationToken cancel) =>
        File.Exists(path) ? await File.ReadAllTextAsync(path, cancel) : null;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
