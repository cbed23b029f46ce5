using System.Text.Json;
using Npgsql;
using Sante.Identity.Clients;
using Sante.Identity.Protocol;
using Sante.ServiceDefaults.Web;

namespace Sante.Identity.Development;

/// <summary>
/// Keeps the demo clients of <c>Sante:SandboxFile</c> registered, at start and whenever the file changes, in Development and on loopback only;
/// in any other host it removes what a development run may have left in the database.
/// </summary>
internal sealed partial class SandboxClients(
    ClientStore clients, IdentitySettings settings, IServiceProvider services,
    TimeProvider time, ILogger<SandboxClients> log) : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim gate = new(1, 1);
    private (DateTime WrittenAt, long Bytes) seen;
    private volatile SandboxFile? current;
    private volatile bool isStarted;
    private volatile bool isPrepared;
    private volatile bool isDevelopment;

    /// <summary>The client of the sign-in links: public, one redirect URI, on this host.</summary>
    public const string SignInClientId = "dev-sign-in";

    public SandboxPersona? FindPersona(string id) => current?.Personas.FirstOrDefault(persona => persona.Id == id);

    /// <summary>Reads the file again and registers its clients. Gives their number; null when there is no readable file.</summary>
    public async Task<int?> ReloadAsync(CancellationToken cancel)
    {
        if (settings.SandboxFile is not { } path || !File.Exists(path))
        {
            return null;
        }
        await gate.WaitAsync(cancel);
        try
        {
            var stamp = Stamp(path);
            var file = SandboxFile.Read(path);
            await clients.ReplaceAsync("sandbox", file.Clients, cancel);
            (current, seen) = (file, stamp);
            Registered(log, file.Clients.Count);
            return file.Clients.Count;
        }
        catch (Exception failure) when (failure is JsonException or IOException)
        {
            // Half written, perhaps: the next change of the file brings the rest.
            Unreadable(log, failure.GetType().Name);
            return null;
        }
        finally
        {
            gate.Release();
        }
    }

    public override void Dispose()
    {
        gate.Dispose();
        base.Dispose();
    }

    /// <summary>Once the addresses are known: the host is up only when its clients are registered, or the database is away.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        (isStarted, isDevelopment) = (true, DevelopmentLoopback.IsAllowed(services));
        return RefreshAsync(cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while ((!isStarted || !isPrepared || isDevelopment) && await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (isStarted)
            {
                await RefreshAsync(stoppingToken);
            }
        }
    }

    private async Task RefreshAsync(CancellationToken cancel)
    {
        try
        {
            if (!isPrepared)
            {
                await PrepareAsync(cancel);
                isPrepared = true;
            }
            if (isDevelopment && settings.SandboxFile is { } path && File.Exists(path) && Stamp(path) != seen)
            {
                await ReloadAsync(cancel);
            }
        }
        catch (NpgsqlException failure)
        {
            NoDatabase(log, failure.SqlState ?? "-");
        }
    }

    private async Task PrepareAsync(CancellationToken cancel)
    {
        if (!isDevelopment)
        {
            await clients.ReplaceAsync("sandbox", [], cancel);
        }
        var signIn = new Client(
            SignInClientId, "Liens de connexion (développement)", "web", ScopeSet.Parse("openid profile patient/*.cruds user/*.cruds space/*"),
            ClientKeys.None, [settings.Issuer + "/dev/signed-in"], null);
        await clients.ReplaceAsync("built-in", isDevelopment ? [signIn] : [], cancel);
    }

    private static (DateTime WrittenAt, long Bytes) Stamp(string path)
    {
        var file = new FileInfo(path);
        return (file.LastWriteTimeUtc, file.Length);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Demo clients registered: {Count}")]
    private static partial void Registered(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The sandbox file could not be read: {Failure}")]
    private static partial void Unreadable(ILogger logger, string failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Demo clients not registered, database error {State}")]
    private static partial void NoDatabase(ILogger logger, string state);
}
