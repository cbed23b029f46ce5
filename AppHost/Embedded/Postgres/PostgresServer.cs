namespace Sante.AppHost.Embedded.Postgres;

/// <summary>
/// One PostgreSQL server that this process may use: a private cluster, a container, or the server named by <c>SANTE_POSTGRES</c>.
/// </summary>
public abstract class PostgresServer : IAsyncDisposable
{
    /// <summary>Connection string of a role that may create databases and roles. Never print it.</summary>
    public abstract string AdminConnectionString { get; }

    /// <summary>Prefix of every database and role name made on this server (empty on a private one, <c>s1a2b3c4_</c> on a borrowed one).</summary>
    public abstract string NamePrefix { get; }

    /// <summary>Whether the server may be stopped, killed and started again by us (false for <c>SANTE_POSTGRES</c>).</summary>
    public abstract bool CanRestart { get; }

    /// <summary>Pid of the postmaster on this machine, while it runs; null when it is not ours or in a container.</summary>
    public abstract int? ProcessId { get; }

    /// <summary>Starts it again after <see cref="StopAsync"/> or <see cref="KillAsync"/>, on the same port. Ready when it returns.</summary>
    public abstract Task StartAsync(CancellationToken cancel = default);

    /// <summary>Fast stop: sessions are ended, a checkpoint is written.</summary>
    public abstract Task StopAsync(CancellationToken cancel = default);

    /// <summary>The fault of the tests: SIGKILL to the postmaster and its children, at once.</summary>
    public abstract Task KillAsync();

    /// <summary>Stops the server and forgets its files.</summary>
    public abstract Task RemoveAsync();

    /// <summary>Fast stop of a private server; a borrowed one is left as it is.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        GC.SuppressFinalize(this);
    }
}

/// <summary>What kind of server is wanted.</summary>
/// <param name="StateDirectory">Directory of the clone for files of this run (<c>artifacts/run</c>); holds the cluster, or a link to it.</param>
/// <param name="Name">Name inside the state directory, so that several clusters of one clone live apart.</param>
public sealed record PostgresOptions(string StateDirectory, string Name = "postgres")
{
    /// <summary>True: fsync on, as in production. False only for throw-away clusters of tests that ask for no crash guarantee.</summary>
    public bool CrashSafe { get; init; } = true;

    public int MaxConnections { get; init; } = 300;

    public int SharedBuffersMebibytes { get; init; } = 256;

    /// <summary>Value of <c>SANTE_POSTGRES</c>: a connection string, or null to use a private server.</summary>
    public string? Borrowed { get; init; } = Environment.GetEnvironmentVariable("SANTE_POSTGRES");

    /// <summary>Prefix for databases and roles on a borrowed server; by default a hash of the clone's path.</summary>
    public string? BorrowedPrefix { get; init; }
}

/// <summary>No PostgreSQL can be had, or the place of its files is not safe. The message is for people; hosts exit with 2.</summary>
public sealed class PostgresUnavailableException : Exception
{
    public const int ExitCode = 2;

    public PostgresUnavailableException(string message) : base(message) { }

    public PostgresUnavailableException(string message, Exception inner) : base(message, inner) { }

    public PostgresUnavailableException() { }
}

/// <summary>Finds or makes the server, in the order of the README: <c>SANTE_POSTGRES</c>, local binaries, a container runtime.</summary>
public static class PostgresCluster
{
    /// <summary>Opens the cluster of these options, making it first when there is none, and starts it.</summary>
    /// <exception cref="PostgresUnavailableException">Nothing found, or its directory belongs to someone else.</exception>
    public static async Task<PostgresServer> StartAsync(PostgresOptions options, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var server = Choose(options);
        await server.StartAsync(cancel);
        return server;
    }

    /// <summary>Where the files of a local cluster of these options lie.</summary>
    public static string FolderOf(PostgresOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return ClusterFolder.Place(options, ClusterUser.Current);
    }

    /// <summary>Stops the server of these options when it runs, and forgets its data: the cluster, or our databases and roles on a borrowed server.</summary>
    public static async Task RemoveAsync(PostgresOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var server = Choose(options);
        if (server is BorrowedPostgres)
        {
            await server.StartAsync();
        }

        await server.RemoveAsync();
    }

    /// <summary>Removes the files of a local cluster whose postmaster is known to be gone. Nothing when there are none.</summary>
    public static async Task RemoveFilesAsync(PostgresOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (ClusterFolder.Exists(options, ClusterUser.Current))
        {
            var folder = await ClusterFolder.OpenAsync(options, ClusterUser.Current, CancellationToken.None);
            await folder.RemoveAsync(options);
        }

        LocalPostgres.ForgetSecret(options);
    }

    private static PostgresServer Choose(PostgresOptions options)
    {
        if (!string.IsNullOrWhiteSpace(options.Borrowed))
        {
            return new BorrowedPostgres(options.Borrowed, options.BorrowedPrefix ?? "s" + ClonePath.Hash(options.StateDirectory)[..7] + "_");
        }

        if (PostgresBinaries.Find() is { } binaries)
        {
            return new LocalPostgres(options, binaries);
        }

        return ContainerPostgres.FindRuntime() is { } runtime
            ? new ContainerPostgres(options, runtime)
            : throw new PostgresUnavailableException(PostgresBinaries.InstallAdvice());
    }
}
